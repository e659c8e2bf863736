"""Handling the payment provider's webhooks, each once."""

import logging
from collections.abc import Mapping

from attrs import frozen

from koda.domain.model.errors import KodaError, NotFound, PaymentMismatch
from koda.domain.model.identifiers import AccountId
from koda.domain.model.payments import (
    ChargeChanged,
    CheckoutChanged,
    EventState,
    Followed,
    FraudWarned,
    PaymentEvent,
    Unhandled,
)
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.domain.usecases.money.record_fraud_warning import RecordFraudWarning
from koda.domain.usecases.operations.watch_webhooks import Verifier
from koda.domain.usecases.selling.confirm_onboarding import ConfirmOnboarding
from koda.ports.clock import Clock
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.sellers import Sellers

logger: logging.Logger = logging.getLogger("koda.payments")


@frozen(eq=False, repr=False)
class HandlePaymentEvent:
    """The inbox: a message comes in at least once and takes effect exactly once.

    A message only says that something changed; what it changed to is looked up at the provider,
    so that messages may come twice, late and in any order.
    """

    verifier: Verifier[PaymentEvent]
    payment_inbox: PaymentInbox
    record: RecordPurchase
    warn: RecordFraudWarning
    confirm: ConfirmOnboarding
    sellers: Sellers
    clock: Clock

    def __call__(self, payload: bytes, headers: Mapping[str, str]) -> PaymentEvent:
        """Handle a message and return it.

        A message about something that is not ours, or about a payment that does not fit its
        order, is kept as failed and logged; sending it again would not help.

        Raises:
            Unverified: the message does not prove its sender, or cannot be read.
            Unavailable: the effect is not complete; the provider must send again.
        """
        return self.take_in(self.verifier.verify(payload, headers), payload)

    def take_in(self, event: PaymentEvent, payload: bytes) -> PaymentEvent:
        """Handle a message that was verified, whose bytes are `payload`, and return it.

        Raises:
            Unavailable: as above.
        """
        if isinstance(event, Unhandled):
            return event
        entry = self.payment_inbox.open(event, payload, self.clock())
        if entry.state is not EventState.DONE:
            self._handle(event)
        return event

    def _handle(self, event: Followed) -> None:
        try:
            self._apply(event)
        except (PaymentMismatch, NotFound) as error:
            logger.error("Event %s (%s) needs a look: %s", event.id, event.name, error)  # noqa: TRY400 - where it was raised tells an operator nothing
            self.payment_inbox.failed(event.id, str(error))
        except KodaError as error:
            self.payment_inbox.failed(event.id, str(error))
            raise
        else:
            self.payment_inbox.done(event.id)

    def _apply(self, event: Followed) -> None:
        if isinstance(event, CheckoutChanged):
            self.record(event.session_id)
        elif isinstance(event, ChargeChanged):
            self.record.of_charge(event.payment_id)
        elif isinstance(event, FraudWarned):
            self.warn(event.warning_id)
        else:
            self._confirm(event.account_id)

    def _confirm(self, account_id: AccountId) -> None:
        seller = self.sellers.find_by_account(account_id)
        if seller is None:
            raise NotFound("seller with account", account_id)
        self.confirm(seller.user_id)
