"""Comparing orders with their payments now and then, and telling operators what that found."""

import logging
import secrets
from collections.abc import Iterator
from itertools import cycle

from koda.domain.model.reconciliations import Finding, Reconciled
from koda.domain.usecases.money.reconcile_payments import ReconcilePayments

logger: logging.Logger = logging.getLogger("koda.reconcile")


REACH = 180
"""How many days before the last are looked at, too: longer than buyers may dispute a payment."""


class Reconciling:
    """Compares what is recent, and one earlier day each time, until all of `REACH` had their turn.

    Processes begin with any day, so that several share the work without knowing of each other, and
    one that is often started anew comes to all days. A finding about what is recent is logged
    once, until it is gone and comes again; an earlier one each time.
    """

    def __init__(self, reconcile: ReconcilePayments) -> None:
        self._reconcile = reconcile
        self._told: frozenset[Finding] = frozenset()
        self._days: Iterator[int] = _days()

    def __call__(self) -> None:
        """Compare once.

        Raises:
            Unavailable: the store or the provider is down; what went before that is recorded.
        """
        recent = self._reconcile.recent()
        self._tell(recent)
        self._told = frozenset(recent.findings)
        self._tell(self._reconcile.earlier(next(self._days)))

    def _tell(self, reconciled: Reconciled) -> None:
        for finding in reconciled.findings:
            if finding not in self._told:
                fields = {"code": finding.code, "order": finding.order_id}
                logger.warning("A payment needs a look: %s", finding.message, extra=fields)
        if reconciled.recorded:
            counts = {"compared": reconciled.compared, "recorded": reconciled.recorded}
            logger.info("Recorded what no message told", extra=counts)


def _days() -> Iterator[int]:
    """The days of `REACH` again and again, beginning with any of them."""
    first = secrets.randbelow(REACH)
    return cycle((*range(first + 1, REACH + 1), *range(1, first + 1)))
