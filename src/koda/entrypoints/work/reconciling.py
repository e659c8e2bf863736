"""Comparing orders with their payments now and then, and telling operators what that found."""

import logging

from koda.domain.model.reconciliations import Finding
from koda.domain.usecases.money.reconcile_payments import ReconcilePayments

logger: logging.Logger = logging.getLogger("koda.reconcile")


class Reconciling:
    """Compares what is recent; each finding is logged once, until it is gone and comes again."""

    def __init__(self, reconcile: ReconcilePayments) -> None:
        self._reconcile = reconcile
        self._told: frozenset[Finding] = frozenset()

    def __call__(self) -> None:
        """Compare once.

        Raises:
            Unavailable: the store or the provider is down; what went before that is recorded.
        """
        reconciled = self._reconcile.recent()
        for finding in reconciled.findings:
            if finding not in self._told:
                fields = {"code": finding.code, "order": finding.order_id}
                logger.warning("A payment needs a look: %s", finding.message, extra=fields)
        self._told = frozenset(reconciled.findings)
        if reconciled.recorded:
            counts = {"compared": reconciled.compared, "recorded": reconciled.recorded}
            logger.info("Recorded what no message told", extra=counts)
