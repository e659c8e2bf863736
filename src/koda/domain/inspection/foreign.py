"""Telling files of other tools, and files that are no workflows, by their shape."""

from collections.abc import Callable, Iterator, Mapping

from koda.domain.inspection.formats.values import items, mapping
from koda.domain.model.sentences import Sentence, sentence

CREDENTIALS = sentence(
    "is an export of n8n credentials, which are secrets; change them wherever this file was, and "
    "export the workflow instead"
)
_NODES = sentence(
    "is only some nodes of an n8n workflow; select all on the canvas and copy, or use Download in "
    "the workflow's menu"
)
_PIECE = sentence(
    "is only a piece of a Make blueprint; export the whole scenario with Export blueprint in its "
    "menu"
)
_COMFY = sentence(
    "is a ComfyUI workflow, which makes pictures; export an automation from n8n, Make or Zapier"
)
_NODE_RED = sentence(
    "is a Node-RED flow, which no platform here opens; build it in n8n and export that"
)
_LANGFLOW = sentence(
    "is a Langflow flow, which no platform here opens; build it in n8n and export that"
)
_FLOWISE = sentence(
    "is a Flowise flow, which no platform here opens; build it in n8n and export that"
)
_DIFY = sentence("is a Dify app, which no platform here opens; build it in n8n and export that")
_ACTIVEPIECES = sentence(
    "is an Activepieces flow, which no platform here opens; build it in n8n and export that"
)
_POWER_AUTOMATE = sentence(
    "is a Power Automate flow, which no platform here opens; build it in n8n or Make and export "
    "that"
)
_PACKAGE = sentence(
    "is the package.json of a Node.js project; export the workflow from n8n, Make or Zapier"
)
_LOGIC_APPS = "Microsoft.Logic/schemas"


def foreign(value: object) -> Sentence | None:
    """What else a file is that is no workflow of n8n, Make or Zapier, and what to do instead.

    `None` of what has no shape that is known.
    """
    return next((problem for fits, problem in _SHAPES if fits(value)), None)


def is_module(value: object) -> bool:
    """Whether a value is a module of a Make blueprint."""
    module = mapping(value)
    return "id" in module and ":" in str(module.get("module"))


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    """The objects in an array, or the one that a value is."""
    for found in items(value) or [value]:
        if isinstance(found, dict) and found:
            yield mapping(found)


def _some(value: object, keys: set[str]) -> bool:
    """Whether an object, or the first of an array, has all of these keys."""
    return any(keys <= found.keys() for found in _objects(value))


def _is_credentials(value: object) -> bool:
    return any(
        {"name", "type", "data"} <= found.keys()
        and isinstance(found["type"], str)
        and isinstance(found["data"], str | dict)
        and "position" not in found
        for found in _objects(value)
    )


def _is_nodes(value: object) -> bool:
    return any(
        {"type", "typeVersion", "parameters"} <= found.keys() and "nodes" not in found
        for found in _objects(value)
    )


def _is_piece(value: object) -> bool:
    if any(is_module(found) for found in _objects(value)):
        return True
    held = mapping(value)
    bare = any(is_module(module) for module in items(held.get("flow")))
    return bare or any(is_module(part) for part in held.values())


def _is_comfy(value: object) -> bool:
    held = mapping(value)
    drawn = {"last_node_id", "last_link_id"} <= held.keys() and "nodes" in held
    return drawn or any(_some(node, {"class_type", "inputs"}) for node in held.values())


def _is_node_red(value: object) -> bool:
    held = mapping(value)
    nodes = held.get("flows") or held.get("nodes") or value
    return any(
        {"id", "type"} <= found.keys() and ("wires" in found or found["type"] == "tab")
        for found in _objects(nodes)
    )


def _in_graph(value: object) -> Iterator[Mapping[str, object]]:
    """What the nodes of a drawing with nodes and edges hold as their data."""
    held = mapping(value)
    if "edges" in held:
        yield from (mapping(node.get("data")) for node in _objects(held.get("nodes")))


def _is_langflow(value: object) -> bool:
    return any("template" in mapping(data.get("node")) for data in _in_graph(value))


def _is_flowise(value: object) -> bool:
    keys = {"inputAnchors", "inputParams", "outputAnchors"}
    return any(keys & data.keys() for data in _in_graph(value))


def _is_dify(value: object) -> bool:
    held = mapping(value)
    return held.get("kind") == "app" and ("app" in held or "workflow" in held)


def _is_activepieces(value: object) -> bool:
    held = mapping(value)
    flows = [held, mapping(held.get("template")), *map(mapping, items(held.get("flows")))]
    return any(
        "displayName" in flow and {"type", "settings"} <= mapping(flow.get("trigger")).keys()
        for flow in flows
    )


def _is_power_automate(value: object) -> bool:
    held = mapping(value)
    within = mapping(held.get("properties")) or held
    schema = mapping(within.get("definition")).get("$schema") or held.get("$schema")
    return held.get("type") == "Microsoft.Flow/flows" or _LOGIC_APPS in str(schema)


def _is_package(value: object) -> bool:
    held = mapping(value)
    return "name" in held and bool(
        {"dependencies", "devDependencies", "scripts"} & held.keys() and "version" in held
    )


_SHAPES: tuple[tuple[Callable[[object], bool], Sentence], ...] = (
    (_is_comfy, _COMFY),
    (_is_node_red, _NODE_RED),
    (_is_langflow, _LANGFLOW),
    (_is_flowise, _FLOWISE),
    (_is_dify, _DIFY),
    (_is_activepieces, _ACTIVEPIECES),
    (_is_power_automate, _POWER_AUTOMATE),
    (_is_nodes, _NODES),
    (_is_credentials, CREDENTIALS),
    (_is_piece, _PIECE),
    (_is_package, _PACKAGE),
)
