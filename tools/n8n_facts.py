"""Refresh what is known of n8n's nodes: `python -m tools.n8n_facts` writes `facts/n8n.json`.

npm, as it is configured here, brings every minor release of n8n's two packages of nodes that its
registry offers, and checks them; they stay in a folder of the system's temporary one. Facts alone
are taken from them, since their licence lets nobody else ship their texts, icons and schemas. The
same releases make the same file.
"""

import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

from attrs import field, frozen

import koda.domain.inspection.facts
from tools.npm import archive, npm

FILE = Path(koda.domain.inspection.facts.__file__).with_name("n8n.json")
PRODUCT = "n8n"
PACKAGES = ("n8n-nodes-base", "@n8n/n8n-nodes-langchain")
FIRST_RELEASE = ">=1.0.0"
"""Of n8n; what files were made with before it is as good as never seen."""
ANY_RELEASE = ">=0.0.1"
"""That is no prerelease."""

Version: TypeAlias = tuple[int, int, int]
Line: TypeAlias = tuple[int, int]
"""The major and the minor number of releases that differ in patches alone."""
Described: TypeAlias = dict[str, Any]


@frozen
class Package:
    """The releases of a package of nodes that are read, with the lines of n8n that bring them."""

    name: str
    lines: Mapping[Version, Line]
    hashes: Mapping[Version, str]
    """Subresource integrity of the archives."""

    def archive(self, version: Version) -> Path:
        """The archive of a release."""
        return archive(self.name, _text(version), self.hashes[version])


@frozen
class Nodes:
    """What the releases of a package hold."""

    package: str
    firsts: dict[tuple[str, str], Line] = field(factory=dict)
    """The first line of n8n that knows a version of a type."""
    lasts: dict[tuple[str, str], Line] = field(factory=dict)
    tools: dict[str, Line] = field(factory=dict)
    """The first line that makes a tool of a type."""
    types: dict[str, list[Described]] = field(factory=dict)
    """How the latest release that has a type describes its versions."""
    credentials: dict[str, Described] = field(factory=dict)

    def read(self, path: Path, line: Line) -> None:
        """Add a release; the lower ones were added before."""
        nodes, credentials = _members(path)
        latest: dict[str, list[Described]] = {}
        for node in nodes:
            name = node["name"].removeprefix(f"{self.package}.")
            latest.setdefault(name, []).append(node)
            if node.get("usableAsTool"):
                self.tools.setdefault(name, line)
            for version in _versions(node):
                self.firsts.setdefault((name, version), line)
                self.lasts[name, version] = line
        self.types.update(latest)
        self.credentials.update({described["name"]: described for described in credentials})


def main() -> None:
    """Write the file."""
    releases = npm("view", f"{PRODUCT}@{FIRST_RELEASE}", "version", "dependencies")
    newest = max(_version(release["version"]) for release in releases)
    packages = [_package(name, releases) for name in PACKAGES]
    made = {
        "sources": {package.name: [*map(_text, package.lines)] for package in packages},
        "n8n": _text(newest),
        "released": npm("view", PRODUCT, "time")[_text(newest)][:10],
        "credentials": {},
        "types": {},
    }
    for package in packages:
        nodes = _read(package)
        made["credentials"] |= {
            name: _credential(described) for name, described in nodes.credentials.items()
        }
        made["types"] |= dict(_types(nodes))
    FILE.write_text(written(made), encoding="utf-8")
    print(f"{FILE.name}: {len(made['types'])} types as of n8n {made['n8n']}")


def _package(name: str, releases: Iterable[Mapping[str, Any]]) -> Package:
    """Choose the lowest release of each minor line of a package, and the newest of each major.

    What is maintained gets what came later: patches of n8n 1.123 know nodes that 2.0 brought.
    """
    offered = npm("view", f"{name}@{ANY_RELEASE}", "version", "dist.integrity")
    hashes = {_version(release["version"]): release["dist.integrity"] for release in offered}
    brought = {
        _version(release["version"]): _version(release["dependencies"][name])
        for release in releases
        if name in release["dependencies"]
    }
    lowest: dict[Line, Version] = {}
    newest: dict[int, Version] = {}
    for version in sorted(hashes):
        lowest.setdefault(version[:2], version)
        newest[version[0]] = version
    lines = {
        version: line
        for version in {*lowest.values(), *newest.values()}
        if (line := line_with(version, brought)) and version >= min(brought.values())
    }
    return Package(name, dict(sorted(lines.items())), hashes)


def line_with(version: Version, brought: Mapping[Version, Version]) -> Line | None:
    """The first line of n8n that brings `version` of a package, or None before there is one.

    `brought` tells of some releases of n8n which one they bring. Of a line between two of them that
    count alike, such as 1.74 with 1.74 and 1.76 with 1.76, the number follows. Else it is the next
    line that is known to bring it.
    """
    before = [release for release, other in brought.items() if other[:2] < version[:2]]
    after = [release for release, other in brought.items() if other[:2] >= version[:2]]
    if not after:
        return None
    next_line, next_version = min(after)[:2], brought[min(after)][:2]
    ahead = next_line[1] - next_version[1]
    if not before or next_version == version[:2]:
        return next_line
    last_line, last_version = max(before)[:2], brought[max(before)][:2]
    alike = last_line[1] - last_version[1] == ahead and last_line[0] == next_line[0]
    return (next_line[0], version[1] + ahead) if alike else next_line


def _read(package: Package) -> Nodes:
    with ThreadPoolExecutor(2) as pool:
        archives = pool.map(package.archive, package.lines)
        nodes = Nodes(package.name)
        for fetched, line in zip(archives, package.lines.values(), strict=True):
            nodes.read(fetched, line)
    return nodes


def _members(path: Path) -> tuple[list[Described], list[Described]]:
    with tarfile.open(path) as packed:
        return _member(packed, "nodes"), _member(packed, "credentials")


def _member(packed: tarfile.TarFile, name: str) -> list[Described]:
    content = packed.extractfile(f"package/dist/types/{name}.json")
    described: list[Described] = json.load(content) if content else []
    return described


def _types(nodes: Nodes) -> Iterator[tuple[str, Described]]:
    newest = max(nodes.lasts.values())
    for name, described in nodes.types.items():
        yield (
            f"{nodes.package}.{name}",
            {
                key: value
                for key, value in (
                    *_description(described).items(),
                    ("tool", _text(nodes.tools.get(name, ()))),
                    ("versions", _grouped(nodes.firsts, name)),
                    ("until", _grouped(_before(nodes.lasts, newest), name)),
                )
                if value
            },
        )


def _before(lasts: Mapping[tuple[str, str], Line], newest: Line) -> dict[tuple[str, str], Line]:
    return {pair: line for pair, line in lasts.items() if line != newest}


def _grouped(lines: Mapping[tuple[str, str], Line], name: str) -> dict[str, str]:
    """The versions of a type by line of n8n: `{"1.0": "1 2", "1.5": "3"}`."""
    versions: dict[Line, list[str]] = {}
    for (owner, version), line in lines.items():
        if owner == name:
            versions.setdefault(line, []).append(version)
    return {_text(line): " ".join(sorted(versions[line], key=float)) for line in sorted(versions)}


def _description(entries: list[Described]) -> Described:
    """What is said of a type, of its versions together; its name is that of the latest."""
    latest = max(entries, key=lambda node: max(map(float, _versions(node))))
    outputs = [output for node in entries for output in _outputs(node)]
    accounts = [entry["name"] for node in entries for entry in node.get("credentials", ())]
    return {
        "name": latest["displayName"].strip(),
        "core": "Core Nodes" in latest.get("codex", {}).get("categories", ()),
        "trigger": "trigger" in latest["group"],
        "gives": sorted({output for output in outputs if output.startswith("ai_")}),
        "several": any(map(_several, entries)),
        "credentials": sorted(set(accounts)),
        "secrets": sorted({name for node in entries for name in _secrets(node["properties"])}),
    }


def _outputs(node: Described) -> list[str]:
    """The kinds of a node's outputs; where an expression tells, those that it may give."""
    outputs = node["outputs"]
    if isinstance(outputs, str):
        return []
    return [output if isinstance(output, str) else output["type"] for output in outputs]


def _several(node: Described) -> bool:
    """Whether a node may have more than one main output."""
    return isinstance(node["outputs"], str) or _outputs(node).count("main") > 1


def _credential(described: Described) -> Described:
    secrets = sorted(set(_secrets(described["properties"])))
    return {"name": described["displayName"].strip()} | ({"secrets": secrets} if secrets else {})


def _secrets(properties: object) -> Iterator[str]:
    """The names of the fields that are shown as passwords, however deep."""
    if isinstance(properties, list):
        for inner in properties:
            yield from _secrets(inner)
    elif isinstance(properties, dict):
        options = properties.get("typeOptions")
        if isinstance(options, dict) and options.get("password"):
            yield properties["name"]
        for inner in properties.values():
            yield from _secrets(inner)


def _versions(node: Described) -> list[str]:
    """The versions that an entry describes, written as in files."""
    versions = node["version"] if isinstance(node["version"], list) else [node["version"]]
    return [f"{float(version):g}" for version in versions]


def _version(text: str) -> Version:
    major, minor, patch = map(int, text.split("."))
    return major, minor, patch


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def written(made: Mapping[str, Any]) -> str:
    """The file: sorted, with a line for each type and each kind of credential."""
    parts = []
    for key, value in made.items():
        inner = value if isinstance(value, dict) else {}
        lines = [f"{_compact(name)}: {_compact(inner[name])}" for name in sorted(inner)]
        text = "{\n  " + ",\n  ".join(lines) + "\n}" if lines else _compact(value)
        parts.append(f"{_compact(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
