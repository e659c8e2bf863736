"""`koda inspect --redact`: files without what is their maker's own, beside those given."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from attrs import frozen

from koda.domain.inspection.redaction import redacted
from koda.domain.model.errors import InvalidValue
from koda.domain.model.redactions import Change, Redaction
from koda.domain.model.sentences import Sentence
from koda.domain.model.validation import one_line
from koda.entrypoints.cli.exit_codes import FAILED
from koda.entrypoints.cli.given_files import STDIN, GivenFile


@frozen
class _Redacted:
    """A file, where its clean form goes, and that, or why there is none."""

    file: GivenFile
    target: Path | None
    redaction: Redaction | None
    problem: Sentence | None = None

    def as_values(self) -> dict[str, object]:
        """What a program reads of it."""
        changes = self.redaction.changes if self.redaction else ()
        return {
            "file": self.file.called,
            "problem": f"{self.problem}" if self.problem else None,
            "written": f"{self.target}" if self.redaction else None,
            "total": self.redaction.total if self.redaction else 0,
            "changes": [
                {"kind": f"{of.kind}", "path": of.path, "before": of.before, "after": of.after}
                for of in changes
            ],
        }


def redact_files(files: Sequence[GivenFile], out: str, *, as_json: bool) -> int:
    """Write each file without what is its maker's own, say what was changed, return the exit code.

    Nothing is written where something stands: that is looked for before the first is written.

    Raises:
        UsageError: `out` cannot take these files, or a file stands there.
    """
    if out == STDIN and (as_json or len(files) > 1):
        raise click.UsageError("--redact - is for one file, without --json.")
    with _taking(out):
        targets = _targets(files, out)
    done = [_redacted(file, target) for file, target in zip(files, targets, strict=True)]
    for of in done:
        _write(of)
    if as_json:
        click.echo(json.dumps({"files": [of.as_values() for of in done]}, ensure_ascii=False))
    else:
        for of in done:
            _tell(of)
    return FAILED if any(of.problem for of in done) else 0


def _targets(files: Sequence[GivenFile], out: str) -> list[Path | None]:
    """Where each file goes; None is standard output."""
    if out == STDIN:
        return [None]
    path = Path(out)
    into = path.is_dir() or len(files) > 1
    targets = [path / file.name if into else path for file in files]
    if len({*targets}) < len(targets):
        raise click.UsageError("Two files have one name; redact them one after the other.")
    if into and not path.is_dir() and path.exists():
        raise click.UsageError(f"{out} is a file; name a directory for several files.")
    for target in targets:
        if target.exists():
            raise click.UsageError(f"{target} is there already; name another place.")
    return [*targets]


def _redacted(file: GivenFile, target: Path | None) -> _Redacted:
    try:
        return _Redacted(file, target, redacted(file.name.lower(), file.content))
    except InvalidValue as error:
        return _Redacted(file, target, None, error.problem)


def _write(of: _Redacted) -> None:
    if of.redaction is None:
        return
    if of.target is None:
        click.echo(of.redaction.content, nl=False)
        return
    with _taking(f"{of.target}"):
        of.target.parent.mkdir(parents=True, exist_ok=True)
        with of.target.open("xb") as clean:
            clean.write(of.redaction.content)


@contextmanager
def _taking(place: str) -> Iterator[None]:
    """Say which place takes no file, and why, as the system tells it."""
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"{place} takes no file: {error.strerror}.") from error


def _tell(of: _Redacted) -> None:
    """Say it to people, a line each, beside what may be on standard output."""
    err = of.target is None
    click.secho(one_line(of.file.called), bold=True, err=err)
    if of.redaction is None:
        click.echo(
            f"  {click.style('problem      ', fg='red')}{one_line(f'{of.problem}')}", err=err
        )
        return
    for change in of.redaction.changes:
        click.echo(f"  {click.style('taken out    ', fg='yellow')}{_said(change)}", err=err)
    more = of.redaction.total - len(of.redaction.changes)
    if more:
        click.echo(f"               and {more} more", err=err)
    if not of.redaction.total:
        click.echo("  nothing to take out", err=err)
    if of.target is not None:
        click.echo(f"  written      {one_line(f'{of.target}')}")


def _said(change: Change) -> str:
    became = f" became {change.after}" if change.after else ""
    return one_line(f"{change.path} {change.kind}: {change.before}{became}")
