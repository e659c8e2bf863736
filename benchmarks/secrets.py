"""How many planted secrets are found, and how much else is taken for one.

`python -m benchmarks.secrets` prints recall and precision, for the half of the corpus that the
detector was tuned with and for the half that it was not, then what a file takes. With `--missed`
it lists what went wrong in the first half; nothing tells about the second.
"""

import hashlib
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import quote

from attrs import define, frozen
from rich.console import Console
from rich.table import Table

from benchmarks.innocent_values import LOOK_ALIKES, PLACEHOLDERS
from benchmarks.planted_secrets import NAMED, SHAPED, Draw
from koda.domain.inspection.secrets.finding import secrets_in_json, secrets_in_python
from koda.domain.model.secrets import SecretFinding

SAMPLES = 4
FILES = 400
MEGABYTES = (1, 2, 5)
_DECLARED = {"n8n-nodes-base.crypto": frozenset({"secret"})}
File = object
Plant = Callable[[str, str], tuple[File, str]]
"""Makes a file of a name and a value, and says which path the value has, as far as it matters."""


def _node(kind: str, parameters: object) -> File:
    node = {
        "parameters": parameters,
        "id": "6f8a2c1e-9d47-4b53-a1f0-2c7d9e8b4a65",
        "name": "Ask the shop",
        "type": f"n8n-nodes-base.{kind}",
        "typeVersion": 4.2,
        "position": [240, 300],
        "webhookId": "b4a1f02c-7d9e-48b4-a656-f8a2c1e9d475",
    }
    links = {"main": [[{"node": "Done", "type": "main", "index": 0}]]}
    instance = hashlib.sha256(b"instance").hexdigest()
    return {
        "nodes": [node],
        "connections": {"Ask the shop": links},
        "meta": {"instanceId": instance},
    }


def _declared(_: str, value: str) -> tuple[File, str]:
    return _node("crypto", {"action": "hmac", "secret": value}), "secret"


def _header(name: str, value: str) -> tuple[File, str]:
    pair = {"name": name or "Authorization", "value": value if name else f"Bearer {value}"}
    headers = {"parameters": [{"name": "Accept", "value": "application/json"}, pair]}
    return _node("httpRequest", {"headerParameters": headers}), "parameters[1]"


def _query(name: str, value: str) -> tuple[File, str]:
    address = (
        f"https://api.acme.io/v2/orders?page=2&{name or 'key'}={quote(value, safe='')}&limit=50"
    )
    return _node("httpRequest", {"url": address}), "url"


def _user_info(_: str, value: str) -> tuple[File, str]:
    return _node("httpRequest", {"url": f"https://shop:{value}@api.acme.io/v2"}), "url"


def _json_in_text(name: str, value: str) -> tuple[File, str]:
    body = json.dumps({"customer": {"id": 17, name or "credential": value}})
    return _node("httpRequest", {"jsonBody": body}), "jsonBody"


def _code(name: str, value: str) -> tuple[File, str]:
    variable = (name or "account").replace("-", "_")
    lines = "const url = 'https://api.acme.io';", f"const {variable} = {json.dumps(value)};"
    code = "\n".join((*lines, "return items;"))
    return _node("code", {"jsCode": code}), "jsCode"


def _note(name: str, value: str) -> tuple[File, str]:
    told = f"{name}: {value}" if name else f"Use {value} for the trial."
    return _node("stickyNote", {"content": f"## Set up\nOpen the shop first.\n{told}\n"}), "content"


def _body(name: str, value: str) -> tuple[File, str]:
    body = f"grant=1&{name or 'account'}={value}"
    return _node("httpRequest", {"contentType": "raw", "body": body}), "body"


def _make(name: str, value: str) -> tuple[File, str]:
    pair = {"name": name or "X-Account", "value": value}
    module = {"id": 3, "module": "http:ActionSendData", "mapper": {"headers": [pair]}}
    return {"name": "Orders", "flow": [module], "metadata": {"version": 1}}, "headers[0]"


def _script(name: str, value: str) -> tuple[File, str]:
    variable = (name or "account").replace("-", "_").upper()
    return f"import requests\n\n{variable} = {json.dumps(value)}\nprint(requests)\n", "line 3"


PLANTED: Mapping[str, Plant] = {
    "declared field": _declared,
    "header": _header,
    "query": _query,
    "user info": _user_info,
    "JSON in text": _json_in_text,
    "code": _code,
    "note": _note,
    "body": _body,
    "Make": _make,
    "script": _script,
}
_SECRET_NAMES = ("Authorization", "api_key", "password")
_OTHER_NAMES = ("destination", "sessionKey", "reference_id")


@frozen
class Case:
    """A file, where its secret is if it has one, and to which half of the corpus it belongs."""

    title: str
    file: File
    path: str
    tuned: bool


@define
class Score:
    """What was found of one half."""

    planted: int = 0
    found: int = 0
    false: int = 0
    innocent: int = 0

    @property
    def recall(self) -> float:
        """Planted secrets that were found, of all."""
        return self.found / self.planted

    @property
    def precision(self) -> float:
        """Findings that are planted secrets, of all."""
        return self.found / (self.found + self.false)


def _case(
    title: str, place: str, plant: Plant, name: str, draw: Draw, *, secret: bool
) -> Iterator[Case]:
    digest = hashlib.sha256(f"{title} {place}".encode()).digest()
    chance = random.Random(digest)  # noqa: S311 - made-up secrets
    for _ in range(SAMPLES):
        file, path = plant(name, draw(chance))
        yield Case(f"{title}, {place}", file, path if secret else "", digest[0] % 2 == 0)


def _fits(title: str, place: str) -> bool:
    """Whether a value can be there: addresses and keys of several lines are not everywhere."""
    several = title in {"private key", "Google service account"}
    address = title.endswith(("address", "webhook"))
    if place == "user info":
        return not several and not address and "AWS secret" not in title
    return not (several and place in {"query", "header", "Make", "note"}) and not (
        address and place == "query"
    )


def corpus() -> Iterator[Case]:
    """Every secret in every place, then every value that is none."""
    for place, plant in PLANTED.items():
        yield from _planted(place, plant)
        yield from _innocent(place, plant)


def _planted(place: str, plant: Plant) -> Iterator[Case]:
    named = {title: ("", draw) for title, draw in SHAPED.items()} | dict(NAMED)
    for title, (name, draw) in named.items():
        if _fits(title, place):
            yield from _case(title, place, plant, name, draw, secret=True)


def _innocent(place: str, plant: Plant) -> Iterator[Case]:
    values = [(title, name) for title in PLACEHOLDERS for name in _SECRET_NAMES]
    if place not in {"user info", "declared field"}:
        values += [(title, name) for title in LOOK_ALIKES for name in _OTHER_NAMES]
    for title, name in values:
        draw = {**PLACEHOLDERS, **LOOK_ALIKES}[title]
        yield from _case(f"{title} {name}", place, plant, name, draw, secret=False)


def findings_of(file: File) -> tuple[SecretFinding, ...]:
    """What the detector says of a file; text is a script."""
    if isinstance(file, str):
        return secrets_in_python(file)
    return secrets_in_json(file, _DECLARED)


def scored(cases: Iterable[Case], *, show: bool = False) -> tuple[Score, Score]:
    """The scores of the half for tuning and of the other one; `show` what is wrong in the first."""
    halves = {True: Score(), False: Score()}
    for case in cases:
        score, findings = halves[case.tuned], findings_of(case.file)
        hits = sum(bool(case.path) and case.path in finding.path for finding in findings)
        score.planted += bool(case.path)
        score.innocent += not case.path
        score.found += hits > 0
        score.false += len(findings) - hits
        if show and case.tuned and (hits != bool(case.path) or len(findings) > hits):
            Console().print(case.title, findings, case.file, markup=False)
    return halves[True], halves[False]


def quality(*, show: bool) -> Table:
    """Recall and precision of both halves."""
    table = Table(title="Secrets found")
    for heading in ("half", "planted", "found", "recall", "innocent", "false", "precision"):
        table.add_column(heading, justify="left" if heading == "half" else "right")
    for title, score in zip(
        ("tuned with", "never looked at"), scored(corpus(), show=show), strict=True
    ):
        ratios = f"{score.recall:.2%}", f"{score.precision:.2%}"
        table.add_row(
            title,
            str(score.planted),
            str(score.found),
            ratios[0],
            str(score.innocent),
            str(score.false),
            ratios[1],
        )
    return table


@cache
def _innocent_nodes() -> list[object]:
    files = (case.file for case in corpus() if not case.path)
    return [file["nodes"][0] for file in files if isinstance(file, dict) and "nodes" in file]


def _workflow(chance: random.Random, size: int) -> File:
    """A workflow of about `size` bytes: notes, code, requests, as published ones have them."""
    nodes: list[object] = []
    spent = 0
    while spent < size:
        node = chance.choice(_innocent_nodes())
        spent += len(json.dumps(node))
        nodes.append(node)
    return {"nodes": nodes, "connections": {}}


def _milliseconds(file: File) -> float:
    begin = time.process_time_ns()
    findings_of(file)
    return (time.process_time_ns() - begin) / 1e6


def speed() -> Table:
    """CPU time a file, of sizes as published n8n templates have them, and of large ones."""
    chance = random.Random(17)  # noqa: S311 - made-up workflows
    sizes = (min(350_000, max(1_500, int(chance.lognormvariate(9.25, 0.8)))) for _ in range(FILES))
    spent = sorted(_milliseconds(_workflow(chance, size)) for size in sizes)
    table = Table(title="CPU milliseconds a file")
    for heading in ("files", "median", "99th percentile"):
        table.add_column(heading, justify="left" if heading == "files" else "right")
    late = spent[int(len(spent) * 0.99)]
    table.add_row("median 10 KB", f"{statistics.median(spent):.2f}", f"{late:.2f}")
    for megabytes in MEGABYTES:
        for title, file in _large(chance, megabytes * 1_000_000).items():
            table.add_row(f"{title}, {megabytes} MB", f"{_milliseconds(file):.0f}", "")
    return table


def _large(chance: random.Random, size: int) -> Mapping[str, File]:
    return {
        "workflow": _workflow(chance, size),
        "one line of words": {"note": "token and key of the secret password, " * (size // 38)},
        "one line of beginnings": {"note": 'token = token: "bearer sk-eyJ://:pat' * (size // 36)},
        "one line of names": {"note": "token='my_key_1';" * (size // 17)},
        "one line of letters": {"note": "a" * size},
        "script": "api_key = os.environ['KEY']  # the token\n" * (size // 41),
    }


def main() -> None:
    """Print both tables."""
    Console().print(quality(show="--missed" in sys.argv), speed())


if __name__ == "__main__":
    main()
