"""Whether copies of workflows are known by their hash: `python -m benchmarks.copies [FILE…]`.

Each of the n8n workflows that are named, and of generated ones, is renamed, moved, re-noted and
given other ids; then different workflows are generated, of which no two may share a hash.
"""

import json
import random
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.made_workflows import Workflow, content_of, is_note, workflow
from koda.domain.inspection.fingerprints import fingerprint
from koda.domain.inspection.recognition import recognised
from koda.domain.inspection.redaction import redacted

COPIED = 1_000
DIFFERENT = 10_000
FEWEST_STEPS = 4
"""Smaller workflows are never taken for copies."""
_REFERENCE = re.compile(r"(\$\(|\$node\[|\$items\()(\s?)([\"'`])((?:\\.|(?!\3)[^\\])*)\3")
_PLAIN = re.compile(r"\$node\.([A-Za-z_]\w*)")


def copy_of(made: Workflow, chance: random.Random) -> Workflow:
    """The same workflow with other names, places, notes, ids and accounts, in any order."""
    names = {node.get("name"): f"Schritt {place}" for place, node in enumerate(made["nodes"])}
    copy = _renamed(made, names)
    copy["connections"] = {
        names.get(source, source): _targets(ports, names)
        for source, ports in copy.get("connections", {}).items()
    }
    for place, node in enumerate(copy["nodes"]):
        node |= {"id": f"copy-{place}", "position": [chance.randrange(9000), 7], "notes": "mine"}
        node["name"] = names.get(node.get("name"))
        node.pop("webhookId", None)
        node.pop("credentials", None)
        if is_note(node):
            node["parameters"] = {"content": "Bought by Bert"}
    chance.shuffle(copy["nodes"])
    return {**copy, "name": "Mine", "meta": {}}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A value in whose texts steps are referred to by their new names."""
    if isinstance(value, dict):
        return {key: _renamed(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, names) for part in value]
    if not isinstance(value, str) or "$" not in value:
        return value

    def renamed(match: re.Match[str]) -> str:
        name = re.sub(r"\\(.)", r"\1", match[4])
        return f"{match[1]}{match[2]}'{names[name]}'" if name in names else match[0]

    text = _REFERENCE.sub(renamed, value)
    return _PLAIN.sub(lambda match: f"$node['{names.get(match[1], match[1])}']", text)


def _targets(value: Any, names: Mapping[str, str]) -> Any:
    """Connections whose targets have their new names."""
    if isinstance(value, dict) and "node" in value:
        return {**value, "node": names.get(value["node"], value["node"])}
    if isinstance(value, dict):
        return {key: _targets(part, names) for key, part in value.items()}
    return [_targets(part, names) for part in value] if isinstance(value, list) else value


def _generated(chance: random.Random, files: int) -> Iterator[Workflow]:
    """Workflows with enough steps to be copies."""
    made = (workflow(chance, chance.randrange(4_000, 12_000)) for _ in iter(int, 1))
    return islice((of for of in made if _steps(of) >= FEWEST_STEPS), files)


def _steps(made: Workflow) -> int:
    return sum(not is_note(node) for node in made["nodes"])


def _share(pairs: Iterable[tuple[Workflow, object]]) -> str:
    """How many pairs have one hash."""
    alike = [fingerprint(recognised(made)) == fingerprint(recognised(of)) for made, of in pairs]
    return f"{sum(alike):,} of {len(alike):,} ({sum(alike) / len(alike):.2%})"


def _redacted(made: Workflow) -> object:
    return json.loads(redacted("x.json", content_of(made)).content)


def main() -> None:
    """Print how many copies are known, and how many different workflows are taken for copies."""
    chance = random.Random(17)  # noqa: S311 - made-up workflows
    given = [json.loads(Path(name).read_bytes()) for name in sys.argv[1:]]
    files = {f"{len(given):,} given": given} if given else {}
    files["generated"] = [*_generated(chance, COPIED)]
    table = Table("workflows", "what", "share their hash", title="Copies")
    for title, made in files.items():
        table.add_row(title, "and a copy", _share((of, copy_of(of, chance)) for of in made))
        table.add_row(title, "and their redaction", _share((of, _redacted(of)) for of in made))
    hashes = {fingerprint(recognised(made)) for made in _generated(chance, DIFFERENT)}
    table.add_row("generated", "and another", f"{DIFFERENT - len(hashes)} of {DIFFERENT:,}")
    Console().print(table)


if __name__ == "__main__":
    main()
