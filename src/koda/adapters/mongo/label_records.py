"""What is kept of the catalogue's index beside its entries."""

from attrs import frozen

from koda.domain.search.builds import IndexBuild


@frozen
class LabelRecord:
    """In how many entries a label is, and the forms by which a word is found that was mistyped.

    A label that is no word has no forms. One that is in no entry any more is kept with none.
    `begun` and `ended` tell how many writes of entries changed the count, or are about to.
    """

    label: str
    entries: int = 0
    begun: int = 0
    ended: int = 0
    forms: tuple[int, ...] = ()


@frozen
class BuildRecord:
    """How far an index was written anew."""

    index: str
    build: IndexBuild
