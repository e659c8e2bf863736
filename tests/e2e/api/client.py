"""A client of the API whose every answer is held against the API's own document."""

import re
from functools import cached_property
from typing import Any

from attrs import evolve, frozen
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from koda.domain.model.people import Principal
from koda.testing.examples import WORKFLOW
from koda.testing.marketplace import Marketplace
from tests.support.bodies import announcement, submission

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"


@frozen(slots=False)
class Document:
    """The OpenAPI document, by which answers are judged."""

    content: dict[str, Any]

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        paths = sorted(self.content["paths"], key=lambda path: path.count("{"))
        return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), path) for path in paths]

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The operation at a path, if there is one."""
        for pattern, template in self._templates:
            if pattern.fullmatch(path):
                operation: dict[str, Any] | None = self.content["paths"][template].get(
                    method.lower()
                )
                return operation
        return None

    def check(self, method: str, path: str, answer: TestResponse) -> None:
        """Assert that `answer` is one that the document announces."""
        operation = self.operation(method, path)
        if operation is None:
            assert answer.status_code in {404, 405}
            return
        announced = operation["responses"][str(answer.status_code)]["content"]
        assert answer.mimetype in announced
        schema = {**announced[answer.mimetype]["schema"], "components": self.content["components"]}
        Draft202012Validator(schema).validate(answer.json)


@frozen
class Api:
    """Calls as one caller, or as nobody."""

    http: FlaskClient
    marketplace: Marketplace
    document: Document
    token: str | None = None
    principal: Principal | None = None

    def signed_in(self, principal: Principal) -> "Api":
        """The same API, called by `principal`."""
        identity = self.marketplace.identity
        token = identity.sign_in(principal.user_id, roles=principal.roles)
        return evolve(self, token=token, principal=principal)

    def get(self, path: str, /, **query: Any) -> TestResponse:
        """Read."""
        return self.call("GET", path, query_string=query)

    def post(self, path: str, /, body: Any = None, **options: Any) -> TestResponse:
        """Do, with a JSON body if there is one."""
        return self.call("POST", path, **({} if body is None else {"json": body}), **options)

    def patch(self, path: str, /, body: Any) -> TestResponse:
        """Change."""
        return self.call("PATCH", path, json=body)

    def call(
        self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """Call anything, and hold the answer against the document."""
        headers = dict(headers or {})
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = self.http.open(f"{PREFIX}{path}", method=method, headers=headers, **options)
        if method not in {"HEAD", "OPTIONS"}:
            self.document.check(method, path, answer)
        return answer

    def upload(self, content: bytes = WORKFLOW, **announced: Any) -> str:
        """Announce a file, send it to storage as the answer says, and return the upload's id."""
        offer = self.post("/uploads", announcement(content, **announced)).json
        assert offer is not None
        assert offer["method"] == "PUT"
        token = offer["url"].rpartition("/")[2]
        self.marketplace.files.accept(token, offer["headers"]["Content-Type"], iter([content]))
        upload_id: str = offer["upload_id"]
        return upload_id

    def submission(self, **changes: Any) -> dict[str, Any]:
        """The body of a submission whose file is uploaded."""
        upload = changes.pop("artifact") if "artifact" in changes else self.upload()
        return submission(upload, **changes)


def code_of(answer: TestResponse) -> str:
    """The code of the problem that `answer` is."""
    assert answer.mimetype == PROBLEM
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code
    code: str = answer.json["code"]
    return code


def json_of(answer: TestResponse, status: int = 200) -> Any:
    """The content of an answer that must have `status`."""
    assert answer.status_code == status, answer.text
    return answer.json


def problems_of(answer: TestResponse) -> dict[str, str]:
    """The problems of a refused request by field."""
    return {problem["field"]: problem["problem"] for problem in json_of(answer, 422)["problems"]}
