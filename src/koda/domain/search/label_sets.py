"""Sets of labels of which few are ever looked at."""

from collections.abc import Collection, Iterable, Iterator

from attrs import frozen


@frozen(repr=False)
class Labels(Collection[str]):
    """The labels of a listing as one text: a line each, in their order, between two line ends.

    It is quicker to read from a store than each label by itself, and to look for a beginning in. No
    label has a line end.
    """

    text: str

    def begun(self, beginning: str) -> bool:
        """Whether a label begins so."""
        return f"\n{beginning}" in self.text and "\n" not in beginning

    def beginning(self, text: str) -> Iterator[str]:
        """Yield the labels that begin with a text, which has no line end."""
        start = self.text.find(f"\n{text}") + 1
        while start and self.text.startswith(text, start):
            end = self.text.index("\n", start)
            yield self.text[start:end]
            start = end + 1

    def __contains__(self, label: object) -> bool:
        return f"\n{label}\n" in self.text and "\n" not in f"{label}"

    def __iter__(self) -> Iterator[str]:
        return iter(self.text.split("\n")[1:-1])

    def __len__(self) -> int:
        return self.text.count("\n") - 1

    def __repr__(self) -> str:
        return f"as_labels({list(self)})"


def as_labels(texts: Iterable[str]) -> Labels:
    """A set of labels, whatever had them before."""
    if isinstance(texts, Labels):
        return texts
    return Labels("\n".join(("", *sorted(texts), "")))
