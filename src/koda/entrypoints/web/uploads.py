"""Files that come with a form: uploaded before by the script, or sent along without it."""

from collections.abc import Iterator

from attrs import frozen
from flask import request
from werkzeug.datastructures import FileStorage

from koda.domain.model.announcements import most_bytes
from koda.domain.model.errors import InvalidValue
from koda.domain.model.file_names import safe_file_name
from koda.domain.model.identifiers import UploadId
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import sentence
from koda.domain.model.sizes import ByteSize
from koda.domain.model.uploads import FileKind
from koda.domain.usecases.selling.accept_upload import AcceptUpload
from koda.domain.usecases.selling.request_upload import RequestUpload, UploadRequest
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed, upload_field
from koda.ports.files import Files

_MISSING = sentence("must be chosen: the file that you exported")


@frozen
class FormFiles:
    """Takes a form's files in; each input is named as its kind."""

    request_upload: RequestUpload
    accept: AcceptUpload
    files: Files
    policy: Policy

    def take(self, principal: Principal, typed: Typed, *kinds: FileKind) -> Iterator[Refusal]:
        """Put the uploads of `kinds` in `typed`, and yield what is wrong with them.

        A workflow file is needed, a preview is not.
        """
        for kind in kinds:
            try:
                upload_id = self._upload(principal, kind)
                if upload_id is None:
                    continue
                self.accept(principal, upload_id, kind)
                typed.uploads[kind] = upload_id
            except REFUSALS as error:
                yield Refusal.of_upload(kind, error)

    def _upload(self, principal: Principal, kind: FileKind) -> UploadId | None:
        sent = request.files.get(kind.value)
        if sent is not None and sent.filename:
            return self._store(principal, kind, sent.filename, sent)
        earlier = request.form.get(upload_field(kind), "")
        if not earlier and kind is FileKind.ARTIFACT:
            raise InvalidValue(kind.value, _MISSING)
        return UploadId(earlier) if earlier else None

    def _store(
        self, principal: Principal, kind: FileKind, name: str, sent: FileStorage
    ) -> UploadId:
        content = self._read(sent, kind, name)
        ticket = self.request_upload.ticket(principal, UploadRequest.of(kind, name, content))
        self.files.receive(ticket, content)
        return ticket.id

    def _read(self, sent: FileStorage, kind: FileKind, name: str) -> bytes:
        most = most_bytes(kind, safe_file_name(name), self.policy)
        content = sent.stream.read(most + 1)
        if len(content) > most:
            raise InvalidValue(kind.value, sentence("must be at most {most}", most=ByteSize(most)))
        return content
