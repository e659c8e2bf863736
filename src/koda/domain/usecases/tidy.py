"""Removing what nobody will ask for again."""

from datetime import timedelta

from attrs import frozen

from koda.domain.model.policy import Policy
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.uploads import Uploads

GRACE = timedelta(hours=1)
"""How long a ticket and its bytes stay after the ticket's end.

A submission that began before the end still reads them, and the clocks of the machines differ.
"""


@frozen
class Tidied:
    """How much a run removed, or would remove: expired tickets, and uploads never listed."""

    tickets: int
    uploads: int


@frozen
class Tidy:
    """Removes expired upload tickets, and bytes that were sent under them and never listed.

    Kept files, which listings refer to, are never touched. Any number of runs at once, on any
    number of machines, do together what one would do; one that is cut off is completed by the next.
    """

    uploads: Uploads
    files: Files
    policy: Policy
    clock: Clock

    def __call__(self, *, dry_run: bool = False) -> Tidied:
        """Tidy up; a dry run says what that would remove.

        Raises:
            Unavailable: a store is down; what went before that is gone.
        """
        ended = self.clock() - GRACE
        tickets = self.uploads.forget(ended, dry_run=dry_run)
        # Bytes arrive while their ticket holds, so that the ticket of these has ended.
        before = ended - self.policy.upload_lifetime
        return Tidied(tickets, self.files.forget(before, dry_run=dry_run))
