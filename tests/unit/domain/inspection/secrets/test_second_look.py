import base64
import json
from collections.abc import Mapping, Sequence

import pytest

from koda.adapters.memory.secret_scanner import MemorySecretScanner
from koda.domain.inspection.secrets.opened import opened
from koda.domain.inspection.secrets.passages import BETWEEN
from koda.domain.inspection.secrets.second_look import SecondLook, second_look
from koda.domain.model.scans import NamedText, Scan, Scanned, Suspicion
from koda.domain.model.sentences import sentence

KIND = sentence("looks like a key of {provider}", provider="Acme")
KEY = "acme-7d1f03c9b5e24a86"


def looked(value: object, *secrets: str) -> SecondLook:
    """What is told of a file by somebody who suspects these."""
    look = MemorySecretScanner(dict.fromkeys(secrets or (KEY,), KIND)).scan
    return second_look(opened("flow.json", json.dumps(value).encode()), look)


def workflow(parameters: Mapping[str, object], title: str = "Ask") -> object:
    """A workflow with one step."""
    return {"nodes": [{"name": title, "parameters": parameters}], "connections": {}}


def test_what_is_suspected_is_told_with_its_place() -> None:
    """Step by step from the file inwards, and without telling the secret."""
    told = looked(workflow({"body": json.dumps({"sent": f"Use {KEY} now"})}))

    [finding] = told.secrets
    assert finding.path == BETWEEN.join(('nodes[0] "Ask"', "parameters", "body", "sent"))
    assert finding.masked == "ac…86"
    assert finding.kind == KIND
    assert told.scanned is Scanned.WHOLE


def test_a_script_is_told_by_its_lines() -> None:
    """It is one text."""
    content = f"import requests\n\nUSED = '{KEY}'\n".encode()

    told = second_look(opened("flow.py", content), MemorySecretScanner({KEY: KIND}).scan)

    assert [finding.path for finding in told.secrets] == ["line 3"]


def test_a_path_does_not_tell_the_secret() -> None:
    """Though the title of its step does."""
    told = looked(workflow({"body": KEY}, title=f"Ask {KEY}"))

    assert len(told.secrets) == 2
    assert not any(KEY in finding.path for finding in told.secrets)


@pytest.mark.parametrize(
    "text",
    [
        "YOUR_ACME_API_KEY",
        "acme-xxxxxxxxxxxxx",
        "{{ $json.acme_token }}",
        "${ACME_TOKEN_OF_MINE}",
        "{{ $json.of }}short",
    ],
)
def test_placeholders_and_expressions_are_let_through(text: str) -> None:
    """As Koda lets them through itself."""
    assert looked(workflow({"body": text}), text).secrets == ()


def test_a_token_that_anybody_may_know_is_let_through() -> None:
    """Such as the fingerprint that n8n leaves in templates, and no other one."""

    def token(**claims: str) -> str:
        parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, claims)]
        encoded = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts]
        return ".".join((*encoded, "q7ZtLw3Xv0Rk9sYb2NfGd8"))

    for claims, told in ({"iss": "n8n"}, 0), ({"iss": "n8n", "aud": "public-api"}, 1):
        made = token(**claims)
        assert len(looked(workflow({"body": made}), made).secrets) == told


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [("acmeKey", KEY, 1), ("acme_base_id", KEY, 0), ("acmeKey", "orders-2024", 0)],
)
def test_a_name_tells_no_secret_that_koda_would_not_take_for_one(
    name: str, text: str, told: int
) -> None:
    """A name of ids does not make one of a text, nor does any name of a word."""

    def look(texts: Sequence[NamedText]) -> Scan:
        [number] = [number for number, of in enumerate(texts) if of == NamedText(text, name)]
        return Scan((Suspicion(number, 0, len(text), KIND, by_name=True),))

    content = json.dumps(workflow({name: text})).encode()

    assert len(second_look(opened("flow.json", content), look).secrets) == told


def test_a_hundred_are_told_at_most() -> None:
    """Whoever mends these looks again."""
    assert len(looked(workflow({f"key {number}": KEY for number in range(101)})).secrets) == 100


def test_what_nobody_looked_through_is_told() -> None:
    """Nothing is suspected, and it is not called scanned; nor is a file of which a part was."""
    content = b'{"note": "text"}'

    untold = second_look(opened("flow.json", content), MemorySecretScanner().scan)
    partly = second_look(opened("flow.json", content), lambda _: Scan(whole=False))

    assert untold == SecondLook((), Scanned.NOT)
    assert partly == SecondLook((), Scanned.PARTLY)
