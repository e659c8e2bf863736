"""What listings are sorted by: the platforms that run their files, and their categories."""

from typing import TypeVar

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import check_name, check_names

Value = TypeVar("Value")


@frozen
class Platform:
    """What runs the files of a listing. Its name, in any case, is who it is."""

    name: str = field()
    file_format: FileFormat = field(default=FileFormat.NONE)

    @name.validator
    def _check_name(self, _: "Attribute[str]", name: object) -> None:
        check_name("platforms", name)

    @file_format.validator
    def _check_format(self, _: "Attribute[FileFormat]", file_format: object) -> None:
        if type(file_format) is not FileFormat:
            raise InvalidValue("platforms", sentence("must each have a format of files"))

    @classmethod
    def parse(cls, text: str) -> "Platform":
        """Read `name:format`, such as `Power Automate:none`.

        Raises:
            InvalidValue: the format is missing or none of ours, or the name cannot be one.
        """
        name, colon, said = text.rpartition(":")
        known = {file_format.value: file_format for file_format in FileFormat}
        file_format = known.get(said.strip().lower())
        if file_format is None or not colon:
            raise InvalidValue(
                "platforms",
                sentence(
                    "must each be a name, a colon and one of {choices}, such as Make:make",
                    choices=tuple(known),
                ),
            )
        return cls(name.strip(), file_format)

    def __str__(self) -> str:
        """The text that `parse` reads."""
        return f"{self.name}:{self.file_format.value}"


PLATFORMS = (
    Platform("n8n", FileFormat.N8N),
    Platform("Make", FileFormat.MAKE),
    Platform("Zapier", FileFormat.ZAPIER),
    Platform("Python", FileFormat.PYTHON),
    Platform("Other"),
)
"""The platforms of a marketplace that names no others."""
CATEGORIES = ("Social Media", "Email Marketing", "Productivity", "Sales", "Other")
"""The categories of a marketplace that names no others."""


def check_platforms(_: object, attribute: "Attribute[Value]", platforms: Value) -> None:
    """Accept platforms whose names are different from one another; at least one."""
    name = attribute.name
    if not isinstance(platforms, tuple) or {type(platform) for platform in platforms} - {Platform}:
        raise InvalidValue(name, sentence("must be a tuple of platforms"))
    check_names(name, (platform.name for platform in platforms))


def check_categories(_: object, attribute: "Attribute[Value]", categories: Value) -> None:
    """Accept names that are different from one another; at least one."""
    name = attribute.name
    if not isinstance(categories, tuple):
        raise InvalidValue(name, sentence("must be a tuple of names"))
    for category in categories:
        check_name(name, category)
    check_names(name, categories)
