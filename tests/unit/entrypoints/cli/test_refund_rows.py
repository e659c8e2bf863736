"""What commands print of refunds and requests."""

from koda.domain.model.requested_refunds import RequestedRefund
from koda.entrypoints.cli.refund_rows import request_line
from koda.testing.examples import NOON


def test_reason_stands_on_the_line_of_its_request() -> None:
    """A buyer who writes several cannot add a row, nor write over one."""
    reason = "broken\n99.00 EUR of user_dan\rThe seller agrees\u2028yes"
    request = RequestedRefund(1, reason, NOON, NOON)

    assert request_line(request) == (
        "refund of line 1 open: broken 99.00 EUR of user_dan The seller agrees yes"
    )
