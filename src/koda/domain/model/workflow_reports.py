"""What was found in a workflow: what it does, what it needs, and where it runs."""

from enum import StrEnum
from typing import Any

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.validation import integer, text

MOST_LISTED = 100
"""Apps, accounts, reasons and so on of one report, at most; those beyond are left out."""
LONGEST_LISTED = 100
"""Characters of a name of any of them."""
_MOST_STEPS = 100_000
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
    first. `effects` are what steps reach beyond the workflow: `code`, `shell`, `files` and `http`.
    `services` are known ones whose hosts stand in steps, beside so many `other_hosts`. `calls`
    counts calls of other workflows, `missing` those of which that is not in the file. `configure`
    counts the steps that somebody has to set up before it runs.
    """

    file_format: FileFormat
    steps: int = field(validator=integer(1, _MOST_STEPS))
    workflows: int = field(default=1, validator=integer(1, _MOST_STEPS))
    apps: tuple[Uses, ...] = _listed()
    tools: tuple[Uses, ...] = _listed()
    triggers: tuple[Uses, ...] = _listed()
    schedules: tuple[Sentence, ...] = _listed()
    accounts: tuple[Account, ...] = _listed()
    packages: tuple[Package, ...] = _listed()
    models: tuple[str, ...] = _listed()
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
