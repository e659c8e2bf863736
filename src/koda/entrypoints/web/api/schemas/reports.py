"""What was found in a workflow file, as the API tells it."""

from msgspec import Struct

from koda.domain.model.reports import Compatibility, Uses, WorkflowReport
from koda.entrypoints.web.language import language


class UsesItem(Struct, frozen=True, kw_only=True):
    """Something that steps have in common, and how many have it."""

    name: str
    steps: int


class AccountItem(Struct, frozen=True, kw_only=True):
    """An account that somebody needs; `kind` is that of its credential, if the file tells it."""

    app: str
    kind: str | None


class PackageItem(Struct, frozen=True, kw_only=True):
    """A community package of n8n's, and whether n8n had verified it when Koda was made."""

    name: str
    verified: bool


class VerdictItem(Struct, frozen=True, kw_only=True):
    """Whether it runs on a major version of n8n, from which release on, and why not."""

    major: int
    outcome: Compatibility
    release: str | None
    reasons: tuple[str, ...]


class WorkflowItem(Struct, frozen=True, kw_only=True):
    """What a workflow does, needs and reaches. Steps that are switched off need nothing.

    `apps` are services of others, `tools` what the platform itself brings; `ai` counts the
    steps that are of AI: agents, models, what serves them, and what asks a known service of AI.
    `effects` say how many steps run code, use a shell or files of the machine, or ask an address:
    `code`, `shell`, `files` and `http`. `services` are known ones whose hosts stand in steps,
    beside so many `other_hosts`. `calls` counts calls of other workflows, `missing` those of which
    that is not in the file. `configure` counts the steps that somebody has to set up before it
    runs.
    """

    workflows: int
    steps: int
    apps: tuple[UsesItem, ...]
    tools: tuple[UsesItem, ...]
    triggers: tuple[UsesItem, ...]
    schedules: tuple[str, ...]
    accounts: tuple[AccountItem, ...]
    packages: tuple[PackageItem, ...]
    models: tuple[str, ...]
    ai: int
    effects: tuple[UsesItem, ...]
    services: tuple[str, ...]
    other_hosts: int
    calls: int
    missing: int
    disabled: int
    unreachable: int
    dangling: int
    configure: int
    verdicts: tuple[VerdictItem, ...]


def workflow_item(report: WorkflowReport) -> WorkflowItem:
    """Present what was found in a workflow."""
    say = language().say
    return WorkflowItem(
        workflows=report.workflows,
        steps=report.steps,
        apps=_uses(report.apps),
        tools=_uses(report.tools),
        triggers=_uses(report.triggers),
        schedules=tuple(map(say, report.schedules)),
        accounts=tuple(AccountItem(app=of.app, kind=of.kind or None) for of in report.accounts),
        packages=tuple(PackageItem(name=of.name, verified=of.verified) for of in report.packages),
        models=report.models,
        ai=report.ai,
        effects=_uses(report.effects),
        services=report.services,
        other_hosts=report.other_hosts,
        calls=report.calls,
        missing=report.missing,
        disabled=report.disabled,
        unreachable=report.unreachable,
        dangling=report.dangling,
        configure=report.configure,
        verdicts=tuple(
            VerdictItem(
                major=verdict.major,
                outcome=verdict.outcome,
                release=verdict.release or None,
                reasons=tuple(map(say, verdict.reasons)),
            )
            for verdict in report.verdicts
        ),
    )


def _uses(found: tuple[Uses, ...]) -> tuple[UsesItem, ...]:
    return tuple(UsesItem(name=use.name, steps=use.steps) for use in found)
