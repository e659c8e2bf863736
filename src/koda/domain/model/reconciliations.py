"""What comparing orders with their payments at the provider comes to."""

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, frozen

from koda.domain.model.errors import KodaError, PaymentUnreadable, Refused
from koda.domain.model.held_money import WHAT_TO_DO
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.movements import TransferSeen, Undone
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.refund_states import GivenUp
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.unreadable import Unreadable, UnreadableKind

_NOBODYS = frozenset({HoldReason.PENDING, HoldReason.REFUND_UNMATCHED})
"""Why money is held that moves by itself, or that another finding tells of."""


_WHAT_TO_DO: Mapping[str, Sentence] = {
    "order_unknown": sentence(
        "Nobody remembers what was sold. Give the money back at the payment provider, or restore a "
        "newer backup."
    ),
    "payment_mismatch": sentence(
        "Compare the order with its payment at the payment provider. Nothing was handed over."
    ),
    "not_found": sentence(
        "See whether the payment provider's keys are of the account that took the payment."
    ),
    "corrupt_record": sentence("See what koda doctor says of the store."),
    "share_owed": sentence(
        "It is taken by itself once the seller has sold more. Ask them if they sell no more."
    ),
    "refund_given_up": sentence(
        "The buyer did not get it. Give them the money in another way, or tell them why not."
    ),
    "ledger_refused": sentence(
        "Let the payment provider's key read balance transactions; koda doctor says whether it may."
    ),
    "warnings_refused": sentence("Let the payment provider's key read early fraud warnings."),
    "transfer_doubled": sentence(
        "It is asked for again each day. Ask the seller, if they sell no more."
    ),
    "undone_by_hand": sentence(
        "Ask who did it at the payment provider, and why. It counts for no refund and no debt, and "
        "the books do not have it."
    ),
    "unreadable": sentence(
        "All else was compared. Look at it at the payment provider; if it is right there, report "
        "it as a fault of Koda's."
    ),
    "refund_held": sentence("Give the money back at the payment provider as soon as it lets you."),
}
"""What a person does about a finding, by its code."""
_THINGS: Mapping[UnreadableKind, Sentence] = {
    UnreadableKind.LEDGER_LINE: sentence("line of the payment provider's ledger"),
    UnreadableKind.PAYMENT: sentence("checkout session"),
    UnreadableKind.TRANSFER: sentence("transfer"),
    UnreadableKind.FRAUD_WARNING: sentence("fraud warning"),
}
_LOOK = sentence("Look at the order and its payment.")


@frozen
class Finding:
    """Something about an order that a person must look at, and what they do about it.

    `code` is that of an error, such as `payment_mismatch`, or `order_unknown`, `money_held`,
    `refund_held`, `refund_given_up`, `share_owed`, `refund_unmatched`, `transfer_doubled` or
    `undone_by_hand`. Of no order are `ledger_refused` and `warnings_refused`, and `unreadable` if
    nothing tells of which.
    """

    code: str
    order_id: OrderId | None
    message: Sentence
    what_to_do: Sentence

    @classmethod
    def of_unknown(cls, payment: Payment) -> "Finding":
        """What was paid for an order that is not kept."""
        told = sentence(
            "{amount} was paid in checkout session {session_id}, and its order is not known",
            amount=payment.amount,
            session_id=payment.session_id,
        )
        return cls("order_unknown", payment.order_id, told, _WHAT_TO_DO["order_unknown"])

    @classmethod
    def of_error(cls, order_id: OrderId, error: KodaError) -> "Finding":
        """What stopped the recording of an order's payment."""
        if isinstance(error, PaymentUnreadable):
            about = UnreadableKind(error.kind), error.reference, error.problem
            return cls.of_unreadable(Unreadable(*about, order_id=order_id))
        remedy = _WHAT_TO_DO.get(error.code, _LOOK)
        return cls(error.code, order_id, error.sentences[0], remedy)

    @classmethod
    def of_refused(cls, code: str, refusal: Refused) -> "Finding":
        """What the provider does not let be read, so that it is not recorded here."""
        return cls(code, None, refusal.sentences[0], _WHAT_TO_DO[code])

    @classmethod
    def of_unreadable(cls, thing: Unreadable) -> "Finding":
        """What the provider tells and nobody can read, so that it is not recorded here."""
        told = sentence(
            "{thing} {reference} cannot be read: {problem}",
            thing=_THINGS[thing.kind],
            reference=thing.reference,
            problem=thing.problem,
        )
        return cls("unreadable", thing.order_id, told, _WHAT_TO_DO["unreadable"])

    @classmethod
    def of_doubled(cls, made: TransferSeen, seller_id: UserId) -> "Finding":
        """A transfer that was made twice, and cannot be taken back."""
        told = sentence(
            "{amount} was transferred to seller {seller_id} twice ({transfer_id}), and the payment "
            "provider cannot take it back",
            amount=made.left,
            seller_id=seller_id,
            transfer_id=made.id,
        )
        remedy = _WHAT_TO_DO["transfer_doubled"]
        return cls("transfer_doubled", made.order_id, told, remedy)

    @classmethod
    def of_by_hand(
        cls, order_id: OrderId, reversals: Iterable[Undone], fee_returns: Iterable[Undone] = ()
    ) -> Iterator["Finding"]:
        """What somebody undid of an order's movements at the provider, without Koda."""
        code = "undone_by_hand"
        for made in reversals:
            if made.name is None:
                told = sentence(
                    "{amount} came back from a seller by a reversal that was made by hand ({id})",
                    amount=made.amount,
                    id=made.id,
                )
                yield cls(code, order_id, told, _WHAT_TO_DO[code])
        for made in fee_returns:
            if made.name is None:
                told = sentence(
                    "{amount} of the marketplace's fee went back to a seller by hand ({id})",
                    amount=made.amount,
                    id=made.id,
                )
                yield cls(code, order_id, told, _WHAT_TO_DO[code])

    @classmethod
    def of_given_up(cls, before: Order, after: Order) -> Iterator["Finding"]:
        """The refunds of an order that were given up since a dispute was lost, by one step."""
        known = {refund.key for refund in before.settlement.refunds if refund.given_up}
        for refund in after.settlement.refunds:
            if refund.given_up is GivenUp.DISPUTE_LOST and refund.key not in known:
                told = sentence(
                    "{amount} of line {line} does not go back to the buyer: a dispute was lost, "
                    "and the provider refuses it",
                    amount=refund.amount,
                    line=refund.line,
                )
                yield cls("refund_given_up", after.id, told, _WHAT_TO_DO["refund_given_up"])

    @classmethod
    def of_order(cls, order: Order) -> Iterator["Finding"]:
        """What is left to do of a paid order, and does not get done by itself."""
        for share in order.settlement.held:
            if share.reason not in _NOBODYS:
                told = sentence(
                    "{net} of seller {seller_id} is held: {reason}",
                    net=share.net,
                    seller_id=share.seller_id,
                    reason=share.reason.value,
                )
                yield cls("money_held", order.id, told, WHAT_TO_DO[share.reason])
        for due in order.settlement.due:
            if due.waits is not None and due.waits not in _NOBODYS:
                told = sentence(
                    "{amount} of line {line} goes back to the buyer, and is held: {reason}",
                    amount=due.amount,
                    line=due.line,
                    reason=due.waits.value,
                )
                lacking = due.waits is HoldReason.BALANCE
                remedy = WHAT_TO_DO[due.waits] if lacking else _WHAT_TO_DO["refund_held"]
                yield cls("refund_held", order.id, told, remedy)
        for owed in order.settlement.owed:
            told = sentence(
                "seller {seller_id} owes {amount}: the provider cannot take it back",
                seller_id=owed.seller_id,
                amount=owed.amount,
            )
            yield cls("share_owed", order.id, told, _WHAT_TO_DO["share_owed"])
        for refund_id in order.settlement.unmatched:
            told = sentence("refund {refund_id} belongs to no line", refund_id=refund_id)
            remedy = WHAT_TO_DO[HoldReason.REFUND_UNMATCHED]
            yield cls("refund_unmatched", order.id, told, remedy)


@frozen
class Reconciled:
    """How far a comparison came.

    `compared` orders and payments were looked at; `recorded` of them were not in step, and were
    recorded, or would be; `findings` are for a person.
    """

    compared: int = 0
    recorded: int = 0
    findings: tuple[Finding, ...] = ()

    def also(self, *findings: Finding) -> "Reconciled":
        """The same with findings about what is no order and no payment."""
        return evolve(self, findings=(*self.findings, *findings))

    def in_step(self) -> "Reconciled":
        """One more, with which all is well."""
        return evolve(self, compared=self.compared + 1)

    def finding(self, *findings: Finding) -> "Reconciled":
        """One more, which cannot be recorded."""
        return evolve(self.in_step(), findings=(*self.findings, *findings))

    def recording(self, *findings: Finding) -> "Reconciled":
        """One more, which was recorded; `findings` are what is left."""
        return evolve(self.finding(*findings), recorded=self.recorded + 1)
