"""Where preview pictures are."""

from attrs import define, field
from flask import current_app, url_for

from koda.domain.model.identifiers import AutomationId
from koda.domain.model.uploads import Preview
from koda.entrypoints.web.api.shapes.automations import PreviewSize

PREVIEW = "koda.preview"
"""The endpoint of the pages that serves a listing's picture by the SHA-256 of its content."""

_ANY_ID, _ANY_DIGEST = "-id-", "-digest-"


@define
class PreviewLinks:
    """Links of one answer, of which Flask is asked for the first alone; none without the pages."""

    _pattern: str | None = field(default=None, init=False)

    def __call__(
        self, automation_id: AutomationId, preview: Preview | None
    ) -> tuple[PreviewSize, ...]:
        """Return the sizes of a listing's picture, their addresses relative to the site."""
        if preview is None or PREVIEW not in current_app.view_functions:
            return ()
        if self._pattern is None:
            self._pattern = url_for(PREVIEW, automation_id=_ANY_ID, digest=_ANY_DIGEST)
        pattern = self._pattern.replace(_ANY_ID, automation_id)
        return tuple(
            PreviewSize(
                url=pattern.replace(_ANY_DIGEST, size.file.sha256),
                width=size.width,
                height=size.height,
            )
            for size in preview.sizes
        )
