import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda.domain.inspection.artifacts import described, inspected
from koda.domain.inspection.recognition import recognised
from koda.domain.inspection.redaction import clean, redacted
from koda.domain.inspection.secrets.opened import opened
from koda.domain.model.errors import InvalidValue
from koda.domain.model.redactions import MOST_CHANGES
from koda.testing.workflow_strategies import (
    Decoded,
    make_files,
    mutated,
    n8n_files,
    zapier_files,
)

FILES = {"n8n": n8n_files(), "make": make_files(), "zapier": zapier_files()}
KEY = "sk-ant-api03-" + "Qm4xV9tLr2Wc8Nb6Ze1Ha5Uk3Yd7Gs0P" * 3
PRIVATE = (
    f"={KEY}",
    f"Bearer {KEY}",
    json.dumps({"api_key": KEY, "to": "anna@shop-berg.de"}),
    "anna@shop-berg.de, bert@shop-berg.de",
    "http://10.0.3.17:5000/x",
    "postgres://shop:s3cr3t-Pw99@db.corp.internal/x",
)


def redact(value: object) -> tuple[Any, list[str]]:
    """A decoded file without what is its maker's own, and what was changed."""
    redaction = redacted("x.json", json.dumps(value).encode())
    return json.loads(redaction.content), [str(change.kind) for change in redaction.changes]


def node(**values: object) -> Decoded:
    """A node of n8n."""
    return {"name": "A", "type": "n8n-nodes-base.slack", "position": [0, 0], **values}


@given(data=st.data(), name=st.sampled_from([*FILES]), private=st.sampled_from(PRIVATE))
@settings(max_examples=20)
def test_clean_file_is_the_same_workflow(data: st.DataObject, name: str, private: str) -> None:
    """Nothing private is left, the graph and the report are the same, and once is enough."""
    value = data.draw(FILES[name])
    plant(data, value, name, private)
    content = json.dumps(value).encode()
    redaction = redacted("x.json", content)

    for word in ("sk-ant", "shop-berg.de", "10.0.3.17", "corp.internal", "s3cr3t"):
        assert word.encode() not in redaction.content
    before, after = inspected("x.json", content), inspected("x.json", redaction.content)
    assert (before.report.workflow, ()) == (after.report.workflow, after.secrets)
    assert recognised(value) == recognised(json.loads(redaction.content))
    assert redaction.total >= len(redaction.changes) > 0
    again = redacted("x.json", redaction.content)
    assert (again.content, again.total) == (redaction.content, 0)


def plant(data: st.DataObject, value: Any, name: str, private: str) -> None:
    """Put something private, and what the platform's exports carry, into a step of a file."""
    if name == "n8n":
        step = data.draw(st.sampled_from(value["nodes"][:-1]))
        step["credentials"] = {"slackApi": {"id": "9", "name": "Anna's Slack"}}
        step["parameters"]["channelId"] = {"__rl": True, "mode": "list", "value": "C12345"}
        value["meta"] = {"instanceId": "ab" * 32}
        told = step["parameters"]
    elif name == "make":
        told = value["flow"][0]["mapper"]
        restore = {"__IMTCONN__": {"label": "Anna's", "data": {"connection": "slack"}}}
        value["flow"][0]["metadata"]["restore"] = {"parameters": restore}
    else:
        zap = value["zaps"][0]["nodes"]
        told = zap[data.draw(st.sampled_from([*zap]))]["params"]
    told["more"] = private


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(max_examples=6)
def test_odd_files_are_redacted_or_refused(name: str, data: st.DataObject) -> None:
    """With no error but for a file that cannot be read; once is enough, and nobody reads anew."""
    content = json.dumps(data.draw(mutated(FILES[name]))).encode()
    try:
        file = opened("x.json", content)
        described(file)
        cleaned = clean(file)
    except InvalidValue:
        return

    assert redacted("x.json", cleaned.redaction.content).total == 0
    left = opened("x.json", cleaned.redaction.content)
    assert left.value == cleaned.file.value
    assert described(left) == described(cleaned.file)


@pytest.mark.parametrize("value", [{"b@shop-berg.de": [{"a": "to b@shop-berg.de"}]}, {"a": 1.5e-7}])
def test_other_json_is_freed_of_addresses_alone(value: Decoded) -> None:
    """Keys, too; what has none stays byte by byte."""
    content = json.dumps(value).encode()
    redaction = redacted("x.json", content)

    assert json.loads(redaction.content) == json.loads(
        content.replace(b"b@shop-berg.de", b"user@example.com")
    )
    assert redaction.total or redaction.content is content


def test_n8n_export_keeps_what_a_buyer_needs() -> None:
    """Kinds of credentials, models, expressions, typed names; not whose they were."""
    kept: dict[str, Any] = {
        "model": {"__rl": True, "mode": "list", "value": "gpt-5", "cachedResultName": "GPT"},
        "sheet": {"__rl": True, "mode": "name", "value": "Orders"},
        "drive": {"__rl": True, "mode": "list", "value": "My Drive"},
        "file": {"__rl": True, "mode": "id", "value": "={{ $json.id }}"},
        "other": {"__rl": True, "mode": "id", "value": "YOUR_SHEET_ID"},
        "empty": {"__rl": True, "mode": "id", "value": None},
        "path": "hook-1",
    }
    gone: dict[str, Decoded] = {
        "document": {"__rl": True, "mode": "list", "value": "1AbC"},
        "number": {"__rl": True, "value": 7},
    }
    named = {"slackApi": {"id": "9", "name": "Mine"}, "oauth": {}, "old": "Mine"}
    step = node(parameters=kept | gone, credentials=named, webhookId="hook-1")
    beside: Decoded = {"pinData": {"A": [{}]}, "staticData": None, "shared": [{"role": "owner"}]}
    meta = {"instanceId": "ab" * 32, "templateId": "7"}
    value = {"nodes": [step], "connections": {}, "meta": meta, **beside}
    clean, kinds = redact({"data": [value]})

    expected = deepcopy(kept)
    del expected["model"]["cachedResultName"]
    expected["path"] = ""
    cleared = {name: {**gone[name], "value": ""} for name in gone}
    nobodys = {kind: {"id": None, "name": kind} for kind in ("slackApi", "old")}
    step = node(parameters=expected | cleared, credentials={**nobodys, "oauth": {}})
    assert clean == {
        "data": [
            {
                "nodes": [{**step, "credentials": {**named, **nobodys}}],
                "connections": {},
                "meta": {"templateId": "7"},
                "staticData": None,
            }
        ]
    }
    assert len(kinds) == 10


@pytest.mark.parametrize("sign", ["", "="])
def test_what_is_carried_around_and_within_a_workflow_goes_too(sign: str) -> None:
    """Beside the key of a wrapper, and in a workflow that a step holds as text."""
    carried = {"credentials": {"slackApi": {"id": "7", "name": "Anna"}}, "webhookId": "w-1"}
    inner = {"nodes": [node(**carried)], "connections": {}, "pinData": {"A": [{"json": {}}]}}
    called = {"source": "parameter", "workflowJson": f"{sign}{json.dumps(inner)}"}
    plain = {"workflowJson": "{}"}, {"workflowJson": "={{ $json.flow }}"}
    nodes = [node(parameters=parameters) for parameters in (called, *plain)]
    value = {"data": {"nodes": nodes, "connections": {}}, "meta": {"instanceId": "c0ffee"}}
    clean, told = redact(value)

    assert told == [
        "is a workflow with ids, names or data from your account",
        "is the id of your n8n instance",
    ]
    assert clean["meta"] == {}
    parameters, *others = (of["parameters"] for of in clean["data"]["nodes"])
    assert json.loads(parameters["workflowJson"].removeprefix("=")) == {
        "nodes": [node(credentials={"slackApi": {"id": None, "name": "slackApi"}})],
        "connections": {},
    }
    assert parameters["workflowJson"].startswith(f"{sign}{{")
    assert others == [*plain]
    assert redact(clean) == (clean, [])


def test_make_blueprint_keeps_the_kinds_of_its_connections() -> None:
    """Ids of connections, webhooks and data stores are gone; expressions stay."""
    told = {"__IMTCONN__": 7, "hook": 8, "datastore": "9", "apiKeychain": 3, "list": "{{1.id}}"}
    kept = {"connection": "{{1.id}}", "__IMTHOOK__": "{{2.id}}", "account": True}
    restore = {
        "parameters": {
            "__IMTCONN__": {"label": "Anna's Slack", "data": {"connection": "slack", "x": "y"}},
            "other": {"data": {"connection": "7"}},
            "odd": [],
        },
        "expect": {"channel": {"label": "#anna"}},
    }
    modules = [
        {"id": 1, "module": "a:b", "parameters": told | kept, "metadata": {"restore": restore}},
        {"id": 2, "module": "a:b", "metadata": {"restore": {"expect": {"x": {"label": "y"}}}}},
        {"id": 3, "module": "a:b", "metadata": {"restore": {"parameters": []}}},
    ]
    clean, kinds = redact({"name": "x", "flow": modules, "metadata": {}})

    nothing = dict.fromkeys(("__IMTCONN__", "hook", "datastore", "apiKeychain"))
    assert clean["flow"][0]["parameters"] == told | kept | nothing
    chosen = {"parameters": {"__IMTCONN__": {"data": {"connection": "slack"}}}}
    assert [module["metadata"] for module in clean["flow"]] == [{"restore": chosen}, {}, {}]
    assert len(kinds) == 7


def test_different_people_stay_different() -> None:
    """In names of steps, too, which connections and expressions go by."""
    steps = [node(name=f"To {name}@shop-berg.de", parameters={}) for name in ("a", "b")]
    steps[1]["parameters"] = {"x": "={{ $('To a@shop-berg.de').first() }} user@example.com"}
    link = {"main": [[{"node": steps[1]["name"], "type": "main", "index": 0}]]}
    value = {"nodes": steps, "connections": {steps[0]["name"]: link}}
    clean, _ = redact(value)

    first, second = clean["nodes"]
    assert (first["name"], second["name"]) == ("To user2@example.com", "To user3@example.com")
    assert second["parameters"]["x"].startswith("={{ $('To user2@example.com')")
    assert [(link.source, link.target) for link in recognised(clean).links] == [
        (first["name"], second["name"])
    ]


def test_change_tells_no_secret() -> None:
    """It says where, what it looks like, and what stands there now."""
    step = node(name=f"Ask {KEY}", parameters={"x": f"Bearer {KEY}", "password": "Tr4um-Haus"})
    step["credentials"] = {"slackApi": {"id": "9", "name": f"Mine {KEY}"}}
    other = node(notes="Sehr-Tr4um-Haus, xTr4um-Hausx", credentials="none")
    value = {"nodes": [step, other], "connections": {}}
    redaction = redacted("x.json", json.dumps(value).encode())

    assert KEY not in repr(redaction)
    told = [(change.path.rpartition(" ")[2], change.after) for change in redaction.changes]
    assert told == [
        ("name", "Ask YOUR_ANTHROPIC_API_KEY"[4:]),
        ("x", "YOUR_ANTHROPIC_API_KEY"),
        ("password", "YOUR_SECRET"),
        ("notes", "YOUR_SECRET"),
        ("slackApi", "slackApi"),
    ]
    clean = json.loads(redaction.content)
    assert clean["nodes"][0]["parameters"]["x"] == "Bearer YOUR_ANTHROPIC_API_KEY"
    assert clean["nodes"][1]["notes"] == "Sehr-YOUR_SECRET, xTr4um-Hausx"


def test_hundred_changes_are_told_and_all_are_counted() -> None:
    """Carriers and addresses alike."""
    steps = [node(webhookId=f"hook-{number}", notes="a@shop-berg.de") for number in range(70)]
    redaction = redacted("x.json", json.dumps({"nodes": steps, "connections": {}}).encode())

    assert (len(redaction.changes), redaction.total) == (MOST_CHANGES, 140)


def test_secrets_are_told_before_all_else() -> None:
    """They are to be revoked, so that none may be among what is only counted."""
    steps = [node(webhookId=f"hook-{number}") for number in range(MOST_CHANGES)]
    steps.append(node(notes=KEY))
    redaction = redacted("x.json", json.dumps({"nodes": steps, "connections": {}}).encode())

    assert redaction.changes[0].after == "YOUR_ANTHROPIC_API_KEY"
    assert (len(redaction.changes), redaction.total) == (MOST_CHANGES, MOST_CHANGES + 1)


def test_script_is_redacted_where_it_stands() -> None:
    """Line by line; what has nothing to take out stays byte by byte."""
    script = f'# anna@shop-berg.de\r\nKEY = "{KEY}"\nURL = "http://10.0.3.17"  # {KEY}\n'
    redaction = redacted("x.py", script.encode())

    assert redaction.content.decode() == (
        '# user@example.com\r\nKEY = "YOUR_ANTHROPIC_API_KEY"\n'
        'URL = "http://host.example"  # YOUR_ANTHROPIC_API_KEY\n'
    )
    assert [change.path for change in redaction.changes] == ["line 2", "line 3", "line 1", "line 3"]
    assert redacted("x.py", b"print(1)").content == b"print(1)"


@pytest.mark.parametrize(("name", "content"), [("x.py", b"%s"), ("x.json", b'["%s"]')])
def test_what_was_said_of_a_file_is_heeded(name: str, content: bytes) -> None:
    """Where a secret was seen it is replaced, too, and where none was none is looked for."""
    content = content.replace(b"%s", KEY.encode())

    assert redacted(name, content, has_secrets=True).total == 1
    assert redacted(name, content, has_secrets=False).content is content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.txt", b"x"),
        ("x.json", b"{"),
        ("x.json", b'[{"id":"1","name":"x","type":"slackApi","data":"U2FsdGVkX1"}]'),
        ("x.json", json.dumps({"a": json.dumps({"x": KEY}).replace("sk", r"\u0073k")}).encode()),
    ],
)
def test_what_cannot_be_cleaned_is_refused(name: str, content: bytes) -> None:
    """No workflow file, credentials, or a secret in disguise."""
    with pytest.raises(InvalidValue):
        redacted(name, content)
