"""Where preview pictures are."""

from attrs import field, frozen
from flask import current_app

from koda.domain.model.identifiers import AutomationId
from koda.domain.model.uploads import Preview
from koda.entrypoints.web.api.schemas.automations import PreviewSize
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.mounting import mounted_as

PREVIEW = "preview"
"""The page that serves a listing's picture by the SHA-256 of its content."""

_ANY_ID, _ANY_DIGEST = "-id-", "-digest-"


@frozen
class PreviewLinks:
    """Links of one answer; none without the pages.

    `pattern` is how they look in the application at hand.
    """

    pattern: str = field(init=False)

    @pattern.default
    def _pattern(self) -> str:
        mounted = f"{mounted_as()}.{PREVIEW}" in current_app.view_functions
        return link_to(PREVIEW, _ANY_ID, _ANY_DIGEST) if mounted else ""

    def __call__(
        self, automation_id: AutomationId, preview: Preview | None
    ) -> tuple[PreviewSize, ...]:
        """Return the sizes of a listing's picture, their addresses relative to the site."""
        if preview is None or not self.pattern:
            return ()
        pattern = self.pattern.replace(_ANY_ID, automation_id)
        return tuple(
            PreviewSize(
                url=pattern.replace(_ANY_DIGEST, size.file.sha256),
                width=size.width,
                height=size.height,
            )
            for size in preview.sizes
        )
