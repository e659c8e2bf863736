"""What the readers of all formats share: what is read so far of a file."""

from collections.abc import Mapping

from attrs import define, field, frozen

from koda.domain.inspection.formats.values import mapping
from koda.domain.inspection.oddities import Oddity, OddityKind, Path
from koda.domain.inspection.refusals import refusal
from koda.domain.inspection.workflows import Link, Note, Step, Workflow
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.sentences import sentence

_MOST_STEPS = 10_000
"""Steps of a file; the largest published workflow has 244."""
_MOST_LINKS = 50_000
_MOST_ODDITIES = 100
"""More than anybody reads; the rest is not told."""
_LONGEST_ABOUT = 100
"""Characters that an oddity quotes of a file."""


@frozen
class Document:
    """A workflow as the file has it, and where in the file it is."""

    path: Path
    content: Mapping[str, object]


@define
class Reading:
    """What was read so far of the workflows of a file."""

    several: bool
    """Whether the file holds several workflows, so that keys must tell them apart."""
    steps: list[Step] = field(factory=list)
    links: list[Link] = field(factory=list)
    notes: list[Note] = field(factory=list)
    titles: list[str | None] = field(factory=list)
    settings: list[Mapping[str, object]] = field(factory=list)
    _oddities: list[Oddity] = field(factory=list)
    _counts: dict[str, int] = field(factory=dict)
    """Every key, and how many were wanted that begin with it."""

    @property
    def part(self) -> int:
        """The place of the workflow that is read among those of the file."""
        return len(self.titles) - 1

    def begin(self, title: object, settings: object = None) -> None:
        """Read on with the next workflow of the file.

        It has this title if it is text, and these settings if they are an object.
        """
        self.titles.append(title if isinstance(title, str) and title.strip() else None)
        self.settings.append(mapping(settings))

    def odd(self, kind: OddityKind, path: Path, about: object = "") -> None:
        """Note that something is odd."""
        if len(self._oddities) < _MOST_ODDITIES:
            self._oddities.append(Oddity(kind, path, str(about)[:_LONGEST_ABOUT]))

    def key(self, wanted: str, path: Path) -> str:
        """A key that no other step has, made of the one that the file gives."""
        first = key = f"{self.part + 1}/{wanted}" if self.several else wanted
        if key in self._counts:
            self.odd(OddityKind.SAME_NAME, path, wanted)
        while key in self._counts:
            self._counts[first] += 1
            key = f"{first} ({self._counts[first]})"
        self._counts[key] = 1
        return key

    def add(self, step: Step) -> None:
        """Note a step; raises `InvalidValue` where there are more than anybody can look through."""
        if len(self.steps) >= _MOST_STEPS:
            raise refusal(
                sentence(
                    "has more than {most_steps:,} steps; split the workflow", most_steps=_MOST_STEPS
                )
            )
        self.steps.append(step)

    def link(self, link: Link) -> None:
        """Note a link; raises `InvalidValue` where there are too many."""
        if len(self.links) >= _MOST_LINKS:
            raise refusal(
                sentence(
                    "has more than {most_links:,} connections; split the workflow",
                    most_links=_MOST_LINKS,
                )
            )
        self.links.append(link)

    def workflow(self, file_format: FileFormat) -> Workflow:
        """All of it."""
        return Workflow(
            file_format,
            tuple(self.titles),
            tuple(self.steps),
            tuple(self.links),
            tuple(self.notes),
            tuple(self._oddities),
            tuple(self.settings),
        )
