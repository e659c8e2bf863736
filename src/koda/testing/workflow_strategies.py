"""Hypothesis strategies for workflow files of the three formats, as decoded JSON, and mutated."""

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

Decoded = dict[str, object]
"""A workflow file, or an object in it."""

_TEXTS = st.text("abc äß'\"\\$(){}[]`", max_size=12)
_SCALARS = st.none() | st.booleans() | st.integers(-9, 999) | st.sampled_from([0.5, 1e9]) | _TEXTS
VALUES: st.SearchStrategy[object] = st.recursive(
    _SCALARS,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(_TEXTS, parts, max_size=3),
    max_leaves=6,
)
"""Any JSON, of few values."""
_PARAMETERS = st.dictionaries(
    st.sampled_from(["url", "method", "code", "values"]), VALUES, max_size=3
)
_PLACES = st.integers(-2000, 2000)
_TYPES = (
    "n8n-nodes-base.webhook",
    "n8n-nodes-base.if",
    "n8n-nodes-base.httpRequest",
    "n8n-nodes-base.code",
    "@n8n/n8n-nodes-langchain.agent",
    "@n8n/n8n-nodes-langchain.lmChatOpenAi",
)
_PORTS = ("main", "main", "main", "ai_tool", "ai_languageModel")
_MODULES = ("gateway:CustomWebHook", "http:ActionSendData", "slack:CreateMessage", "code:Run")
_APIS = ("WebHookCLIAPI@1.1.0", "FilterAPI", "GmailV2CLIAPI@2.0.1", "CodeCLIAPI@1.0.1")


@st.composite
def n8n_files(draw: st.DrawFn, most: int = 6) -> Decoded:
    """A workflow of n8n with 1 to `most` steps, any connections among them, and notes."""
    names = [f"Step {number}" for number in range(draw(st.integers(1, most)))]
    nodes = [
        {
            "id": f"00000000-0000-4000-8000-{number:012}",
            "name": name,
            "type": draw(st.sampled_from(_TYPES)),
            "typeVersion": draw(st.sampled_from([1, 2.2])),
            "position": [draw(_PLACES), draw(_PLACES)],
            "parameters": {
                **draw(_PARAMETERS),
                "text": f"={{{{ $('{draw(st.sampled_from(names))}').item.json.id }}}}",
            },
        }
        for number, name in enumerate(names)
    ]
    connections: dict[str, dict[str, list[Any]]] = {}
    for source, target in draw(st.lists(st.tuples(*[st.sampled_from(names)] * 2), max_size=most)):
        outputs = connections.setdefault(source, {})
        port = draw(st.sampled_from(_PORTS))
        entries = outputs.setdefault(port, [[], None])[0]
        entries.append({"node": target, "type": port, "index": 0})
    note = {"name": "Note", "type": "n8n-nodes-base.stickyNote", "parameters": {"content": "x"}}
    return {"name": "Mail", "nodes": [*nodes, note], "connections": connections}


def _module(number: int, kind: str, mapper: object) -> Decoded:
    designer = {"x": number * 300, "y": 0, "name": f"Module {number}"}
    return {
        "id": number,
        "module": kind,
        "version": 1,
        "parameters": {"__IMTCONN__": number},
        "mapper": {"id": f"{{{{{number}.id}}}}", "said": mapper},
        "metadata": {"designer": designer},
    }


@st.composite
def make_files(draw: st.DrawFn, most: int = 4) -> Decoded:
    """A blueprint of Make: a flow of 1 to `most` modules, and often a router of two routes."""
    numbers = iter(range(1, 1000))

    def flow(least: int) -> list[Decoded]:
        kinds = draw(st.lists(st.sampled_from(_MODULES), min_size=least, max_size=most))
        return [_module(next(numbers), kind, draw(VALUES)) for kind in kinds]

    modules = flow(1)
    if draw(st.booleans()):
        router = _module(next(numbers), "builtin:BasicRouter", None)
        modules.append({**router, "routes": [{"flow": flow(0)}, {"flow": flow(1)}]})
    if draw(st.booleans()):
        modules[0]["onerror"] = flow(1)
    return {"name": "Leads", "flow": modules, "metadata": {"version": 1}}


@st.composite
def zapier_files(draw: st.DrawFn, most: int = 5) -> Decoded:
    """An export of one or two Zaps, each with 1 to `most` steps."""
    zaps = []
    for zap in range(draw(st.integers(1, 2))):
        numbers = range(zap * 100 + 1, zap * 100 + 1 + draw(st.integers(1, most)))
        nodes = {
            str(number): {
                "id": number,
                "type_of": "write",
                "params": draw(_PARAMETERS),
                "parent_id": draw(st.sampled_from(numbers[:place])) if place else None,
                "root_id": numbers[0] if place else None,
                "action": "run",
                "selected_api": draw(st.sampled_from(_APIS)),
                "title": None,
                "authentication_id": draw(st.none() | st.integers(1, 9)),
            }
            for place, number in enumerate(numbers)
        }
        zaps.append({"id": zap + 1, "title": f"Zap {zap}", "nodes": nodes})
    return {"metadata": {"version": 2}, "zaps": zaps}


@st.composite
def mutated(draw: st.DrawFn, files: st.SearchStrategy[Decoded], most: int = 4) -> object:
    """A file of `files` in which up to `most` values, wherever they are, are changed or gone."""
    holder: list[object] = [deepcopy(draw(files))]
    for _ in range(draw(st.integers(1, most))):
        places = [*_places(holder)]
        container, key = draw(st.sampled_from(places))
        if container is holder or draw(st.booleans()):
            container[key] = draw(VALUES)
        else:
            del container[key]
    return holder[0]


def _places(container: Any) -> list[tuple[Any, Any]]:
    """Every container within one, with each of its keys."""
    places: list[tuple[Any, Any]] = []
    waiting = [container]
    while waiting:
        found = waiting.pop()
        keys = [*found] if isinstance(found, dict) else [*range(len(found))]
        places += [(found, key) for key in keys]
        waiting += [found[key] for key in keys if isinstance(found[key], dict | list)]
    return places
