"""Workflows of n8n of about the size and shape of published ones, made of nodes without secrets."""

import json
import random
from copy import deepcopy
from functools import cache
from typing import Any

from benchmarks.secrets import corpus

Workflow = dict[str, Any]


@cache
def _nodes() -> list[Workflow]:
    files = (case.file for case in corpus() if not case.path)
    return [file["nodes"][0] for file in files if isinstance(file, dict) and "nodes" in file]


def workflow(chance: random.Random, size: int) -> Workflow:
    """A workflow of about `size` bytes: steps in rows with credentials, some branches, notes."""
    nodes: list[Workflow] = []
    connections: dict[str, Any] = {}
    spent = 0
    while spent < size or not nodes:
        number = len(nodes)
        node = {**deepcopy(chance.choice(_nodes())), "name": f"Step {number}"}
        node["id"] = f"{chance.getrandbits(32):08x}-0000-4000-8000-{number:012}"
        node["position"] = [240 * number, chance.randrange(0, 1200, 20)]
        if chance.random() < 0.4:
            node["credentials"] = {"httpHeaderAuth": {"id": f"{number}", "name": "Shop, Anna"}}
        steps = [of["name"] for of in nodes if not is_note(of)]
        if steps and not is_note(node):
            said = chance.choice(steps)
            node["parameters"]["said"] = f"={{{{ $('{said}').item.json.id }}}}"
            before = steps[-1] if chance.random() < 0.8 else chance.choice(steps)
            outputs = connections.setdefault(before, {"main": [[]]})["main"]
            outputs[0].append({"node": node["name"], "type": "main", "index": 0})
        nodes.append(node)
        spent += len(json.dumps(node, indent=2)) + 150
    meta = {"instanceId": f"{chance.getrandbits(256):064x}"}
    return {"name": "Orders", "nodes": nodes, "connections": connections, "meta": meta}


def is_note(node: Workflow) -> bool:
    """Whether a node is a note, which is no step."""
    return str(node.get("type")).endswith(".stickyNote")


def content_of(made: Workflow) -> bytes:
    """The file of a workflow, as n8n writes it."""
    return json.dumps(made, indent=2).encode()


def sizes(chance: random.Random, files: int) -> list[int]:
    """Sizes in bytes as published templates have them: median 10 KB, at most 350 KB."""
    drawn = (int(chance.lognormvariate(9.25, 0.8)) for _ in range(files))
    return [min(350_000, max(1_500, size)) for size in drawn]
