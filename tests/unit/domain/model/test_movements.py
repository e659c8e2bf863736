from attrs import evolve

from koda.domain.model.identifiers import OrderId, TransferId
from koda.domain.model.money import Money
from koda.domain.model.movements import TransferSeen, by_name
from koda.testing.examples import NOON

EUR = Money(1062, "EUR")


def test_of_transfers_of_one_name_the_first_that_is_not_all_back_is_meant() -> None:
    """The other one was made by mistake, and taken back."""
    made = TransferSeen(TransferId("tr_1"), "one", OrderId("ord_1"), EUR, EUR, NOON)
    back = evolve(made, left=Money.zero("EUR"))
    second = evolve(made, id=TransferId("tr_2"))

    assert by_name([made, second]) == {"one": made}
    assert by_name([back, second]) == {"one": second}
    assert by_name([back, evolve(back, id=TransferId("tr_2"))]) == {"one": back}
