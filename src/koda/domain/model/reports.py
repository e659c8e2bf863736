"""What was found in a workflow file when it was checked."""

from typing import Any

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.validation import check_text

MOST_IMPORTS = 100
LONGEST_IMPORT = 100
"""Characters."""
MOST_REMARKS = 10
LONGEST_REMARK = 200
"""Characters."""


def _check_count(name: str, texts: Any, most: int) -> None:
    if type(texts) is not tuple or len(texts) > most:
        raise InvalidValue(name, sentence("must be at most {most} texts", most=most))


@frozen
class InspectionReport:
    """What a file is read as and imports, as far as it is Python, and remarks on it.

    `file_format` is what was recognised, `NONE` where it is nothing in particular; then the first
    remark says why. `imports` are the names of packages, sorted; a remark is a predicate whose
    subject is the file, such as "does not parse as Python 3.11, on which this site runs".
    """

    imports: tuple[str, ...] = field(default=())
    remarks: tuple[Sentence, ...] = field(default=())
    file_format: FileFormat = field(default=FileFormat.NONE)

    @imports.validator
    def _check_imports(self, _: "Attribute[Any]", imports: Any) -> None:
        _check_count("imports", imports, MOST_IMPORTS)
        for name in imports:
            check_text("imports", name, 1, LONGEST_IMPORT)

    @remarks.validator
    def _check_remarks(self, _: "Attribute[Any]", remarks: Any) -> None:
        _check_count("remarks", remarks, MOST_REMARKS)
        for remark in remarks:
            check_text("remarks", str(remark), 1, LONGEST_REMARK)

    @file_format.validator
    def _check_format(self, _: "Attribute[Any]", file_format: Any) -> None:
        if type(file_format) is not FileFormat:
            raise InvalidValue("file_format", sentence("must be a format of files"))
