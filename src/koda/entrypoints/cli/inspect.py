"""`koda inspect`, which needs no marketplace."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import IO, Any

import click
from attrs import asdict, frozen

from koda.domain.inspection.artifacts import Inspected, inspected
from koda.domain.inspection.facts.effects import Effect
from koda.domain.model.errors import InvalidValue
from koda.domain.model.reports import Compatibility, Uses, WorkflowReport
from koda.domain.model.sentences import Sentence
from koda.domain.model.validation import one_line
from koda.entrypoints.cli.exit_codes import FAILED, json_option
from koda.entrypoints.cli.given_files import GivenFile, given
from koda.entrypoints.cli.redact import redact_files
from koda.entrypoints.cli.sarif import sarif_log

_COLOURS = {
    Compatibility.RUNS: "green",
    Compatibility.CHANGES: "yellow",
    Compatibility.FAILS: "red",
}
_EFFECTS: Mapping[str, str] = {
    Effect.CODE: "code",
    Effect.SHELL: "shell commands",
    Effect.FILES: "files on the machine",
    Effect.HTTP: "web addresses",
}


@frozen
class LookedAt:
    """A file, what was found in it, and why it cannot be sold, if it cannot."""

    file: str
    found: Inspected | None
    problem: Sentence | None = None

    @property
    def is_well(self) -> bool:
        """Whether it is a workflow of a known kind in which nothing looks like a secret."""
        return self.problem is None and not (self.found and self.found.secrets)

    def as_values(self) -> dict[str, object]:
        """What a program reads of it."""
        told: dict[str, object] = {"file": self.file, "problem": _plain(self.problem)}
        if self.found:
            report = self.found.report
            told |= asdict(report, value_serializer=lambda _, __, value: _plain(value))
            told["secrets"] = [
                {"kind": str(of.kind), "path": of.path, "masked": of.masked}
                for of in self.found.secrets
            ]
        return told


@click.command(name="inspect")
@click.argument("files", nargs=-1, required=True, type=click.File("rb"))
@click.option("--sarif", is_flag=True, help="Answer with a SARIF 2.1.0 log, as forges read it.")
@click.option(
    "--redact",
    metavar="OUT",
    help="Write the files without secrets and what else is yours: to a file, a directory, or '-'.",
)
@json_option
def command(*, files: tuple[IO[bytes], ...], sarif: bool, redact: str | None, as_json: bool) -> int:
    """Say what is in workflow FILES, what they need, and what in them looks like a secret.

    Each is a .json export of n8n, Make or Zapier, or a .py script; '-' is standard input. Nothing
    of it is run, nobody is asked, and no marketplace is needed. The exit code is 1 if a file cannot
    be sold: it is no workflow of a known kind, or something in it looks like a secret.

    With --redact it is said instead what was taken out. OUT is a directory for several files;
    nothing that stands there is overwritten. The exit code is 1 if a file cannot be redacted.
    """
    if sarif and (as_json or redact):
        raise click.UsageError("--sarif goes with neither --json nor --redact.")
    read = [given(file) for file in files]
    if redact:
        return redact_files(read, redact, as_json=as_json)
    looked = [_looked_at(file) for file in read]
    if sarif:
        click.echo(json.dumps(sarif_log([(of.file, of.problem, of.found) for of in looked])))
    elif as_json:
        click.echo(json.dumps({"files": [of.as_values() for of in looked]}, ensure_ascii=False))
    else:
        for of in looked:
            _tell(of)
    return 0 if all(of.is_well for of in looked) else FAILED


def _looked_at(file: GivenFile) -> LookedAt:
    name = file.name.lower()
    try:
        found = inspected(name, file.content)
    except InvalidValue as error:
        return LookedAt(file.called, None, error.problem)
    report = found.report
    unknown = report.workflow is None and not name.endswith(".py")
    return LookedAt(file.called, found, report.remarks[0] if unknown and report.remarks else None)


def _plain(value: object) -> object:
    if isinstance(value, Sentence):
        return f"{value}"
    return value.value if isinstance(value, Enum) else value


def _tell(looked: LookedAt) -> None:
    """Say it to people, a line each."""
    click.secho(one_line(looked.file), bold=True)
    if looked.problem:
        _rows([("problem", _line(looked.problem))], fg="red")
    if looked.found:
        report = looked.found.report
        if report.workflow:
            _rows(_of_workflow(report.file_format.value, report.workflow))
        if report.imports:
            _rows([("imports", ", ".join(report.imports))])
        for remark in report.remarks[1:] if looked.problem else report.remarks:
            _rows([("remark", _line(remark))])
        for of in looked.found.secrets:
            told = f"{one_line(of.path)} {_line(of.kind)} ({of.masked})"
            _rows([("secret", told)], fg="red")


def _of_workflow(file_format: str, of: WorkflowReport) -> Iterator[tuple[str, str]]:
    yield "format", f"{file_format}, {_counted(of.steps, 'step')}"
    yield "apps", _uses(of.apps)
    yield "tools", _uses(of.tools)
    yield "started by", "; ".join(filter(None, (_uses(of.triggers), *map(_line, of.schedules))))
    if of.ai:
        yield "AI", _counted(of.ai, "step")
    yield "models", ", ".join(of.models)
    yield (
        "accounts",
        _listed(of.accounts, lambda it: f"{it.app} ({it.kind})" if it.kind else it.app),
    )
    verified = {True: "verified by n8n", False: "not verified by n8n"}
    yield "packages", _listed(of.packages, lambda it: f"{it.name} ({verified[it.verified]})")
    effects = (f"{_EFFECTS[use.name]} in {_counted(use.steps, 'step')}" for use in of.effects)
    yield "uses", ", ".join(effects)
    others = [_counted(of.other_hosts, "other host")] if of.other_hosts else []
    hosts = (*of.services, *others)
    yield "hosts", ", ".join(hosts)
    if of.calls:
        calls = _counted(of.calls, "other workflow")
        yield "calls", f"{calls}, {of.missing} of them not in the file"
    loose = {"switched off": of.disabled, "never reached": of.unreachable}
    loose["connections that lead nowhere"] = of.dangling
    yield "loose ends", ", ".join(f"{number} {name}" for name, number in loose.items() if number)
    if of.configure:
        yield "to set up", _counted(of.configure, "step")
    for verdict in of.verdicts:
        outcome = click.style(verdict.outcome.value, fg=_COLOURS[verdict.outcome])
        since = f", from n8n {verdict.release} onwards" if verdict.release else ""
        yield f"n8n {verdict.major}", f"{outcome}{since}"
        yield from (("", f"- {_line(reason)}") for reason in verdict.reasons)


def _rows(rows: Iterable[tuple[str, str]], fg: str | None = None) -> None:
    for name, told in rows:
        if told:
            click.echo(f"  {click.style(f'{name:<13}', fg=fg)}{told}")


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _uses(found: Iterable[Uses]) -> str:
    return _listed(found, lambda use: f"{use.name} x {use.steps}" if use.steps > 1 else use.name)


def _listed(found: Iterable[Any], said: Callable[[Any], str]) -> str:
    return ", ".join(one_line(said(of)) for of in found)


def _line(said: Sentence) -> str:
    return one_line(f"{said}")
