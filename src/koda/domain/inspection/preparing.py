"""Making of an uploaded workflow file what buyers may have."""

from attrs import evolve, frozen

from koda.domain.inspection.artifacts import Inspected, inspected
from koda.domain.inspection.redaction import redacted
from koda.domain.inspection.secrets.blocking import check_secrets
from koda.domain.inspection.secrets.second_look import Look, second_look
from koda.domain.model.redactions import Redaction
from koda.domain.model.reports import InspectionReport


@frozen
class Prepared:
    """A file that may be sold, and what was changed to make it so.

    `report` and `title` are of its content after the changes. `original` is the report of what was
    there before them, with the fingerprint of the content after them; there is none if something
    in what was there looks like a secret.
    """

    redaction: Redaction
    report: InspectionReport
    title: str
    original: InspectionReport | None


def prepared(file_name: str, content: bytes, look: Look) -> Prepared:
    """Look into a workflow file and take out of it what is for no buyer.

    `look` is whoever looks for secrets, too.

    Raises:
        InvalidValue: what is wrong with `file`, and what to do: it is not what its name says, or
            something in it looks like a secret that cannot be taken out.
    """
    before = inspected(file_name, content)
    redaction = redacted(file_name, content, has_secrets=bool(before.secrets))
    after = inspected(file_name, redaction.content) if redaction.total else before
    check_secrets(after.secrets)
    second = second_look(file_name, redaction.content, look)
    check_secrets(second.secrets)
    report = evolve(after.report, scanned=second.scanned)
    if after is before:
        return Prepared(redaction, report, after.title, report)
    original = _original(before, file_name, content, look)
    if original is not None:
        # Whoever cleans the file of somebody who did not has a copy of it all the same.
        original = evolve(original, fingerprint=report.fingerprint)
    return Prepared(redaction, report, after.title, original)


def _original(
    before: Inspected, file_name: str, content: bytes, look: Look
) -> InspectionReport | None:
    """The report of the file as it was sent, if nothing in that looks like a secret."""
    second = None if before.secrets else second_look(file_name, content, look)
    if second is None or second.secrets:
        return None
    return evolve(before.report, scanned=second.scanned)
