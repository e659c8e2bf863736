"""How often each operation asks a server, on MongoDB, Redis, S3 and Stripe together."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.e2e.trips import stage as operations
from tests.e2e.trips.stage import Prepare, Stage, check_out, receive
from tests.servers.traffic import Sent, Watched

DOCUMENT = Path(__file__).parents[3] / "docs/reference/adapters.md"
MESSAGE = (
    "insert payment_inbox",
    "find orders",
    "find automations",
    "insert purchases",
    "find journal",
    "insert journal",
    "update journal_days",
    "update orders",
    "update payment_inbox",
)
CHECKOUT = ("find automations", "find sellers", "find purchases", "insert orders")
LOOK_UP, LIST, TRANSFER = "GET checkout/sessions", "GET transfers", "POST transfers"

OPERATIONS: Mapping[str, tuple[Prepare, Sent]] = {
    "catalogue, cached": (operations.browse_cached, Sent(redis=1)),
    "catalogue, not cached": (
        operations.browse_uncached,
        Sent(
            (
                "find automations",
                *["find index_labels"] * 2,
                *["find automations"] * 2,
                "find people",
            ),
            redis=3,
        ),
    ),
    "suggestions while typing": (
        operations.suggest,
        Sent(
            (
                *["find index_labels"] * 3,
                *["find automations"] * 4,
                *["find index_labels"] * 2,
            )
        ),
    ),
    "an automation, for a visitor": (
        operations.view_as_visitor,
        Sent(("find automations", "find people")),
    ),
    "an automation, for a buyer": (
        operations.view_as_buyer,
        Sent(("find automations", "find purchases", "find people")),
    ),
    "basket of 3 lines": (
        operations.view_basket,
        Sent(("find automations", "find sellers", "find purchases")),
    ),
    "checkout of 1 line": (
        check_out(1, 1),
        Sent((*CHECKOUT, "find orders", "update orders"), stripe=("POST checkout/sessions",)),
    ),
    "checkout of 10 lines, 5 sellers": (
        check_out(10, 5),
        Sent((*CHECKOUT, "find orders", "update orders"), stripe=("POST checkout/sessions",)),
    ),
    "checkout again, the order being open": (
        check_out(3, 2, times=2),
        Sent((*CHECKOUT, "find orders"), stripe=(LOOK_UP,)),
    ),
    "payment message, 1 line": (receive(1, 1), Sent(MESSAGE, stripe=(LOOK_UP,))),
    "payment message, 3 lines, 1 seller": (receive(3, 1), Sent(MESSAGE, stripe=(LOOK_UP,))),
    "payment message, 10 lines, 1 seller": (receive(10, 1), Sent(MESSAGE, stripe=(LOOK_UP,))),
    "payment message, 3 lines, 2 sellers": (
        receive(3, 2),
        Sent(MESSAGE, stripe=(LOOK_UP, LIST, *[TRANSFER] * 2)),
    ),
    "payment message, 10 lines, 5 sellers": (
        receive(10, 5),
        Sent(MESSAGE, stripe=(LOOK_UP, LIST, *[TRANSFER] * 5)),
    ),
    "the same message again": (
        operations.receive_again,
        Sent(("insert payment_inbox", "find payment_inbox")),
    ),
    "another message about a settled order": (
        operations.receive_echo,
        Sent(
            (
                *("insert payment_inbox", "find orders", "insert purchases"),
                *("insert purchases", "find purchases") * 3,
                "update payment_inbox",
            ),
            stripe=(LOOK_UP,),
        ),
    ),
    "download": (
        operations.download,
        Sent(("find automations", "find purchases", "insert grants")),
    ),
    "who makes a request": (operations.authenticate, Sent(("find people",))),
    "message that a user changed": (operations.rename, Sent(("update people",))),
    "message that a user was deleted": (operations.remove, Sent(("update people",))),
    "library": (operations.view_library, Sent(("find purchases", "find automations"))),
    "sales": (operations.view_sales, Sent(("find purchases", "aggregate purchases"))),
    "upload permission": (operations.request_upload, Sent(("find sellers", "insert uploads"))),
    "submission of a new file": (
        operations.submit,
        Sent(
            (
                "find sellers",
                "find uploads",
                "find uploads",
                "update uploads",
                "find index_builds",
                "insert automations",
                "find index_labels",
                "insert index_labels",
                "update index_labels",
            ),
            s3=("HEAD", "GET", "HEAD", "HEAD", "PUT"),
        ),
    ),
    "a look for events, of which there are none": (
        operations.deliver_nothing,
        Sent(
            (
                "find orders",
                "find purchases",
                "find automations",
                "find sellers",
                "find deliveries",
            )
        ),
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_asks_no_more_than_it_needs(
    running: Watched, stage: Stage, name: str
) -> None:
    """These commands in this order, to these servers, and nothing else."""
    prepare, expected = OPERATIONS[name]

    assert running.sent(prepare(stage)) == expected


def told(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """What the reference's table says of some operations."""
    rows = (line.strip("| \n").split(" | ") for line in DOCUMENT.read_text().splitlines())
    return {row[0]: tuple(map(int, row[1:])) for row in rows if row[0] in {*names}}


def test_the_reference_tells_these_numbers() -> None:
    """Its table has a row for each operation."""
    assert told(OPERATIONS) == {name: sent.counts for name, (_, sent) in OPERATIONS.items()}
