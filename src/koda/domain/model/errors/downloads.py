"""Errors of downloading what was not bought, or is no longer one's own."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Forbidden
from koda.domain.model.sentences import translatable


@define(slots=False, repr=False)
class NotBought(Forbidden):
    """A download without a purchase."""

    code: ClassVar[str] = "not_bought"
    template: ClassVar[str] = translatable("You may not download this automation before buying it.")
    action: str = "download this automation before buying it"


@define(slots=False, repr=False)
class PurchaseRefunded(Forbidden):
    """A download of a refunded purchase."""

    code: ClassVar[str] = "purchase_refunded"
    template: ClassVar[str] = translatable(
        "You may not download this automation: its purchase was refunded."
    )
    action: str = "download this automation: its purchase was refunded"


@define(slots=False, repr=False)
class PurchaseDisputed(Forbidden):
    """A download while the payment is disputed."""

    code: ClassVar[str] = "purchase_disputed"
    template: ClassVar[str] = translatable(
        "You may not download this automation while its payment is disputed."
    )
    action: str = "download this automation while its payment is disputed"


@define(slots=False, repr=False)
class PurchaseRevoked(Forbidden):
    """A download of a purchase whose dispute was lost."""

    code: ClassVar[str] = "purchase_revoked"
    template: ClassVar[str] = translatable(
        "You may not download this automation: its purchase was revoked."
    )
    action: str = "download this automation: its purchase was revoked"


@define(slots=False, repr=False)
class AutomationSuspended(Forbidden):
    """A download of a listing that an admin has suspended."""

    code: ClassVar[str] = "automation_suspended"
    template: ClassVar[str] = translatable(
        "You may not download this automation: it is suspended while it is being looked at."
    )
    action: str = "download this automation: it is suspended while it is being looked at"
