"""Making of an uploaded workflow file what buyers may have."""

from attrs import frozen

from koda.domain.inspection.artifacts import inspected
from koda.domain.inspection.redaction import redacted
from koda.domain.inspection.secrets.blocking import check_secrets
from koda.domain.model.redactions import Redaction
from koda.domain.model.reports import InspectionReport


@frozen
class Prepared:
    """A file that may be sold, and what was changed to make it so.

    `report` and `title` are of its content after the changes. `original` is the report of what was
    there before them; there is none if something in that looks like a secret.
    """

    redaction: Redaction
    report: InspectionReport
    title: str
    original: InspectionReport | None


def prepared(file_name: str, content: bytes) -> Prepared:
    """Look into a workflow file and take out of it what is for no buyer.

    Raises:
        InvalidValue: what is wrong with `file`, and what to do: it is not what its name says, or
            something in it looks like a secret that cannot be taken out.
    """
    before = inspected(file_name, content)
    redaction = redacted(file_name, content)
    after = inspected(file_name, redaction.content) if redaction.total else before
    check_secrets(after.secrets)
    original = None if before.secrets else before.report
    return Prepared(redaction, after.report, after.title, original)
