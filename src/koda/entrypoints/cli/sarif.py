"""What was found in files, as a log that forges and editors read (SARIF 2.1.0, OASIS)."""

import re
from collections.abc import Iterable, Iterator

from koda import __version__
from koda.domain.inspection.artifacts import Inspected
from koda.domain.model.sentences import Sentence

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SECRET, _UNSOLD = "secret", "cannot-be-sold"
_RULES = {
    _SECRET: "Something looks like a secret, which whoever gets the file would have.",
    _UNSOLD: "The file is no workflow of a known kind.",
}
_LINE = re.compile(r"line (\d+)")


def sarif_log(files: Iterable[tuple[str, Sentence | None, Inspected | None]]) -> dict[str, object]:
    """Return the log of files: each by its name, with why it cannot be sold and what is in it."""
    results = [result for file in files for result in _results(*file)]
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in _RULES.items()]
    driver = {"name": "koda inspect", "version": __version__, "rules": rules}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _results(
    file: str, problem: Sentence | None, found: Inspected | None
) -> Iterator[dict[str, object]]:
    if problem:
        yield _result(_UNSOLD, file, f"The file {problem}.")
    for of in found.secrets if found else ():
        yield _result(_SECRET, file, f"{of.path} {of.kind} ({of.masked}).", of.path)


def _result(rule: str, file: str, text: str, path: str = "") -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": file}}
    location: dict[str, object] = {"physicalLocation": place}
    line = _LINE.fullmatch(path)
    if line:
        place["region"] = {"startLine": int(line[1])}
    elif path:
        location["logicalLocations"] = [{"fullyQualifiedName": path}]
    return {"ruleId": rule, "level": "error", "message": {"text": text}, "locations": [location]}
