"""Looking at the preview picture of a listing."""

from attrs import frozen

from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.uploads import StoredFile
from koda.domain.usecases.catalogue.view_automation import ViewAutomation
from koda.ports.automations import Automations


@frozen
class ShownPicture:
    """A picture that the caller may see; everybody else may, too, if it is `public`."""

    file: StoredFile
    public: bool


@frozen(eq=False, repr=False)
class ViewPicture:
    """Shows a listing's picture to those who may see it."""

    automations: Automations
    view: ViewAutomation
    policy: Policy

    def __call__(
        self, principal: Principal | None, automation_id: AutomationId, sha256: str
    ) -> ShownPicture:
        """Return the picture of that content, in whatever size.

        Raises:
            NotFound: the listing has no such picture, or `principal` may not see it.
        """
        automation = self.automations.get(automation_id)
        public = automation.sold_in(self.policy.currency)
        preview = automation.preview if public else self.view(principal, automation_id).preview
        file = preview.file_of(sha256) if preview else None
        if file is None:
            raise NotFound("preview", sha256)
        return ShownPicture(file, public)
