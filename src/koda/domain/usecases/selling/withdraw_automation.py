"""Taking an automation off sale."""

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import Principal
from koda.ports.automations import Automations
from koda.ports.clock import Clock


@frozen(eq=False, repr=False)
class WithdrawAutomation:
    """Takes a seller's own listing off sale for good; buyers keep their files."""

    automations: Automations
    clock: Clock

    def __call__(self, principal: Principal, automation_id: AutomationId) -> Automation:
        """Return the withdrawn automation.

        Raises:
            NotFound: not an automation of `principal`'s.
            WrongState: it is withdrawn already, or suspended.
        """
        automation = self.automations.get(automation_id).owned_by(principal.user_id)
        return self.automations.save(*automation.withdraw(self.clock()))
