"""Labels of tags: by what they are found, and how sellers write them.

A tag is found whatever its case and width, with umlauts and with what stands for them. Where that
is not how it is written, a label more says so, behind a comma, which no tag has.
"""

from collections.abc import Iterable, Mapping

from koda.domain.search.words import name_spellings

TAG = "G:"
_WRITTEN = "W:"


def tag_label(tag: str) -> str:
    """The label of a listing with this tag, however its case, width and umlauts are written."""
    return f"{TAG}{name_spellings(tag)[0]}"


def tag_labels(tag: str) -> frozenset[str]:
    """All labels of a listing with this tag, which is a normal one: how it is written, too."""
    spellings = {*name_spellings(tag)}
    written = {f"{_WRITTEN}{spelling},{tag}" for spelling in spellings if spelling != tag}
    return frozenset({f"{TAG}{spelling}" for spelling in spellings} | written)


def written_label(label: str) -> str:
    """The beginning of the labels that say how tags are written of which this is the label."""
    return f"{_WRITTEN}{label.removeprefix(TAG)}"


def written_tags(tags: Mapping[str, int], written: Mapping[str, int]) -> dict[str, int]:
    """Tags as most of their listings write them, with the number of listings of each label.

    `tags` are the labels of tags with the number of their listings, `written` those that say how
    these are written. A tag is once among the answer, though it has several labels.
    """
    most: dict[str, tuple[int, str]] = {}
    for label, count in written.items():
        spelling, _, tag = label.removeprefix(_WRITTEN).rpartition(",")
        most[spelling] = max(most.get(spelling, (0, "")), (count, tag))
    counts: dict[str, int] = {}
    for label, count in tags.items():
        spelling = label.removeprefix(TAG)
        often, tag = most.get(spelling, (0, ""))
        text = tag if 2 * often >= count else spelling
        counts[text] = max(count, counts.get(text, 0))
    return counts


def tags_of(labels: Iterable[str]) -> Iterable[str]:
    """The tags of a listing that has these labels, as they are written."""
    tags = {label: 1 for label in labels if label[:2] == TAG}
    return written_tags(tags, {label: 1 for label in labels if label[:2] == _WRITTEN})
