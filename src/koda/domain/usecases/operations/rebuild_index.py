"""Writing the catalogue's index anew."""

from collections.abc import Callable

from attrs import frozen

from koda.domain.search.builds import IndexBuild
from koda.ports.catalogue_cache import CatalogueCache
from koda.ports.index_builder import IndexBuilder

_AT_ONCE = 50
"""Automations of a step, which is short enough for others to write between two of them."""


def _always() -> bool:
    return True


def _silently(_: IndexBuild) -> None:
    """Tell nobody."""


@frozen(eq=False, repr=False)
class RebuildIndex:
    """Writes all entries of the catalogue's index anew, while the marketplace serves.

    An entry is what it was until its turn comes, so that nothing is missing meanwhile. What was cut
    off goes on where it was, whoever goes on.
    """

    builder: IndexBuilder
    cache: CatalogueCache

    def __call__(
        self,
        go_on: Callable[[], bool] = _always,
        told: Callable[[IndexBuild], None] = _silently,
    ) -> IndexBuild:
        """Write it anew until it is done, or as long as `go_on` says so; return how far it is.

        `told` hears of each step.

        Raises:
            Unavailable: the store is down; the steps before that are done.
        """
        build = self.builder.build().begun()
        while go_on():
            build = build.after(self.builder.step(build.place, _AT_ONCE))
            self.builder.keep(build)
            told(build)
            if build.target is None:
                self.cache.invalidate()
                break
        return build

    def if_due(self, go_on: Callable[[], bool] = _always) -> bool:
        """Do so if the labels are of another version, or if it was cut off; return whether it did.

        Raises:
            Unavailable: the store is down; the steps before that are done.
        """
        due = self.builder.build().due
        if due:
            self(go_on)
        return due
