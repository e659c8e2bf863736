"""Errors of authentication, authorization and rate limits."""

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import KodaError
from koda.domain.model.sentences import Sentence, sentence, translatable


@define(slots=False, repr=False)
class NotAuthenticated(KodaError):
    """Nobody is signed in, or the credentials do not hold. `reason` is safe to show."""

    code: ClassVar[str] = "not_authenticated"
    template: ClassVar[str] = translatable("Sign in first ({reason}).")
    reason: Sentence = sentence("no credentials")


@define(slots=False, repr=False)
class Forbidden(KodaError):
    """The caller is known and may not do this."""

    code: ClassVar[str] = "forbidden"
    template: ClassVar[str] = translatable("You may not {action}.")
    templates: ClassVar[Mapping[str, str]] = {
        "moderate listings": translatable("You may not moderate listings."),
        "sign in at the sandbox of another machine": translatable(
            "You may not sign in at the sandbox of another machine."
        ),
    }
    action: str

    @property
    def about(self) -> str:
        return self.action


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


@define(slots=False, repr=False)
class TooMany(KodaError):
    """The caller did this too often. `retry_after` in seconds."""

    code: ClassVar[str] = "too_many"
    template: ClassVar[str] = translatable(
        "Too many requests to {action}; try again in {retry_after} seconds."
    )
    action: str
    retry_after: int
