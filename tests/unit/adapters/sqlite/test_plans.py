from collections.abc import Sequence
from typing import Any

import pytest

from koda.adapters.sqlite import (
    audit_log,
    automations,
    grants,
    journal,
    orders,
    outbox,
    payment_inbox,
    purchases,
    sellers,
)
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.index_questions import Page, Question
from koda.domain.search.entries import Order, Wanted

WANTED = {
    "all": Wanted(),
    "one label": Wanted(labels=frozenset(("P:n8n",))),
    "several labels": Wanted(labels=frozenset(("P:n8n", "slack", "T:slack"))),
    "a beginning": Wanted(labels=frozenset(("slack",)), beginnings=frozenset(("inv",))),
    "a price": Wanted(min_price=100, max_price=200),
    "a label and a price": Wanted(labels=frozenset(("slack",)), max_price=200),
}


def plan(database: Database, statement: str, values: Sequence[Any]) -> list[str]:
    """How SQLite goes about a statement, step by step."""
    with database.read() as connection:
        rows = connection.execute("EXPLAIN QUERY PLAN " + statement, values).fetchall()
    return [detail for *_, detail in rows]


def question(database: Database, wanted: Wanted, order: Order) -> Question:
    """What is asked for what is wanted, whose labels are about as frequent."""
    with database.read() as connection:
        return Question.walking(connection, wanted, order)


@pytest.mark.parametrize("wanted", WANTED.values(), ids=WANTED)
@pytest.mark.parametrize("place", [None, 5], ids=["first page", "next page"])
@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("order", Order)
def test_catalogue_is_read_in_the_order_of_the_page(
    database: Database, wanted: Wanted, place: int | None, ascending: bool, order: Order
) -> None:
    """By a text index if there are labels, else by places: nothing is sorted."""
    asked = question(database, wanted, order).page(Page(order, place, 9, ascending))
    first, *_, entry = steps = plan(database, *asked)[1:]

    assert not any("TEMP B-TREE" in step for step in steps)
    by_text = first.startswith("SCAN t VIRTUAL TABLE INDEX")
    assert by_text == bool(wanted.labels or wanted.beginnings)
    assert "SEARCH e USING INTEGER PRIMARY KEY (rowid=?)" in entry


def test_a_narrow_range_of_prices_is_read_by_price(database: Database) -> None:
    """Only what is in it is sorted by newest."""
    wanted = WANTED["a label and a price"]
    by_price = question(database, wanted, Order.PRICE)
    steps = plan(database, *by_price.page(Page(Order.NEWEST, None, 9)))

    assert any(step.startswith("SCAN t VIRTUAL TABLE INDEX") for step in steps)
    assert "SEARCH p USING COVERING INDEX index_places_price (price=?)" in steps
    assert "USE TEMP B-TREE FOR ORDER BY" in steps


@pytest.mark.parametrize("wanted", WANTED.values(), ids=WANTED)
def test_choices_are_counted_of_what_is_read_first(database: Database, wanted: Wanted) -> None:
    """As a page is, without reading any entry or document."""
    order = Order.PRICE if wanted.priced else Order.NEWEST
    steps = plan(database, *question(database, wanted, order).tally(9))

    assert "USE TEMP B-TREE FOR ORDER BY" not in steps
    assert not any("automations" in step or "index_entries" in step for step in steps)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (automations.ONE, "sqlite_autoindex_automations_1"),
        (automations.OF_SELLER, "automations_of_seller"),
        (automations.IN_REVIEW, "automations_held"),
        (sellers.BY_ACCOUNT, "sqlite_autoindex_sellers_2"),
        (orders.BY_CHECKOUT, "sqlite_autoindex_orders_2"),
        (orders.OPEN, "orders_open"),
        (orders.UNPAID, "orders_unpaid"),
        (orders.UNDER_WAY, "orders_under_way"),
        (orders.OPEN_OF, "orders_open_of"),
        (payment_inbox.FORGET, "payment_inbox_done"),
        (payment_inbox.LISTS[False, False], "payment_inbox_newest"),
        (payment_inbox.LISTS[False, True], "payment_inbox_of_state"),
        (payment_inbox.LISTS[True, False], "payment_inbox_of_subject"),
        (payment_inbox.LISTS[True, True], "payment_inbox_of_subject"),
        (payment_inbox.DROP_PAYLOADS, "payment_inbox_payloads"),
        (purchases.OF_LINE, "sqlite_autoindex_purchases_2"),
        (purchases.LIVE, "purchases_live"),
        (purchases.OF_AUTOMATION, "purchases_of_automation"),
        (purchases.BOUGHT, "purchases_bought"),
        (purchases.SOLD, "purchases_sold"),
        (purchases.DAYS, "purchases_days"),
        (grants.OF_PURCHASE, "grants_of_purchase"),
        (audit_log.OF_ACTOR, "audit_log_of_actor"),
        (audit_log.OF_SUBJECT, "audit_log_of_subject"),
        (audit_log.OF_BOTH, "audit_log_of_subject"),
        (audit_log.ALL, "audit_log_newest"),
        (outbox.WAITING, "deliveries_of_subject"),
        (outbox.GIVEN_UP, "deliveries_given_up"),
        (outbox.FORGET, "deliveries_over"),
    ],
)
def test_every_other_question_has_its_index(database: Database, statement: str, index: str) -> None:
    """In the order of the answer: nothing is sorted."""
    (step,) = plan(database, statement, ["x"] * statement.count("?"))

    assert step.startswith("SEARCH")
    assert f"INDEX {index} (" in step


def test_an_order_is_found_by_the_key_of_a_request(database: Database) -> None:
    """By two searches."""
    requests, steps = plan(database, orders.BY_REQUEST, ["x", "y"])
    (cleared,) = plan(database, orders.UNREQUESTED, ["x"])

    assert requests == "SEARCH order_requests USING PRIMARY KEY (buyer_id=? AND key=?)"
    assert steps == "SEARCH orders USING INDEX sqlite_autoindex_orders_1 (id=?)"
    assert "INDEX order_requests_of (order_id=?)" in cleared


def test_open_orders_are_found_by_what_they_are_about(database: Database) -> None:
    """By one search in the order of the answer; what is closed costs nothing."""
    about, order = plan(database, orders.OPEN_ABOUT, ["x", 1, "y", 10])
    (cleared,) = plan(database, orders.UNABOUT, ["x"])

    assert about == "SEARCH about USING PRIMARY KEY (subject=? AND (created,order_id)>(?,?))"
    assert order == "SEARCH orders USING INDEX sqlite_autoindex_orders_1 (id=?)"
    assert "INDEX open_order_subjects_of (order_id=?)" in cleared


def test_orders_are_listed_in_the_order_of_their_list(database: Database) -> None:
    """Nothing is sorted, and each order is fetched by its key."""
    listed, fetched = plan(database, orders.LISTED, ["all", 0, 2, "", 10])
    (cleared,) = plan(database, orders.UNLISTED, ["x"])

    assert "PRIMARY KEY (label=? AND dated>? AND (dated,order_id)<(?,?))" in listed
    assert fetched == "SEARCH orders USING INDEX sqlite_autoindex_orders_1 (id=?)"
    assert "INDEX order_lists_of (order_id=?)" in cleared


def test_entries_are_listed_in_the_order_of_their_list(database: Database) -> None:
    """Nothing is sorted, and each entry is fetched by its key."""
    listed, fetched = plan(database, journal.LISTED, ["everything", 0, 1, 0, "", 10])

    assert listed.startswith("SEARCH labels USING PRIMARY KEY (label=? AND occurred>? AND")
    assert fetched == "SEARCH journal USING INDEX sqlite_autoindex_journal_1 (id=?)"


def test_balances_are_read_from_the_totals_alone(database: Database) -> None:
    """In their order; no entry is read but those of the day that is not over."""
    (totals,) = plan(database, journal.TOTALS, ["2026-03-01"])
    (of_account,) = plan(database, journal.OF_ACCOUNT, ["provider", "EUR", "2026-03-01"])

    assert totals == "SCAN journal_totals"
    assert of_account.endswith("PRIMARY KEY (account=? AND currency=? AND day<?)")


def test_files_in_use_are_looked_up_by_key(database: Database) -> None:
    """One index entry for each reference; no document is read."""
    first, *_ = plan(database, automations.FILES_IN_USE, ["[]"])
    (cleared,) = plan(database, automations.CLEAR, [1])

    assert first == "SEARCH automation_files USING PRIMARY KEY (key=?)"
    assert "INDEX automation_files_of (number=?)" in cleared


def test_copies_are_looked_up_by_fingerprint(database: Database) -> None:
    """One index entry for each release that is alike; no document is read."""
    alike, seller, *_ = plan(database, automations.ALIKE, ["x", "y"])
    (cleared,) = plan(database, automations.UNMARK, [1])

    assert alike == "SEARCH automation_fingerprints USING PRIMARY KEY (fingerprint=?)"
    assert seller == "SEARCH automations USING INTEGER PRIMARY KEY (rowid=?)"
    assert "INDEX automation_fingerprints_of (number=?)" in cleared


def test_pending_events_are_read_from_an_index_of_them_alone(database: Database) -> None:
    """What is done costs nothing."""
    assert plan(database, payment_inbox.PENDING, [10]) == [
        "SCAN payment_inbox USING INDEX payment_inbox_waiting"
    ]


def test_delivery_that_is_due_is_found_by_its_subscriber(database: Database) -> None:
    """And those before it of its subject by theirs; what is done costs nothing."""
    values = {"names": '["crm"]', "now": 1}
    with database.read() as connection:
        rows = connection.execute("EXPLAIN QUERY PLAN " + outbox.DUE, values).fetchall()
    steps = [detail for *_, detail in rows]

    assert "SEARCH own USING INDEX deliveries_due (subscriber=? AND due<?)" in steps
    index = "deliveries_of_subject (subscriber=? AND subject=? AND revision<?)"
    assert f"SEARCH ahead USING INDEX {index}" in steps


def test_what_was_set_aside_is_found_by_indexes_of_it_alone(database: Database) -> None:
    """As every process does when it starts, and every relay twice a second."""
    (aside,) = plan(database, outbox.DELIVERIES_AGAIN, [])
    (left,) = plan(database, outbox.LEFT, [10])

    assert aside == "SCAN deliveries USING INDEX deliveries_given_up"
    assert left == "SCAN domain_events USING INDEX domain_events_left"
