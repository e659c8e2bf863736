"""What was found in a workflow file when it was checked."""

import re
from enum import StrEnum
from typing import Any

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.scans import Scanned
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.validation import check_text, integer, text

MOST_IMPORTS = 100
LONGEST_IMPORT = 100
"""Characters."""
MOST_REMARKS = 10
LONGEST_REMARK = 200
"""Characters."""
MOST_LISTED = 100
"""Apps, accounts, reasons and so on of one report, at most; those beyond are left out."""
LONGEST_LISTED = 100
"""Characters of a name of any of them."""
_MOST_STEPS = 100_000
_FINGERPRINT = re.compile(r"(?:[0-9a-f]{64})?")
_NAME = text(1, LONGEST_LISTED)
_NUMBER = integer(0, _MOST_STEPS)


class Compatibility(StrEnum):
    """What becomes of a workflow on a version of n8n."""

    RUNS = "runs"
    CHANGES = "runs with changes"
    """Something must be looked at, set or installed, or is not known."""
    FAILS = "does not run"


def _few(_: object, attribute: "Attribute[Any]", values: Any) -> None:
    if type(values) is not tuple or len(values) > MOST_LISTED:
        raise InvalidValue(attribute.name, sentence("must be at most {most}", most=MOST_LISTED))


def _listed() -> Any:
    return field(default=(), validator=_few)


@frozen
class Uses:
    """Something that steps have in common, and how many have it."""

    name: str = field(validator=_NAME)
    steps: int = field(validator=integer(1, _MOST_STEPS))


@frozen
class Account:
    """An account that somebody needs: of an app, of a kind of credential if the file tells it."""

    app: str = field(validator=_NAME)
    kind: str = field(default="", validator=text(0, LONGEST_LISTED))


@frozen
class Package:
    """A community package of n8n's, and whether n8n had verified it when Koda was made."""

    name: str = field(validator=_NAME)
    verified: bool


@frozen
class Verdict:
    """Whether a workflow runs on a major version of n8n, and what stands against it.

    `release` is the first of this version that knows all of its steps, such as `1.75`; empty where
    it does not run.
    """

    major: int = field(validator=integer(1, 99))
    outcome: Compatibility
    release: str = ""
    reasons: tuple[Sentence, ...] = _listed()


@frozen
class WorkflowReport:
    """What a file of n8n, Make or Zapier holds. Steps that are switched off need nothing.

    `apps` are services of others, `tools` what the platform itself brings; both with the most used
    first. `ai` counts the steps that are of AI: agents, models, what serves them, and what asks a
    known service of AI. `effects` are what steps reach beyond the workflow: `code`, `shell`,
    `files` and `http`. `services` are known ones whose hosts stand in steps, beside so many
    `other_hosts`. `calls` counts calls of other workflows, `missing` those of which that is not in
    the file. `configure` counts the steps that somebody has to set up before it runs.
    """

    steps: int = field(validator=integer(1, _MOST_STEPS))
    workflows: int = field(default=1, validator=integer(1, _MOST_STEPS))
    apps: tuple[Uses, ...] = _listed()
    tools: tuple[Uses, ...] = _listed()
    triggers: tuple[Uses, ...] = _listed()
    schedules: tuple[Sentence, ...] = _listed()
    accounts: tuple[Account, ...] = _listed()
    packages: tuple[Package, ...] = _listed()
    models: tuple[str, ...] = _listed()
    ai: int = field(default=0, validator=_NUMBER)
    effects: tuple[Uses, ...] = _listed()
    services: tuple[str, ...] = _listed()
    other_hosts: int = field(default=0, validator=_NUMBER)
    calls: int = field(default=0, validator=_NUMBER)
    missing: int = field(default=0, validator=_NUMBER)
    disabled: int = field(default=0, validator=_NUMBER)
    unreachable: int = field(default=0, validator=_NUMBER)
    dangling: int = field(default=0, validator=_NUMBER)
    configure: int = field(default=0, validator=_NUMBER)
    verdicts: tuple[Verdict, ...] = _listed()


def _check_count(name: str, texts: Any, most: int) -> None:
    if type(texts) is not tuple or len(texts) > most:
        raise InvalidValue(name, sentence("must be at most {most} texts", most=most))


@frozen
class InspectionReport:
    """What a file is read as and imports, as far as it is Python, and remarks on it.

    `file_format` is what was recognised, `NONE` where it is nothing in particular; then the first
    remark says why. `imports` are the names of packages, sorted; a remark is a predicate whose
    subject is the file, such as "does not parse as Python 3.11, on which this site runs".
    `workflow` tells more of a file of n8n, Make or Zapier. `scanned` is for its seller and for
    moderators: whether another program than Koda looked for secrets in it, too. `fingerprint` is a
    digest that copies of the file share, for nobody but Koda; empty of what is too small to be one.
    """

    imports: tuple[str, ...] = field(default=())
    remarks: tuple[Sentence, ...] = field(default=())
    file_format: FileFormat = field(default=FileFormat.NONE)
    workflow: WorkflowReport | None = None
    scanned: Scanned = Scanned.NOT
    fingerprint: str = field(default="")

    @imports.validator
    def _check_imports(self, _: "Attribute[Any]", imports: Any) -> None:
        _check_count("imports", imports, MOST_IMPORTS)
        for name in imports:
            check_text("imports", name, 1, LONGEST_IMPORT)

    @remarks.validator
    def _check_remarks(self, _: "Attribute[Any]", remarks: Any) -> None:
        _check_count("remarks", remarks, MOST_REMARKS)
        for remark in remarks:
            check_text("remarks", str(remark), 1, LONGEST_REMARK)

    @file_format.validator
    def _check_format(self, _: "Attribute[Any]", file_format: Any) -> None:
        if type(file_format) is not FileFormat:
            raise InvalidValue("file_format", sentence("must be a format of files"))

    @fingerprint.validator
    def _check_fingerprint(self, _: "Attribute[Any]", fingerprint: Any) -> None:
        if type(fingerprint) is not str or not _FINGERPRINT.fullmatch(fingerprint):
            raise InvalidValue("fingerprint", sentence("must be 64 hexadecimal digits, or empty"))
