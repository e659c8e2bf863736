"""Checking workflow files, and whether they are what the platform of their listing runs."""

from attrs import evolve, field, frozen

from koda.domain.inspection.fingerprints import fingerprint
from koda.domain.inspection.foreign import CREDENTIALS
from koda.domain.inspection.python import read_python
from koda.domain.inspection.recognition import UNKNOWN, check_platform, recognised
from koda.domain.inspection.refusals import refusal
from koda.domain.inspection.report.describing import report_of
from koda.domain.inspection.secrets.declared import declared_in
from koda.domain.inspection.secrets.finding import DeclaredFields, spans_in
from koda.domain.inspection.secrets.opened import OpenedFile, opened
from koda.domain.inspection.titles import title_of
from koda.domain.model.digests import sha256_of
from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import InspectionReport
from koda.domain.model.secrets import SecretFinding

FEWEST_STEPS = 4
"""Of a workflow that may be a copy of another one; smaller ones are alike by chance."""
FEWEST_BYTES = 200
"""Of any other file that may be a copy."""


@frozen
class Described:
    """What a workflow file is.

    `title` is what its listing may be called, or empty; `declared` are the fields that its platform
    declares secret, by the type of node.
    """

    report: InspectionReport
    title: str = ""
    declared: DeclaredFields = field(factory=dict, repr=False)


@frozen
class Inspected:
    """What is found in a workflow file, and what in it looks like a secret.

    `title` is what its listing may be called, or empty.
    """

    report: InspectionReport
    secrets: tuple[SecretFinding, ...] = ()
    title: str = ""


def inspected(file_name: str, content: bytes) -> Inspected:
    """Look into a workflow file, if it is what the extension of `file_name` says.

    JSON that is no workflow of a known format has a remark that says what it is, since a
    marketplace may have platforms that run it. Nothing of a file is ever run.

    Raises:
        InvalidValue: what is wrong with `file` (see `opened`), and what to do; credentials are for
            no platform.
    """
    return look_into(opened(file_name, content))


def look_into(file: OpenedFile) -> Inspected:
    """Look into a file that was read before; `inspected` says more.

    Raises:
        InvalidValue: it is an export of credentials.
    """
    what = described(file)
    return Inspected(what.report, spans_in(file, what.declared).findings(), what.title)


def described(file: OpenedFile) -> Described:
    """Tell what a file is that was read before, without looking for secrets.

    Raises:
        InvalidValue: it is an export of credentials.
    """
    if file.script is None:
        return _of_json(file)
    report = _of_bytes(read_python(file.content), file.content)
    return Described(report, title_of((), file.name))


def check_listed(report: InspectionReport, platform: str, wanted: FileFormat) -> None:
    """Refuse a file that the platform of this name does not run, which reads `wanted`.

    Raises:
        InvalidValue: it is of another format, or of none that is known; `NONE` takes any.
    """
    if report.file_format is FileFormat.NONE and wanted is not FileFormat.NONE:
        raise refusal(next(iter(report.remarks), UNKNOWN))
    check_platform(report.file_format, platform, wanted)


def _of_json(file: OpenedFile) -> Described:
    try:
        workflow = recognised(file.value)
    except InvalidValue as error:
        if error.problem == CREDENTIALS:
            raise
        report = _of_bytes(InspectionReport(remarks=(error.problem,)), file.content)
        return Described(report, title_of((), file.name))
    report = InspectionReport(
        file_format=workflow.file_format,
        workflow=report_of(workflow),
        fingerprint=fingerprint(workflow) if len(workflow.steps) >= FEWEST_STEPS else "",
    )
    declared = declared_in(step.type for step in workflow.steps)
    return Described(report, title_of(workflow.titles, file.name), declared)


def _of_bytes(report: InspectionReport, content: bytes) -> InspectionReport:
    """The report of a file that no graph is read from: its copies have the same bytes."""
    if len(content) < FEWEST_BYTES:
        return report
    return evolve(report, fingerprint=sha256_of(content))
