import json
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda.domain.inspection.fingerprints import fingerprint
from koda.domain.inspection.recognition import recognised
from koda.testing.workflow_strategies import make_files, n8n_files, zapier_files

FEW = settings(max_examples=20)


def of(value: object) -> str:
    """The fingerprint of decoded JSON."""
    return fingerprint(recognised(value))


def node(name: str, **parameters: object) -> dict[str, Any]:
    """A node of n8n."""
    return {
        "name": name,
        "type": "n8n-nodes-base.set",
        "position": [0, 0],
        "parameters": parameters,
    }


def flow(*nodes: dict[str, Any], **links: list[str]) -> dict[str, Any]:
    """A workflow of n8n, with links by the name of the source."""
    connections = {
        source: {"main": [[{"node": target, "type": "main", "index": 0} for target in targets]]}
        for source, targets in links.items()
    }
    return {"nodes": [*nodes], "connections": connections}


def chain(*kinds: str) -> dict[str, Any]:
    """Nodes with these parameters, each behind the one before."""
    names = [f"N{place}" for place in range(len(kinds))]
    nodes = [node(name, kind=kind) for name, kind in zip(names, kinds, strict=True)]
    return flow(*nodes, **{name: [after] for name, after in pairwise(names)})


@given(value=n8n_files(), data=st.data())
@FEW
def test_copies_of_n8n_workflows_are_alike(value: dict[str, Any], data: st.DataObject) -> None:
    """Renamed, moved, re-noted, with other ids and versions, in any order."""
    copy = json.loads(json.dumps(value).replace("Step ", "Schritt Nr. "))
    copy["nodes"] = data.draw(st.permutations(copy["nodes"]))
    copy["connections"] = dict(data.draw(st.permutations([*copy["connections"].items()])))
    copy |= {"name": "Other", "meta": {"instanceId": "x"}}
    for place, found in enumerate(copy["nodes"]):
        found |= {"id": f"other-{place}", "position": [place, 7], "typeVersion": 3, "notes": "x"}
        found["credentials"] = {"slackApi": {"id": "9", "name": "Mine"}}

    assert of(copy) == of(value)


@given(value=n8n_files(), data=st.data())
@FEW
def test_changed_n8n_workflows_are_different(value: dict[str, Any], data: st.DataObject) -> None:
    """A parameter, a type, a step more, or a link less."""
    changes = [deepcopy(value) for _ in range(4)]
    place = data.draw(st.integers(0, len(value["nodes"]) - 2))
    changes[0]["nodes"][place]["parameters"]["more"] = "x"
    changes[1]["nodes"][place]["type"] += "2"
    changes[2]["nodes"].append({**value["nodes"][place], "name": "More"})
    changes[3]["connections"].setdefault("Step 0", {}).setdefault("main", [[]]).append(
        [{"node": "Step 0", "type": "main", "index": 0}]
    )

    assert len({of(value), *map(of, changes)}) == 5


@given(value=make_files())
@FEW
def test_copies_of_make_blueprints_are_alike(value: dict[str, Any]) -> None:
    """With other ids of modules and connections, and other names and places."""
    written = json.dumps(value)
    for number in reversed(range(1, 40)):
        for before, after in (
            (f'"id": {number},', f'"id": {number + 100},'),
            (f"{{{{{number}.id}}}}", f"{{{{{number + 100}.id}}}}"),
            (f'"__IMTCONN__": {number}}}', f'"__IMTCONN__": {number + 7}}}'),
            (f'"Module {number}"', '"Renamed"'),
        ):
            written = written.replace(before, after)

    assert written != json.dumps(value)
    assert of(json.loads(written)) == of(value)


@given(value=zapier_files())
@FEW
def test_copies_of_zaps_are_alike(value: dict[str, Any]) -> None:
    """In any order, with other titles and accounts."""
    copy = deepcopy(value)
    copy["zaps"].reverse()
    for zap in copy["zaps"]:
        zap["title"] = "Other"
        zap["nodes"] = dict(reversed(zap["nodes"].items()))
        for found in zap["nodes"].values():
            found |= {
                "title": "Other",
                "authentication_id": 99 if found["authentication_id"] else None,
            }

    assert of(copy) == of(value)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("={{ $('Old').item.json.a }}", '={{ $("New").item.json.a }}'),
        ('={{ $node["Old"].json.a }}', "={{ $node['New'].json.a }}"),
        ("={{ $node.Old.json.a }}", '={{ $node["New"].json.a }}'),
        ("={{ $items('Old') }} {{ $(`Old`).all() }}", "={{ $items('New') }} {{ $('New').all() }}"),
    ],
)
def test_expressions_refer_to_steps_and_not_to_names(before: str, after: str) -> None:
    """Whatever form they have, and with quotes in the name."""
    first = flow(node("Old", a=1), node("B", text=before))
    second = flow(node("New", a=1), node("B", text=after))
    quoted = flow(node("It's", a=1), node("B", text=after.replace("New", r"It\'s")))

    assert of(first) == of(second) == of(quoted)


def test_it_counts_to_which_step_an_expression_refers() -> None:
    """The names alone are not compared; one of no step is text."""
    nodes = node("A", a=1), node("B", a=2)
    references = ["$('A')", "$('B')", "$('C')", "$('D')", "$node.A", "$items('A')"]

    assert len({of(flow(*nodes, node("X", text=text))) for text in references}) == 6


@pytest.mark.parametrize(
    ("parameters", "others"),
    [
        ({"doc": {"cachedResultName": "Mine"}}, {"doc": {"cachedResultUrl": "https://a.test"}}),
        (
            {"values": [{"id": "a", "name": "x", "value": 1, "type": "number"}]},
            {"values": [{"id": "b", "name": "x", "value": 1.0, "type": "number"}]},
        ),
        ({"if": [{"id": "a", "operator": {}}]}, {"if": [{"id": "b", "operator": {}}]}),
        ({"id": "00000000-0000-4000-8000-000000000001"}, {}),
        ({"a": 1, "b": {"c": None, "d": True}}, {"b": {"d": True, "c": None}, "a": 1}),
    ],
)
def test_ids_in_parameters_do_not_count(
    parameters: dict[str, object], others: dict[str, object]
) -> None:
    """Nor does the order of keys, or how a whole number is written."""
    assert of(flow(node("A", **parameters))) == of(flow(node("A", **others)))


def test_ids_of_other_things_count() -> None:
    """An id that is no part of a list of n8n's own is what the step works on."""
    assert of(flow(node("A", id="gid:1"))) != of(flow(node("A", id="gid:2")))


def test_paths_of_webhooks_count_unless_they_are_ids() -> None:
    """A path that n8n made is the id of the webhook."""
    first, second, third = (
        flow({**node("A", path=path), "webhookId": hook})
        for path, hook in (("x1", "x1"), ("x2", "x2"), ("orders", "x2"))
    )

    assert of(first) == of(second) != of(third)


def test_connections_of_make_do_not_count() -> None:
    """Nor do keychains and hooks; a text that is called so counts."""
    told = [
        {"account": 1, "apiKeychain": 2, "url": "a"},
        {"account": 3, "apiKeychain": 4, "url": "a"},
        {"account": "main", "url": "a"},
    ]
    first, second, third = (
        {"name": "x", "flow": [{"id": 1, "module": "http:Get", "parameters": parameters}]}
        for parameters in told
    )

    assert of(first) == of(second) != of(third)


def test_filters_of_zaps_have_ids_that_do_not_count() -> None:
    """What they compare counts, and to which step it belongs."""
    trigger = {"parent_id": None, "selected_api": "GmailAPI"}

    def zap(number: str, value: int, key: str) -> dict[str, Any]:
        criteria = [{"id": value, "match": "x", "key": key}]
        parameters = {"filter_criteria": criteria}
        behind = {"parent_id": int(number), "selected_api": "FilterAPI", "params": parameters}
        return {"zaps": [{"nodes": {number: trigger, "9": behind}}]}

    first, second, third = (
        zap("1", 5, "1__mail"),
        zap("2", 6, "2__mail"),
        zap("2", 6, "1__mail"),
    )

    assert of(first) == of(second) != of(third)


def test_graphs_of_like_steps_are_told_apart() -> None:
    """A ring of six and two rings of three have the same neighbours everywhere."""
    nodes = [node(f"N{place}") for place in range(6)]
    ring = flow(*nodes, **{f"N{place}": [f"N{(place + 1) % 6}"] for place in range(6)})
    after = {0: 1, 1: 2, 2: 0, 3: 4, 4: 5, 5: 3}
    rings = flow(*nodes, **{f"N{place}": [f"N{then}"] for place, then in after.items()})

    assert of(ring) != of(rings)


def test_order_along_a_chain_counts() -> None:
    """However many like steps lie between."""
    same = ["x"] * 9

    assert of(chain("a", *same, "b", "x", "x")) != of(chain("a", "x", *same, "b", "x"))
    assert of(chain("a", "b", "c")) != of(chain("a", "c", "b"))
    assert of(chain(*"x" * 40)) != of(chain(*"x" * 41))


def test_formats_are_different() -> None:
    """A file of one platform is no copy of that of another."""
    assert len(of(flow(node("A")))) == 64
    assert of(flow(node("A"))) != of({"name": "x", "flow": [{"id": 1, "module": "a:b"}]})


def test_a_workflow_that_a_file_has_twice_counts_once() -> None:
    """So that a copy beside itself is one; what is beside it otherwise makes another file."""
    first, second = chain("a", "b", "c", "d"), chain("e", "f", "g", "h")

    assert of([first, deepcopy(first)]) == of(first)
    assert of([first, second]) == of([second, first]) != of(first)
