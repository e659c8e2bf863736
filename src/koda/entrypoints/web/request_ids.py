"""Request ids: told in the answer and in every line that is logged of the request."""

import re
import secrets

from attrs import frozen
from flask import Response, request
from flask.sansio.scaffold import Scaffold

from koda.entrypoints.logs import request_id

HEADER = "X-Request-ID"
_TAKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@frozen
class RequestIds:
    """Takes the id that a proxy or client gives, where it is harmless in a log, or makes one."""

    def install(self, site: Scaffold) -> None:
        """Give every request of `site` an id."""
        site.before_request(self.begin)
        site.after_request(self.tell)
        site.teardown_request(self.end)

    def begin(self) -> None:
        """Find the id of the request at hand."""
        given = request.headers.get(HEADER, "")
        request_id.set(given if _TAKEN.fullmatch(given) else secrets.token_hex(8))

    def tell(self, response: Response) -> Response:
        """Tell the id in the answer."""
        if request_id.get():
            response.headers[HEADER] = request_id.get()
        return response

    def end(self, _: BaseException | None = None) -> None:
        """Leave no id behind in the thread."""
        request_id.set("")
