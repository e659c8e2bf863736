"""What was found in a workflow file when it was checked."""

from typing import Any

from attrs import Attribute, field, frozen

from koda.domain.model.errors import InvalidValue
from koda.domain.model.validation import check_text

MOST_IMPORTS = 100
LONGEST_IMPORT = 100
"""Characters."""
MOST_REMARKS = 10
LONGEST_REMARK = 200
"""Characters."""


def _check_texts(name: str, texts: Any, most: int, longest: int) -> None:
    if type(texts) is not tuple or len(texts) > most:
        raise InvalidValue(name, f"must be at most {most} texts")
    for text in texts:
        check_text(name, text, 1, longest)


@frozen
class InspectionReport:
    """What a file imports, as far as it is Python, and remarks on it that are no refusals.

    `imports` are the names of packages, sorted; a remark is a predicate whose subject is the file,
    such as "does not parse as Python 3.11, on which this site runs".
    """

    imports: tuple[str, ...] = field(default=())
    remarks: tuple[str, ...] = field(default=())

    @imports.validator
    def _check_imports(self, _: "Attribute[Any]", imports: Any) -> None:
        _check_texts("imports", imports, MOST_IMPORTS, LONGEST_IMPORT)

    @remarks.validator
    def _check_remarks(self, _: "Attribute[Any]", remarks: Any) -> None:
        _check_texts("remarks", remarks, MOST_REMARKS, LONGEST_REMARK)
