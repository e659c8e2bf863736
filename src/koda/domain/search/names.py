"""Labels of names that others write: the tags of sellers, and the apps that files name.

A name is found whatever its case and width, with umlauts and with what stands for them. Where that
is not how it is written, a label more says so, behind a comma, which no such name has.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from koda.domain.search.label_sets import Labels
from koda.domain.search.words import name_spellings


@frozen
class Names:
    """Names of one kind, which are normal ones (`normal_tag`, `normal_app`).

    `mark` begins the labels by which they are found, `written` those that say how one is written.
    """

    mark: str
    written: str

    def label(self, name: str) -> str:
        """The label of a listing with this name, however its case, width and umlauts are."""
        return f"{self.mark}{name_spellings(name)[0]}"

    def labels(self, name: str) -> frozenset[str]:
        """All labels of a listing with this name: how it is written, too."""
        spellings = {*name_spellings(name)}
        written = {f"{self.written}{text},{name}" for text in spellings if text != name}
        return frozenset({f"{self.mark}{text}" for text in spellings} | written)

    def written_label(self, label: str) -> str:
        """The beginning of the labels that say how names are written of which this is the label."""
        return f"{self.written}{label.removeprefix(self.mark)}"

    def as_written(self, names: Mapping[str, int], written: Mapping[str, int]) -> dict[str, int]:
        """Names as most of their listings write them, with the number of listings of each label.

        `names` are labels with the number of their listings, `written` those that say how these are
        written. A name is once among the answer, though it has several labels.
        """
        most: dict[str, tuple[int, str]] = {}
        for label, count in written.items():
            spelling, _, name = label.removeprefix(self.written).rpartition(",")
            most[spelling] = max(most.get(spelling, (0, "")), (count, name))
        counts: dict[str, int] = {}
        for label, count in names.items():
            spelling = label.removeprefix(self.mark)
            often, name = most.get(spelling, (0, ""))
            text = name if 2 * often >= count else spelling
            counts[text] = max(count, counts.get(text, 0))
        return counts

    def of(self, labels: Labels) -> Iterable[str]:
        """The names of a listing that has these labels, as they are written."""
        names, written = labels.beginning(self.mark), labels.beginning(self.written)
        return self.as_written(dict.fromkeys(names, 1), dict.fromkeys(written, 1))


TAGS: Final = Names("G:", "W:")
APPS: Final = Names("U:", "V:")


def normal_app(name: str) -> str:
    """The name of an app without commas, which part names, and with single spaces."""
    return " ".join(name.replace(",", " ").split())


def apps_in(text: str) -> tuple[str, ...]:
    """The apps that a text names with commas between them, each once, in the order of labels."""
    apps = {APPS.label(name): name for name in map(normal_app, text.split(",")) if name}
    return tuple(apps[label] for label in sorted(apps))
