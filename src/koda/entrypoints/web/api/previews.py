"""Where preview images are."""

from attrs import define, field
from flask import current_app, url_for

from koda.domain.model.uploads import StoredFile

PREVIEW = "koda.preview"
"""The endpoint of the pages that serves a preview image by the SHA-256 of its content."""

_ANY_DIGEST = "0" * 64


@define
class PreviewLinks:
    """Links of one answer, of which Flask is asked for the first alone; none without the pages."""

    _pattern: str | None = field(default=None, init=False)

    def __call__(self, file: StoredFile | None) -> str | None:
        """Return the public address of `file`, relative to the site, if it has one."""
        if file is None or PREVIEW not in current_app.view_functions:
            return None
        if self._pattern is None:
            self._pattern = url_for(PREVIEW, digest=_ANY_DIGEST)
        return self._pattern.replace(_ANY_DIGEST, file.sha256)
