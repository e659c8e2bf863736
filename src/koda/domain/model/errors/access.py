"""Errors of who asks: nobody is signed in, somebody may not, or asks too often."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import KodaError


@define(slots=False)
class NotAuthenticated(KodaError):
    """Nobody is signed in, or the credentials do not hold. `reason` is safe to show."""

    code: ClassVar[str] = "not_authenticated"
    reason: str = "no credentials"

    @property
    def message(self) -> str:
        return f"Sign in first ({self.reason})."


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
class TooMany(KodaError):
    """The caller did this too often. `retry_after` in seconds."""

    code: ClassVar[str] = "too_many"
    action: str
    retry_after: int

    @property
    def message(self) -> str:
        return f"Too many requests to {self.action}; try again in {self.retry_after} seconds."
