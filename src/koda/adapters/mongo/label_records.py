"""What is kept of the catalogue's index beside its entries."""

from attrs import frozen

from koda.domain.search.builds import IndexBuild


@frozen
class LabelRecord:
    """In how many entries a label is, and the forms by which a word is found that was mistyped.

    A label that is no word has no forms. One that is in no entry any more is kept with none.
    """

    label: str
    entries: int
    forms: tuple[int, ...] = ()


@frozen
class BuildRecord:
    """How far an index was written anew."""

    index: str
    build: IndexBuild
