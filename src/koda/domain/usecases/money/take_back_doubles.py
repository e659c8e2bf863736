"""Taking back transfers that were made twice."""

from attrs import frozen

from koda.domain.model.books.entries import Entry
from koda.domain.model.books.making import About
from koda.domain.model.books.payments import transfer
from koda.domain.model.books.refunds import reversal
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.identifiers import UserId
from koda.domain.model.movements import Reversal, ReversalMade, TransferSeen
from koda.ports.clock import Clock
from koda.ports.journal import Journal
from koda.ports.payments import Payments


@frozen(eq=False, repr=False)
class TakeBackDouble:
    """Reverses a transfer that paid a seller a second time, and books both.

    Koda asks for a transfer under its name and under a key, and finds one that was made. So this is
    of a restored backup, or of a provider that lost a key.
    """

    payments: Payments
    journal: Journal
    clock: Clock

    def __call__(self, made: TransferSeen, seller_id: UserId) -> bool:
        """Return whether all of it is back, or was before; it is asked for once a day.

        Raises:
            Unavailable: the provider or the journal is down; calling again completes it.
        """
        about = About(made.order_id, self.clock(), seller_id=seller_id)
        entries: list[Entry] = [transfer(about, made.id, made.amount)]
        back = self._reversed(made)
        if back is not None:
            entries.append(reversal(about, back.id, back.amount))
        self.journal.add(entries)
        return back is not None or not made.left.minor

    def _reversed(self, made: TransferSeen) -> ReversalMade | None:
        attempt = 1 + max((self.clock() - made.made_at).days, 0)
        try:
            return self.payments.reverse(
                Reversal(made.id, made.left if made.left.minor else made.amount, attempt=attempt)
            )
        except PaymentRefused:
            return None
