"""What a bank is told of a disputed payment, and by whom."""

import pytest
from attrs import evolve

from koda.domain.model.audit import AuditAction, AuditOutcome
from koda.domain.model.automations import Automation
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import EvidenceSent, Forbidden, NotFound, PaymentRefused
from koda.domain.model.evidence import LONGEST_TEXT, Evidence, evidence_of
from koda.domain.model.identifiers import DisputeId
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.testing.examples import NOON, an_order
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

WHY = "the buyer has it"


@pytest.fixture
def joe(market: Marketplace) -> Principal:
    """An admin."""
    return market.person("joe", Role.ADMIN)


@pytest.fixture
def order(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """Two lines, of which the buyer asked for the first."""
    order = market.buy(bea, poster, mailer)
    market.pass_time(hours=1)
    market.authorize_download(bea, poster.id)
    return order


@pytest.fixture
def dispute_id(market: Marketplace, order: Order) -> DisputeId:
    """The open dispute of the order."""
    dispute_id = market.provider.dispute(session(order))
    market.deliver_charge(order)
    return dispute_id


def test_the_bank_is_told_what_was_sold_and_who_asked_for_it(
    market: Marketplace, joe: Principal, order: Order, dispute_id: DisputeId, poster: Automation
) -> None:
    """As it stands when it is sent; of what was not asked for, the bank is not told."""
    market.submit_evidence(joe, order.id, dispute_id, WHY)

    told, title = market.provider.disputes[dispute_id].evidence, poster.listing.title
    assert told is not None
    assert told.payment.splitlines() == [
        f"Order {order.id} of the account user_bea, made 2026-03-01 12:00:00 UTC.",
        f"Paid 2026-03-01 12:00:00 UTC: 32.50 EUR by the payment {order.payment_id}.",
        "Digital goods, delivered by download links. Sold were:",
        f"- {title}, version 1.0.0, 12.50 EUR",
        "- Mail them all, version 1.0.0, 20.00 EUR",
    ]
    assert told.product.startswith(f"{title}, version 1.0.0\n{poster.listing.description}")
    assert told.access.splitlines() == [
        f"2026-03-01 13:00:00 UTC: user_bea asked for a download link of {title}, version 1.0.0.",
    ]
    assert told.paid_at == order.paid_at


def test_it_stands_in_the_audit_log(
    market: Marketplace, joe: Principal, order: Order, dispute_id: DisputeId
) -> None:
    """With the reason, also where the provider refused it."""
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    with pytest.raises(PaymentRefused):
        market.submit_evidence(joe, order.id, dispute_id, WHY)

    entries = [line.entry for line in market.view_audit_log(joe).items]
    assert [(entry.action, entry.outcome, entry.reason) for entry in entries] == [
        (AuditAction.SUBMIT_EVIDENCE, AuditOutcome.REFUSED, WHY),
    ]


def test_that_it_was_sent_is_known_from_the_provider(
    market: Marketplace, joe: Principal, order: Order, dispute_id: DisputeId
) -> None:
    """At once, or by its message; nothing is to be done any more but to wait."""
    cut_off = market.fail("payments.find")
    cut_off.submit_evidence(joe, order.id, dispute_id, WHY)
    before = market.orders.get(order.id).settlement.disputes
    market.submit_evidence(joe, order.id, dispute_id, WHY)
    after = market.orders.get(order.id).settlement.disputes

    assert [dispute.answered for dispute in (*before, *after)] == [False, True]
    (listed,) = market.view_disputes(joe)
    assert (listed.answerable, str(listed.what_to_do)) == (
        False,
        "Evidence was sent. Wait for the bank's decision.",
    )


def test_inquiry_that_becomes_a_dispute_is_answered_anew(
    market: Marketplace, joe: Principal, order: Order
) -> None:
    """The bank waits again, until a time that is shown."""
    inquiry_id = market.provider.dispute(session(order), state=DisputeState.INQUIRY)
    market.deliver_charge(order)
    market.submit_evidence(joe, order.id, inquiry_id, WHY)
    market.provider.move_dispute(inquiry_id, DisputeState.OPEN)
    market.deliver_charge(order)

    (listed,) = market.view_disputes(joe)
    assert listed.answerable
    assert str(listed.what_to_do).startswith("The buyer's bank has the money")
    market.submit_evidence(joe, order.id, inquiry_id, WHY)
    assert not market.view_disputes(joe)[0].answerable


def test_an_appeal_is_made_at_the_provider(
    market: Marketplace, joe: Principal, order: Order, dispute_id: DisputeId
) -> None:
    """The list says until when, and Koda's own evidence is none."""
    market.submit_evidence(joe, order.id, dispute_id, WHY)
    market.provider.move_dispute(dispute_id, DisputeState.APPEALED)
    market.deliver_charge(order)
    with pytest.raises(NotFound):
        market.submit_evidence.offer(joe, order.id, dispute_id)

    (listed,) = market.view_disputes(joe)
    assert (listed.answerable, "Appeal at the payment provider" in str(listed.what_to_do)) == (
        True,
        True,
    )
    filed = evolve(listed, dispute=evolve(listed.dispute, answered=True))
    assert str(filed.what_to_do).startswith("The decision is appealed.")


def test_nobody_but_an_admin_answers(
    market: Marketplace, joe: Principal, order: Order, dispute_id: DisputeId
) -> None:
    """And of what is decided, or of another order, nothing is offered."""
    with pytest.raises(Forbidden):
        market.submit_evidence(market.person("sue", Role.SUPPORT), order.id, dispute_id, WHY)
    with pytest.raises(NotFound):
        market.submit_evidence(joe, order.id, DisputeId("dp_other"), WHY)
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    market.deliver_charge(order)
    with pytest.raises(NotFound):
        market.submit_evidence.offer(joe, order.id, dispute_id)


def test_texts_are_cut_to_what_banks_take() -> None:
    """With a sign that there was more."""
    evidence = Evidence("x" * LONGEST_TEXT, "y" * (LONGEST_TEXT + 1), "", NOON)

    assert (evidence.payment, len(evidence.product)) == ("x" * LONGEST_TEXT, LONGEST_TEXT)
    assert evidence.product.endswith("y…")


def test_a_listing_that_is_missing_leaves_what_the_order_knows() -> None:
    """Its title and its version."""
    order = an_order()

    assert evidence_of(order, {}, {}).product == f"{order.lines[0].title}, version 1.0.0"


def test_evidence_is_sent_once(
    market: Marketplace, joe: Principal, order: Order, dispute_id: DisputeId
) -> None:
    """The bank looks at it once, so that nothing is sent after it."""
    market.submit_evidence(joe, order.id, dispute_id, WHY)

    with pytest.raises(EvidenceSent):
        market.submit_evidence(joe, order.id, dispute_id, "once more")
    (entry,) = market.audit_log.entries(10).items
    assert (entry.outcome, entry.reason) == (AuditOutcome.DONE, WHY)


def test_evidence_is_sent_for_an_order_without_a_session(
    market: Marketplace, joe: Principal, order: Order, dispute_id: DisputeId
) -> None:
    """Its message tells later that it was sent."""
    kept = market.orders.get(order.id)
    market.orders.save(evolve(kept, checkout=None))

    market.submit_evidence(joe, order.id, dispute_id, WHY)

    assert market.provider.disputes[dispute_id].evidence is not None
