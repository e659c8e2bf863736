"""Making of an uploaded workflow file what buyers may have."""

from attrs import evolve, frozen

from koda.domain.inspection.artifacts import look_into
from koda.domain.inspection.redaction import clean
from koda.domain.inspection.secrets.blocking import check_secrets
from koda.domain.inspection.secrets.opened import opened
from koda.domain.inspection.secrets.second_look import Look, second_look
from koda.domain.model.redactions import Redaction
from koda.domain.model.reports import InspectionReport
from koda.domain.model.scans import Scanned


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
    file = opened(file_name, content)
    before = look_into(file)
    first = None if before.secrets else second_look(file, look)
    cleaned = clean(file, has_secrets=bool(before.secrets))
    is_same = cleaned.file is file
    after = before if is_same else look_into(cleaned.file)
    check_secrets(after.secrets)
    second = first if is_same and first else second_look(cleaned.file, look)
    check_secrets(second.secrets)
    if first is not None and second.scanned is Scanned.NOT:
        # Nobody said that what was suspected before is among what was taken out.
        check_secrets(first.secrets)
    report = evolve(after.report, scanned=second.scanned)
    if is_same:
        return Prepared(cleaned.redaction, report, after.title, report)
    original = None
    if first is not None and not first.secrets:
        # Whoever cleans the file of somebody who did not has a copy of it all the same.
        original = evolve(before.report, scanned=first.scanned, fingerprint=report.fingerprint)
    return Prepared(cleaned.redaction, report, after.title, original)
