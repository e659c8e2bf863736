"""Making the report of a workflow."""

from collections.abc import Iterable, Mapping, Sequence

from koda.domain.inspection.facts.verdicts import verdicts
from koda.domain.inspection.oddities import OddityKind
from koda.domain.inspection.report.apps import app_of, is_tool, uses
from koda.domain.inspection.report.needs import accounts, packages, to_configure
from koda.domain.inspection.report.reach import calls, effects, hosts, models, with_ai
from koda.domain.inspection.report.schedules import schedules
from koda.domain.inspection.workflows import Step, Workflow
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import MOST_LISTED, Verdict, WorkflowReport


def report_of(workflow: Workflow) -> WorkflowReport:
    """Describe a workflow. What it says is of the file alone: nothing is run, nobody is asked."""
    file_format = workflow.file_format
    steps = [step for step in workflow.steps if not step.disabled]
    is_n8n = file_format is FileFormat.N8N
    names = [(app_of(file_format, step), is_tool(file_format, step)) for step in steps]
    services, other_hosts = hosts(steps)
    called, missing = calls(steps)
    return WorkflowReport(
        len(workflow.steps),
        len(workflow.titles),
        apps=uses(name for name, tool in names if not tool),
        tools=uses(name for name, tool in names if tool),
        triggers=uses(app_of(file_format, step) for step in workflow.triggers if step in steps),
        schedules=schedules(steps) if is_n8n else (),
        accounts=accounts(file_format, steps),
        packages=packages(steps) if is_n8n else (),
        models=models(steps) if is_n8n else (),
        ai=with_ai(file_format, steps),
        effects=effects(file_format, steps),
        services=services,
        other_hosts=other_hosts,
        calls=called,
        missing=missing,
        disabled=len(workflow.disabled),
        unreachable=sum(not step.disabled for step in workflow.unreachable),
        dangling=sum(oddity.kind is OddityKind.DANGLING_LINK for oddity in workflow.oddities),
        configure=to_configure(file_format, steps),
        verdicts=_verdicts(steps, workflow.settings) if is_n8n else (),
    )


def _verdicts(
    steps: Sequence[Step], settings: Iterable[Mapping[str, object]]
) -> tuple[Verdict, ...]:
    return tuple(
        Verdict(
            verdict.major,
            verdict.outcome,
            str(verdict.release or ""),
            tuple(reason.said for reason in verdict.reasons[:MOST_LISTED]),
        )
        for verdict in verdicts(steps, settings)
    )
