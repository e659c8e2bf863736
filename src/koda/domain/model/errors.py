"""The one error tree.

Each error has a stable `code` for programs, a sentence for a person (`str(error)`) and its data
as attrs fields (`data()`). None knows HTTP, exit codes or a vendor's words; entrypoints map them.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from attrs import asdict, define


@define(slots=False)
class KodaError(Exception):
    """The root of everything that Koda raises on purpose."""

    code: ClassVar[str] = "koda_error"

    @property
    def message(self) -> str:
        """A sentence for a person: what happened and what to do."""
        return "Something went wrong."

    def data(self) -> Mapping[str, Any]:
        """The error's own fields, for a program."""
        return asdict(self)

    def __str__(self) -> str:
        return self.message


@define(slots=False)
class InvalidValue(KodaError, ValueError):
    """A value that cannot exist. `field` names it, `problem` says what to do."""

    code: ClassVar[str] = "invalid_value"
    field: str
    problem: str

    @property
    def message(self) -> str:
        return f"{self.field}: {self.problem}"


@define(slots=False)
class InvalidForm(InvalidValue):
    """Several invalid values at once; `field` and `problem` are those of the first."""

    code: ClassVar[str] = "invalid_form"
    problems: tuple[InvalidValue, ...]

    @classmethod
    def of(cls, problems: "list[InvalidValue]") -> "InvalidForm":
        """Gather `problems` (at least one) into one error."""
        return cls(problems[0].field, problems[0].problem, tuple(problems))

    @property
    def message(self) -> str:
        return "; ".join(problem.message for problem in self.problems)

    def data(self) -> Mapping[str, Any]:
        return {
            "problems": [
                {"field": fault.field, "problem": fault.problem} for fault in self.problems
            ]
        }


@define(slots=False)
class EmptyBasket(InvalidValue):
    """Checkout of nothing."""

    code: ClassVar[str] = "empty_basket"
    field: str = "automation_ids"
    problem: str = "the basket is empty; add at least one automation"


@define(slots=False)
class DuplicateLine(InvalidValue):
    """The same automation twice in one basket."""

    code: ClassVar[str] = "duplicate_line"
    automation_id: str
    field: str = "automation_ids"
    problem: str = "an automation is in the basket twice; remove one of them"


@define(slots=False)
class TooManyLines(InvalidValue):
    """More lines than one order may have."""

    code: ClassVar[str] = "too_many_lines"
    limit: int
    field: str = "automation_ids"
    problem: str = "the basket has too many lines; buy them in several orders"


@define(slots=False)
class NotAuthenticated(KodaError):
    """Nobody is signed in, or the credentials do not hold. `reason` is safe to show."""

    code: ClassVar[str] = "not_authenticated"
    reason: str = "no credentials"

    @property
    def message(self) -> str:
        return f"Sign in first ({self.reason})."


class RefusalCause(StrEnum):
    """Why a message was refused: its time, its signature, or it is no such message at all."""

    CLOCK = "clock"
    SECRET = "secret"  # noqa: S105 - a cause, no secret
    GARBAGE = "garbage"


@define(slots=False)
class Unverified(KodaError):
    """A message that does not prove its sender, or that nobody can read."""

    code: ClassVar[str] = "unverified_message"
    reason: str
    cause: RefusalCause = RefusalCause.GARBAGE

    @property
    def message(self) -> str:
        return f"The message was refused: {self.reason}."


@define(slots=False)
class Forbidden(KodaError):
    """The caller is known and may not do this."""

    code: ClassVar[str] = "forbidden"
    action: str

    @property
    def message(self) -> str:
        return f"You may not {self.action}."


@define(slots=False)
class NotBought(Forbidden):
    """A download without a purchase."""

    code: ClassVar[str] = "not_bought"
    action: str = "download this automation before buying it"


@define(slots=False)
class PurchaseRefunded(Forbidden):
    """A download of a refunded purchase."""

    code: ClassVar[str] = "purchase_refunded"
    action: str = "download this automation: its purchase was refunded"


@define(slots=False)
class PurchaseDisputed(Forbidden):
    """A download while the payment is disputed."""

    code: ClassVar[str] = "purchase_disputed"
    action: str = "download this automation while its payment is disputed"


@define(slots=False)
class PurchaseRevoked(Forbidden):
    """A download of a purchase whose dispute was lost."""

    code: ClassVar[str] = "purchase_revoked"
    action: str = "download this automation: its purchase was revoked"


@define(slots=False)
class AutomationSuspended(Forbidden):
    """A download of a listing that an admin has suspended."""

    code: ClassVar[str] = "automation_suspended"
    action: str = "download this automation: it is suspended while it is being looked at"


@define(slots=False)
class NotFound(KodaError, LookupError):
    """There is no such thing, or the caller may not know that there is."""

    code: ClassVar[str] = "not_found"
    kind: str
    id: str

    @property
    def message(self) -> str:
        return f"There is no {self.kind} {self.id!r}."


@define(slots=False)
class Conflict(KodaError):
    """The request is well formed but does not fit the present state."""

    code: ClassVar[str] = "conflict"

    @property
    def message(self) -> str:
        return "This does not fit the present state; look again and retry."


@define(slots=False)
class StaleWrite(Conflict):
    """Somebody else saved first; read again and decide again."""

    code: ClassVar[str] = "stale_write"
    kind: str
    id: str

    @property
    def message(self) -> str:
        return f"The {self.kind} {self.id!r} was changed meanwhile; read it again and retry."


@define(slots=False)
class AlreadyExists(Conflict):
    """Something with this identity is stored already."""

    code: ClassVar[str] = "already_exists"
    kind: str
    id: str

    @property
    def message(self) -> str:
        return f"The {self.kind} {self.id!r} exists already."


@define(slots=False)
class WrongState(Conflict):
    """The thing is in a state that does not allow the step."""

    code: ClassVar[str] = "wrong_state"
    kind: str
    id: str
    state: str
    step: str

    @property
    def message(self) -> str:
        return f"The {self.kind} {self.id!r} is {self.state}; you cannot {self.step} it."


@define(slots=False)
class OwnAutomation(Conflict):
    """A seller buying from themselves."""

    code: ClassVar[str] = "own_automation"
    automation_id: str

    @property
    def message(self) -> str:
        return "This automation is your own: download it freely."


@define(slots=False)
class AlreadyOwned(Conflict):
    """A buyer buying what they have."""

    code: ClassVar[str] = "already_owned"
    automation_id: str

    @property
    def message(self) -> str:
        return "You own this automation already; remove it and find it in your library."


@define(slots=False)
class NotForSale(Conflict):
    """The listing is not published."""

    code: ClassVar[str] = "not_for_sale"
    automation_id: str

    @property
    def message(self) -> str:
        return "This automation is not for sale any more."


@define(slots=False)
class SellerNotReady(Conflict):
    """The seller cannot be paid, so nothing of theirs can be sold."""

    code: ClassVar[str] = "seller_not_ready"
    seller_id: str

    @property
    def message(self) -> str:
        return "Its seller cannot be paid at the moment, so that it cannot be bought."


@define(slots=False)
class PayoutsNotReady(Conflict):
    """The caller wants to sell and cannot be paid, so nothing of theirs can be listed."""

    code: ClassVar[str] = "payouts_not_ready"

    @property
    def message(self) -> str:
        return "You cannot be paid yet; finish the set-up of your payouts, then list."


@define(slots=False)
class PriceChanged(Conflict):
    """The total that the buyer was shown is no longer the total. Amounts in minor units."""

    code: ClassVar[str] = "price_changed"
    expected: int
    actual: int
    currency: str

    @property
    def message(self) -> str:
        return "The total has changed since you saw it; look at it again and confirm."


@define(slots=False)
class OrderInProgress(Conflict):
    """The same basket is being paid already."""

    code: ClassVar[str] = "order_in_progress"
    order_id: str

    @property
    def message(self) -> str:
        return f"You are paying for this already; see order {self.order_id}."


@define(slots=False)
class RequestKeyReused(Conflict):
    """An idempotency key that was used for another request."""

    code: ClassVar[str] = "request_key_reused"
    request_key: str

    @property
    def message(self) -> str:
        return "This idempotency key was used for another request; use a new key."


@define(slots=False)
class VersionTaken(Conflict):
    """A release whose version is not above the newest one."""

    code: ClassVar[str] = "version_taken"
    version: str
    newest: str

    @property
    def message(self) -> str:
        return f"Version {self.version} is not above {self.newest}; choose a higher one."


@define(slots=False)
class UploadMissing(Conflict):
    """The announced bytes are not in storage."""

    code: ClassVar[str] = "upload_missing"
    upload_id: str

    @property
    def message(self) -> str:
        return "The file has not arrived in storage; upload it again and retry."


@define(slots=False)
class InspectionBusy(Conflict):
    """As many uploads as one process looks into are being looked into."""

    code: ClassVar[str] = "inspection_busy"

    @property
    def message(self) -> str:
        return "Other files are being checked right now; wait a few seconds and try again."


@define(slots=False)
class PaymentRefused(Conflict):
    """The payment provider understood the request and will not do it."""

    code: ClassVar[str] = "payment_refused"
    reason: str

    @property
    def message(self) -> str:
        return f"The payment provider refused: {self.reason}."


@define(slots=False)
class PaymentMismatch(Conflict):
    """What was paid is not what was ordered; nothing is handed over, somebody must look.

    `what` names what differs: order, checkout session, payment, amount, seller or fee. The buyer
    may see it, so the provider's own names stay out of it.
    """

    code: ClassVar[str] = "payment_mismatch"
    order_id: str
    what: str

    @property
    def message(self) -> str:
        return f"The payment's {self.what} does not fit order {self.order_id}; write to us."


@define(slots=False)
class TooMany(KodaError):
    """The caller did this too often. `retry_after` in seconds."""

    code: ClassVar[str] = "too_many"
    action: str
    retry_after: int

    @property
    def message(self) -> str:
        return f"Too many requests to {self.action}; try again in {self.retry_after} seconds."


@define(slots=False)
class Unavailable(KodaError):
    """A service that Koda stands on is down for now. `retry_after` in seconds."""

    code: ClassVar[str] = "unavailable"
    service: str
    retry_after: int = 5

    @property
    def message(self) -> str:
        return f"The {self.service} is not answering; try again in {self.retry_after} seconds."


@define(slots=False)
class Refused(Unavailable):
    """A service that Koda stands on answers, and will not serve the marketplace.

    Its key is wrong, or may not do this, or what it leads to is not there: waiting does not help,
    the operator must set something right. It is no fault of the request, which is worth repeating
    once that is done.
    """

    code: ClassVar[str] = "service_refused"
    retry_after: int = 300

    @property
    def message(self) -> str:
        return f"The {self.service} refuses the marketplace; its operator must check it."


@define(slots=False)
class CorruptRecord(KodaError):
    """A stored record that no longer reads as what it should be."""

    code: ClassVar[str] = "corrupt_record"
    kind: str
    id: str
    problem: str

    @property
    def message(self) -> str:
        return f"The stored {self.kind} {self.id!r} cannot be read: {self.problem}."


@define(slots=False)
class Expired(Conflict):
    """A permission whose time is over."""

    code: ClassVar[str] = "expired"
    kind: str
    at: datetime

    @property
    def message(self) -> str:
        return f"The {self.kind} expired at {self.at:%Y-%m-%d %H:%M:%S} UTC; ask for a new one."
