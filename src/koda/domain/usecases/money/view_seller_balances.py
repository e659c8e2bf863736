"""Looking at what sellers owe, and at what they are due."""

from collections.abc import Mapping

from attrs import frozen

from koda.domain.model.books.seller_balances import SellerBalance, seller_balances
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person
from koda.ports.clock import Clock
from koda.ports.journal import Journal
from koda.ports.people import People


@frozen
class SellerBalancesListed:
    """How sellers stand, and what is known of them, by id."""

    balances: tuple[SellerBalance, ...]
    people: Mapping[UserId, Person]


@frozen(eq=False, repr=False)
class ViewSellerBalances:
    """Shows the operators of a marketplace who owes it something, and whom it owes something."""

    journal: Journal
    people: People
    clock: Clock

    def __call__(self) -> SellerBalancesListed:
        """Return it as the books have it now; two reads.

        Raises:
            CorruptRecord: an entry or a total cannot be read.
        """
        balances = seller_balances(self.journal.balances(self.clock()))
        return SellerBalancesListed(balances, self.people.some({of.seller_id for of in balances}))
