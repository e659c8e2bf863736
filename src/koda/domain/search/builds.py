"""How far the catalogue's index was written anew."""

from attrs import evolve, field, frozen

from koda.domain.model.validation import integer, text

LABELS_VERSION = 1
"""Which labels a listing has. It goes up with every change of them, so that stores follow."""
_LONGEST_PLACE = 500
_MOST = 2**31 - 1


@frozen
class BuildStep:
    """A part of the index that was written anew.

    `place` is where the next part begins; of the last part it is missing. `listings` counts the
    automations of the part, for sale or not.
    """

    place: str | None
    listings: int


@frozen
class IndexBuild:
    """What the labels in the index are, and how far they are written anew.

    All entries have labels of `version`, or of a later one. While they are written anew, they are
    on their way to the version `target`, from `place` on, which the store understands; `listings`
    automations were looked at.
    """

    version: int = field(default=1, validator=integer(1, _MOST))
    target: int | None = None
    place: str = field(default="", validator=text(0, _LONGEST_PLACE))
    listings: int = field(default=0, validator=integer(0, _MOST))

    @property
    def due(self) -> bool:
        """Whether something is left to be written anew."""
        return self.version != LABELS_VERSION or self.target is not None

    def begun(self) -> "IndexBuild":
        """On its way to this version's labels: where it was cut off, or else from the start."""
        if self.target == LABELS_VERSION:
            return self
        return IndexBuild(self.version, LABELS_VERSION)

    def after(self, step: BuildStep) -> "IndexBuild":
        """As far as it is after a step: done, if that was the last one."""
        listings = self.listings + step.listings
        if step.place is None:
            return IndexBuild(self.target or self.version, listings=listings)
        return evolve(self, place=step.place, listings=listings)
