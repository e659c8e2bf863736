"""Errors of payments: refused, or not what was ordered."""

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict
from koda.domain.model.errors.templates import PAYMENT_MISMATCH
from koda.domain.model.sentences import Sentence, sentence, translatable


@define(slots=False, repr=False)
class PaymentRefused(Conflict):
    """The payment provider understood the request and will not do it."""

    code: ClassVar[str] = "payment_refused"
    template: ClassVar[str] = translatable("The payment provider refused: {reason}.")
    reason: Sentence


@define(slots=False, repr=False)
class AccountRefused(PaymentRefused):
    """The payment provider will not pay this seller: their account cannot receive money."""

    code: ClassVar[str] = "account_refused"
    reason: Sentence = sentence("the seller's account cannot receive money")


@define(slots=False, repr=False)
class PaymentMismatch(Conflict):
    """What was paid is not what was ordered; nothing is handed over, somebody must look.

    `what` names what differs: order, checkout session, payment, amount, seller or fee. The buyer
    may see it, so the provider's own names stay out of it.
    """

    code: ClassVar[str] = "payment_mismatch"
    template: ClassVar[str] = translatable(
        "The payment's {what} does not fit order {order_id}; write to us."
    )
    templates: ClassVar[Mapping[str, str]] = PAYMENT_MISMATCH
    order_id: str
    what: str

    @property
    def about(self) -> str:
        return self.what
