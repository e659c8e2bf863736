"""The one error tree, by subject."""

from koda.domain.model.errors.access import NotAuthenticated, TooMany
from koda.domain.model.errors.baskets import DuplicateLine, EmptyBasket, TooManyLines
from koda.domain.model.errors.buying import (
    AlreadyOwned,
    NotForSale,
    OrderInProgress,
    OwnAutomation,
    PriceChanged,
    SellerNotReady,
)
from koda.domain.model.errors.downloads import (
    AutomationSuspended,
    NotBought,
    PurchaseDisputed,
    PurchaseRefunded,
    PurchaseRevoked,
)
from koda.domain.model.errors.payments import AccountRefused, PaymentMismatch, PaymentRefused
from koda.domain.model.errors.records import CorruptRecord
from koda.domain.model.errors.refunds import (
    ConflictOfInterest,
    EvidenceSent,
    NothingOwed,
    NothingToRefund,
    RefundDisputed,
    RefundedMeanwhile,
    RefundRequestedBefore,
    RefundRequestOver,
    RefundTooLarge,
    RefundUnassigned,
    RefundWindowOver,
)
from koda.domain.model.errors.roles import HasRole, LacksRole, LastAdmin
from koda.domain.model.errors.roots import (
    Conflict,
    Forbidden,
    InvalidForm,
    InvalidValue,
    KodaError,
)
from koda.domain.model.errors.selling import (
    InspectionBusy,
    PayoutsNotReady,
    UploadMissing,
    VersionTaken,
)
from koda.domain.model.errors.services import (
    PaymentUnreadable,
    RefusalCause,
    Refused,
    StillProcessing,
    Unavailable,
    Undeliverable,
    Unverified,
)
from koda.domain.model.errors.states import (
    AlreadyExists,
    Expired,
    NotFound,
    RequestKeyReused,
    StaleWrite,
    WrongState,
)

__all__ = [
    "AccountRefused",
    "AlreadyExists",
    "AlreadyOwned",
    "AutomationSuspended",
    "Conflict",
    "ConflictOfInterest",
    "CorruptRecord",
    "DuplicateLine",
    "EmptyBasket",
    "EvidenceSent",
    "Expired",
    "Forbidden",
    "HasRole",
    "InspectionBusy",
    "InvalidForm",
    "InvalidValue",
    "KodaError",
    "LacksRole",
    "LastAdmin",
    "NotAuthenticated",
    "NotBought",
    "NotForSale",
    "NotFound",
    "NothingOwed",
    "NothingToRefund",
    "OrderInProgress",
    "OwnAutomation",
    "PaymentMismatch",
    "PaymentRefused",
    "PaymentUnreadable",
    "PayoutsNotReady",
    "PriceChanged",
    "PurchaseDisputed",
    "PurchaseRefunded",
    "PurchaseRevoked",
    "RefundDisputed",
    "RefundRequestOver",
    "RefundRequestedBefore",
    "RefundTooLarge",
    "RefundUnassigned",
    "RefundWindowOver",
    "RefundedMeanwhile",
    "RefusalCause",
    "Refused",
    "RequestKeyReused",
    "SellerNotReady",
    "StaleWrite",
    "StillProcessing",
    "TooMany",
    "TooManyLines",
    "Unavailable",
    "Undeliverable",
    "Unverified",
    "UploadMissing",
    "VersionTaken",
    "WrongState",
]
