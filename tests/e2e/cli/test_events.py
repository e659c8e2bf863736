"""`koda events`, as an operator types it."""

from contextlib import closing

import pytest

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.payment_inbox import SqlitePaymentInbox
from koda.domain.model.identifiers import AccountId, CheckoutSessionId, EventId
from koda.domain.model.payments import AccountChanged, CheckoutChanged
from koda.testing.examples import NOON
from tests.e2e.cli.program import Koda

SESSION = CheckoutChanged(
    EventId("evt_1"), "checkout.session.completed", CheckoutSessionId("cs_test_gone")
)
PAYLOAD = (
    b'{"id": "evt_1", "type": "checkout.session.completed", "livemode": false, '
    b'"data": {"object": {"id": "cs_test_gone"}}}'
)
ACCOUNT = AccountChanged(EventId("evt_2"), "account.updated", AccountId("acct_1"))
FAILED = (
    "2026-03-01 12:00:00 UTC  failed evt_1  checkout.session.completed about cs_test_gone, "
    "1 attempt: It broke."
)
DONE = "2026-03-01 12:00:00 UTC  done   evt_2  account.updated about acct_1, 1 attempt"

WHY = "The provider answers again."


@pytest.fixture
def inbox(koda: Koda) -> None:
    """A message that failed, and one that is done."""
    assert koda("init").code == 0
    with closing(Database(koda.data / "koda.sqlite")) as database:
        store = SqlitePaymentInbox(database)
        for event, payload in ((SESSION, PAYLOAD), (ACCOUNT, b"{}")):
            store.open(event, payload, NOON)
        store.failed(SESSION.id, "It broke.")
        store.done(ACCOUNT.id)


@pytest.mark.usefixtures("inbox")
def test_messages_are_listed_by_what_is_asked(koda: Koda) -> None:
    """State, subject and day; doctor tells of the one that failed."""
    assert koda("events").out.splitlines() == [DONE, FAILED]
    assert koda("events", "--state", "failed").out.splitlines() == [FAILED]
    assert koda("events", "--about", "acct_1", "--since", "2026-03-01").out.splitlines() == [DONE]
    assert koda("events", "--since", "2026-03-02", "--json").json == []
    (told,) = (said for said in koda("doctor", "--json").json if said["service"] == "inbox")
    assert told["detail"] == "1 messages failed and 0 wait for more than an hour"


@pytest.mark.usefixtures("inbox")
def test_message_is_shown_as_it_came(koda: Koda) -> None:
    """The payload alone on standard output, for other programs."""
    shown = koda("events", "show", "evt_1")

    assert (shown.code, shown.out, shown.complaint) == (0, PAYLOAD.decode(), FAILED)
    assert koda("events", "show", "evt_3").code == 4


@pytest.mark.usefixtures("inbox")
def test_messages_are_replayed_and_what_became_of_each_is_told(koda: Koda) -> None:
    """One that is done stays done; one about a session that is unknown fails again."""
    (failed,) = koda("events", "replay", "--failed", "--why", WHY, "--json").json
    named = koda("events", "replay", "evt_2", "--why", WHY)

    assert (failed["id"], failed["state"], failed["attempts"]) == ("evt_1", "failed", 2)
    assert "no checkout session" in failed["problem"]
    assert (named.code, named.out) == (0, f"{DONE}\n")
    assert koda("events", "replay", "--why", WHY).code == 2
    assert koda("events", "replay", "evt_1").code == 2
    (kept,) = koda("audit", "--subject", "message/evt_1", "--json").json
    assert (kept["action"], kept["reason"]) == ("message.replay", WHY)
