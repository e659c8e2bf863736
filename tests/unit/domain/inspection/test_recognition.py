import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda.domain.inspection.recognition import check_platform, read_workflow, recognised
from koda.domain.model.errors import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.testing.workflow_strategies import make_files, mutated, n8n_files, zapier_files

NODE = {"name": "A", "type": "n8n-nodes-base.set", "parameters": {}, "position": [0, 0]}
NOTE = {**NODE, "type": "n8n-nodes-base.stickyNote"}
N8N: dict[str, Any] = {"nodes": [NODE], "connections": {}}
MODULE = {"id": 1, "module": "http:ActionSendData", "version": 3, "mapper": {}}
MAKE: dict[str, Any] = {"name": "Leads", "flow": [MODULE], "metadata": {}}
STEP = {"parent_id": None, "selected_api": "GmailAPI", "action": "new"}
ZAPIER: dict[str, Any] = {"metadata": {"version": 2}, "zaps": [{"id": 1, "nodes": {"1": STEP}}]}
SECRET = {"id": "1", "name": "Mine", "type": "slackApi", "data": "U2FsdGVk"}
GRAPH = {"edges": [], "nodes": [{"id": "a", "type": "custom", "data": {}}]}


def graph(data: object) -> dict[str, object]:
    """A drawing with nodes and edges, whose node has this data."""
    return {"edges": [], "nodes": [{"id": "a", "position": {"x": 0}, "data": data}]}


@pytest.mark.parametrize(
    ("value", "expected", "path"),
    [
        (N8N, FileFormat.N8N, ()),
        ({"nodes": [NODE]}, FileFormat.N8N, ()),
        ([N8N], FileFormat.N8N, (0,)),
        ({"data": N8N}, FileFormat.N8N, ("data",)),
        ({"data": [N8N], "nextCursor": None}, FileFormat.N8N, ("data", 0)),
        ({"workflow": N8N}, FileFormat.N8N, ("workflow",)),
        ({"id": 1, "workflow": {"id": 1, "workflow": N8N}}, FileFormat.N8N, ("workflow",) * 2),
        ([{"workflow": N8N}], FileFormat.N8N, (0, "workflow")),
        ({"name": "All", "data": N8N, "type": "workflow"}, FileFormat.N8N, ("data",)),
        (MAKE, FileFormat.MAKE, ()),
        ({"flow": [MODULE], "metadata": {}}, FileFormat.MAKE, ()),
        ({"name": "Leads", "flow": [MODULE]}, FileFormat.MAKE, ()),
        ({"blueprint": MAKE}, FileFormat.MAKE, ("blueprint",)),
        ({"response": {"blueprint": MAKE}}, FileFormat.MAKE, ("response", "blueprint")),
        ({"code": "OK", "response": {"blueprint": MAKE}}, FileFormat.MAKE, ("response",)),
        ({"code": "OK", "response": MAKE}, FileFormat.MAKE, ("response",)),
        (ZAPIER, FileFormat.ZAPIER, ()),
    ],
)
def test_workflows_are_recognised_in_whatever_wraps_them(
    value: object, expected: FileFormat, path: tuple[object, ...]
) -> None:
    """As canvas, interface and command line export them."""
    workflow = recognised(value)

    assert workflow.file_format is expected
    assert workflow.steps[0].path[: len(path)] == path


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"last_node_id": 1, "last_link_id": 0, "nodes": [], "links": []}, "is a ComfyUI workflow"),
        ({"3": {"class_type": "KSampler", "inputs": {}}}, "is a ComfyUI workflow"),
        ([{"id": "1", "type": "tab", "label": "Flow"}], "is a Node-RED flow"),
        ([{"id": "2", "type": "inject", "z": "1", "wires": [[]]}], "is a Node-RED flow"),
        ({"id": "1", "nodes": [{"id": "2", "type": "a", "wires": []}]}, "is a Node-RED flow"),
        ({"flows": [{"id": "1", "type": "tab"}], "rev": "1"}, "is a Node-RED flow"),
        ({"data": graph({"node": {"template": {}}})}, "is a Langflow flow"),
        (graph({"inputParams": [], "inputAnchors": []}), "is a Flowise flow"),
        ({"kind": "app", "app": {"mode": "chat"}, "workflow": {}}, "is a Dify app"),
        (
            {"name": "x", "template": {"displayName": "x", "trigger": {"type": 1, "settings": {}}}},
            "is an Activepieces flow",
        ),
        (
            {"name": "x", "properties": {"definition": {"$schema": "x/Microsoft.Logic/schemas/1"}}},
            "is a Power Automate flow",
        ),
        ({"type": "Microsoft.Flow/flows"}, "is a Power Automate flow"),
        ([SECRET], "is an export of n8n credentials"),
        ({**SECRET, "data": {"accessToken": "x"}}, "is an export of n8n credentials"),
        ([{**NODE, "typeVersion": 1}], "is only some nodes of an n8n workflow"),
        (MODULE, "is only a piece of a Make blueprint"),
        ([MODULE], "is only a piece of a Make blueprint"),
        ({"flow": [MODULE]}, "is only a piece of a Make blueprint"),
        ({"if_else": MODULE, "merge": MODULE}, "is only a piece of a Make blueprint"),
        ({"name": "x", "version": "1.0.0", "scripts": {}}, "is the package.json"),
        ({"nodes": [], "connections": {}}, "is an n8n workflow without a step"),
        ({"name": "x", "flow": [], "metadata": {}}, "is a Make blueprint without a module"),
        ({"zaps": []}, "is a Zapier export without a step"),
        ({"nodes": [NOTE], "connections": {}}, "has notes and no step"),
        ([N8N, MAKE], "holds workflows of several platforms"),
        ([N8N, {"a": 1}], "is no workflow of a kind that is known"),
        ({"hello": "world"}, "is no workflow of a kind that is known"),
        ([1, "a"], "is no workflow of a kind that is known"),
        (graph({"title": "x"}), "is no workflow of a kind that is known"),
        ({"data": {"data": {"data": {"data": {"data": {"data": N8N}}}}}}, "is no workflow"),
    ],
)
def test_what_is_no_workflow_is_refused_in_words(value: object, problem: str) -> None:
    """Every kind has its own sentence, which says what it is and what to do."""
    with pytest.raises(InvalidValue) as refused:
        recognised(value)

    told = str(refused.value.problem)
    assert refused.value.field == "file"
    assert told.startswith(problem)
    assert ";" in told


@pytest.mark.parametrize("found", [file for file in FileFormat if file is not FileFormat.NONE])
def test_a_file_of_another_platform_is_refused(found: FileFormat) -> None:
    """The sentence says what it is, and what the listing says."""
    wanted = FileFormat.MAKE if found is FileFormat.N8N else FileFormat.N8N

    with pytest.raises(InvalidValue, match="and the listing says Mine; choose"):
        check_platform(found, "Mine", wanted)

    check_platform(found, "Mine", found)
    check_platform(found, "Mine", FileFormat.NONE)


FILES = st.one_of(n8n_files(), make_files(), zapier_files())


@given(value=FILES)
@settings(max_examples=25)
def test_generated_files_are_read(value: object) -> None:
    """All of their steps, and nothing is odd about them."""
    workflow = read_workflow(json.dumps(value).encode())

    assert workflow.oddities == ()
    assert set(workflow.by_key) >= {link.source for link in workflow.links}
    assert set(workflow.by_key) >= {link.target for link in workflow.links}
    assert len(workflow.by_key) == len(workflow.steps)


@given(value=mutated(FILES))
@settings(max_examples=40)
def test_mutated_files_are_read_or_invalid(value: object) -> None:
    """No value in any place brings out another error; what is read can be told."""
    with suppress(InvalidValue):
        workflow = read_workflow(json.dumps(value).encode())
        assert all(str(oddity.sentence) for oddity in workflow.oddities)
        assert {*workflow.unreachable} <= {*workflow.steps}
        assert len(workflow.by_key) == len(workflow.steps)
