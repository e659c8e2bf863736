"""Checking workflow files."""

from koda.domain.inspection.python import read_python
from koda.domain.inspection.refusals import refusal
from koda.domain.inspection.strict_json import read_json
from koda.domain.model.reports import InspectionReport
from koda.domain.model.sentences import sentence


def check_artifact(file_name: str, content: bytes) -> InspectionReport:
    """Return what is found in a workflow file, if it is what the extension of `file_name` says.

    A `.json` file must be strict JSON (see `read_json`), a `.py` file UTF-8 text (see
    `read_python`). Nothing of it is ever run.

    Raises:
        InvalidValue: what is wrong with `file`, and what to do.
    """
    if file_name.endswith(".json"):
        read_json(content)
        return InspectionReport()
    if file_name.endswith(".py"):
        return read_python(content)
    raise refusal(sentence("must be a .json or a .py file"))
