"""Files: tickets for the upload script, preview images, and links of a store on this machine."""

from collections.abc import Iterator

from attrs import frozen
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from koda.domain.model.attachments import attachment
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import StoredFile
from koda.domain.usecases.catalogue.view_picture import ViewPicture
from koda.domain.usecases.selling.request_upload import RequestUpload, UploadRequest
from koda.entrypoints.web.bodies import read_body
from koda.entrypoints.web.headers import SEALED
from koda.entrypoints.web.visitors import Visitors
from koda.ports.files import Files, LocalFiles, OpenedFile

CHUNK = 64 * 1024
"""Bytes."""
PUBLIC = "public, max-age=300"
"""Caches on the way ask again after five minutes, so that a suspended listing's picture is gone."""


@frozen
class TicketPages:
    """Tickets for the script that uploads straight to storage."""

    visitors: Visitors
    request_upload: RequestUpload

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/selling/uploads", "upload", self.upload, methods=["POST"])

    def upload(self) -> ResponseReturnValue:
        """Issue a ticket for one announced file, and say how to send it."""
        principal = self.visitors.required()
        self.visitors.limit("upload")
        offer = self.request_upload(
            principal, read_body(UploadRequest, sentence("must be an announced file, as JSON"))
        )
        return jsonify(
            upload_id=offer.upload_id,
            method=offer.method,
            url=offer.url,
            headers=dict(offer.headers),
            fields=dict(offer.fields) or None,
            expires_at=offer.expires_at.isoformat(),
        )


@frozen
class PreviewPages:
    """Pictures of listings, for those who may see the listing."""

    visitors: Visitors
    view: ViewPicture
    files: Files

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/previews/<automation_id>/<digest>", "preview", self.preview)

    def preview(self, automation_id: str, digest: str) -> ResponseReturnValue:
        """Send a picture, unless the browser has it."""
        self.visitors.limit("preview")
        shown = self.view(self.visitors.current(), AutomationId(automation_id), digest)
        file = shown.file
        known = request.if_none_match.contains(digest)
        response = Response(status=304) if known else self._image(file)
        response.content_type = file.content_type
        response.headers["Cache-Control"] = PUBLIC if shown.public else "private, no-store"
        response.headers["Content-Security-Policy"] = SEALED
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.set_etag(digest)
        return response

    def _image(self, file: StoredFile) -> Response:
        """The image, from an open file where the store has such."""
        if isinstance(self.files, LocalFiles):
            opened = self.files.open_kept(file.key)
            return streamed(opened, 0, opened.size)
        return Response(self.files.read(file.key, file.size))


@frozen
class LocalFilePages:
    """The addresses that a file store without a server of its own hands out."""

    files: LocalFiles

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes; the token is the whole permission, so nobody need be signed in."""
        place = "/files/<path:token>"
        blueprint.add_url_rule(place, "file", self.send)
        blueprint.add_url_rule(place, "file_sent", self.take, methods=["POST", "PUT"])

    def take(self, token: str) -> ResponseReturnValue:
        """Store what a client sends under an offer."""
        self.files.accept(token, request.content_type or "", _sent())
        return "", 204

    def send(self, token: str) -> ResponseReturnValue:
        """Send the file of a download link, or the part of it that is asked for."""
        opened = self.files.open(token)
        start, stop = _asked_part(opened)
        part = (start, stop) != (0, opened.size)
        response = streamed(opened, start, stop)
        response.headers.update(_file_headers(opened))
        response.set_etag(opened.sha256)
        if part:
            response.status_code = 206
            response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{opened.size}"
        return response


def _sent() -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK):
        yield chunk


def _asked_part(opened: OpenedFile) -> tuple[int, int]:
    """The bytes to send: one range if it is asked of this very file, else all of them."""
    asked, condition = request.range, request.if_range
    stale = condition.date is not None or condition.etag not in (None, opened.sha256)
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or stale:
        return 0, opened.size
    part = asked.range_for_length(opened.size)
    if part is None:
        raise RequestedRangeNotSatisfiable(opened.size)
    return part


def streamed(opened: OpenedFile, start: int, stop: int) -> Response:
    """Answer with a part of a file, which the server reads while it sends it, as WSGI has it."""
    file = wrap_file(request.environ, opened.part(start, stop), CHUNK)
    response = Response(file, content_type=opened.content_type, direct_passthrough=True)
    response.content_length = stop - start
    return response


def _file_headers(opened: OpenedFile) -> dict[str, str]:
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": attachment(opened.name),
        "Content-Security-Policy": SEALED,
    }
