"""What an admin does about a listing."""

import logging

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors import Forbidden
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import Principal
from koda.ports.automations import Automations
from koda.ports.clock import Clock

logger: logging.Logger = logging.getLogger("koda.audit")


@frozen(eq=False, repr=False)
class ModerateAutomation:
    """Suspends a listing, which stops its sale and its downloads, or puts it back."""

    automations: Automations
    clock: Clock

    def __call__(
        self, principal: Principal, automation_id: AutomationId, *, suspended: bool
    ) -> Automation:
        """Return the automation, suspended or reinstated.

        Raises:
            Forbidden: `principal` is not an admin.
            NotFound: there is no such automation.
            WrongState: it is not published, or not suspended.
        """
        if not principal.admin:
            raise Forbidden("moderate listings")
        automation = self.automations.get(automation_id)
        now = self.clock()
        moderated = automation.suspend(now) if suspended else automation.reinstate(now)
        saved = self.automations.save(*moderated)
        action = "suspended" if suspended else "reinstated"
        fields = {"automation_id": automation_id, "user_id": principal.user_id}
        logger.info("Listing %s by an admin", action, extra=fields)
        return saved
