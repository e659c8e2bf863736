import json

import pytest

from koda.domain.inspection.artifacts import inspected
from koda.domain.inspection.secrets.blocking import check_secrets
from koda.domain.model.errors import InvalidValue
from koda.testing.examples import WORKFLOW

KEY = "ghp_" + "a8Kq2LxW" * 4 + "Zt5R"
"""Of the shape of GitHub's, and nobody's."""


def asking(*keys: str) -> bytes:
    """A workflow that sends keys."""
    headers = [{"name": "Authorization", "value": f"Bearer {key}"} for key in keys]
    node = {
        "name": "Ask",
        "type": "n8n-nodes-base.httpRequest",
        "parameters": {"headers": headers},
    }
    return json.dumps({"nodes": [node], "connections": {}}).encode()


def refusal(file_name: str, content: bytes) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(InvalidValue) as refused:
        check_secrets(inspected(file_name, content).secrets)
    return str(refused.value.problem)


def test_a_file_with_a_secret_is_refused() -> None:
    """By where it is and its ends, never by the whole."""
    said = refusal("flow.json", asking(KEY))

    assert said.startswith("has a text that looks like ")
    assert '(ghp_…Zt5R) at nodes[0] "Ask" \u203a parameters \u203a headers[0]' in said
    assert KEY not in said


def test_how_many_there_are_is_told() -> None:
    """With the first of them."""
    said = refusal("flow.json", asking(KEY, KEY.swapcase()[:4].lower() + KEY[:3:-1]))

    assert said.startswith("has 2 texts that look like secrets; the first one looks like ")


def test_scripts_and_any_json_are_looked_at() -> None:
    """Also what no known platform runs."""
    assert "at line 2" in refusal("flow.py", f"import os\ntoken = '{KEY}'\n".encode())
    assert "at token" in refusal("flow.json", json.dumps({"token": KEY}).encode())


@pytest.mark.parametrize("key", ["YOUR_API_KEY", "={{ $env.KEY }}", "{{token}}"])
def test_placeholders_and_expressions_pass(key: str) -> None:
    """They are how a workflow is sold."""
    assert inspected("flow.json", asking(key)).secrets == ()
    assert inspected("flow.json", WORKFLOW).secrets == ()


def test_what_n8n_keeps_secret_is_none_to_sell() -> None:
    """A field that its editor shows as a password, whatever is in it."""
    node = {
        "name": "Sign",
        "type": "n8n-nodes-base.crypto",
        "parameters": {"secret": "open sesame"},
    }
    content = json.dumps({"nodes": [node], "connections": {}}).encode()

    assert "stands in a field that the platform keeps secret" in refusal("flow.json", content)
