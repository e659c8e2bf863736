"""The labels that a listing has by what its file needs."""

from collections.abc import Iterable, Iterator

from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import Compatibility, InspectionReport, Verdict, WorkflowReport
from koda.domain.search.needs import NEEDS, WITH, WITH_CHANGES, WITHOUT, Need, Needed

_CODE = frozenset({"code", "shell"})


def need_labels(report: InspectionReport) -> Iterator[str]:
    """All labels of a listing by what its file needs, as far as that can be read from it."""
    if report.workflow is not None:
        yield from _of_workflow(report.workflow)
    elif report.file_format is FileFormat.PYTHON:
        yield Needed(Need.CODE, WITH).label


def _of_workflow(workflow: WorkflowReport) -> Iterator[str]:
    runs_code = any(use.name in _CODE for use in workflow.effects)
    yield Needed(Need.CODE, WITH if runs_code else WITHOUT).label
    yield Needed(Need.AI, WITH if workflow.ai else WITHOUT).label
    for most in NEEDS[Need.SETUP]:
        if workflow.configure <= int(most):
            yield Needed(Need.SETUP, most).label
    yield from _on_n8n(workflow.verdicts)


def _on_n8n(verdicts: Iterable[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        if f"{verdict.major}" in NEEDS[Need.N8N] and verdict.outcome is not Compatibility.FAILS:
            yield Needed(Need.N8N, f"{verdict.major}{WITH_CHANGES}").label
            if verdict.outcome is Compatibility.RUNS:
                yield Needed(Need.N8N, f"{verdict.major}").label
