"""Reports of real shape: what 2,352 published templates of n8n work with, and need."""

import random
from itertools import accumulate

from attrs import frozen

from benchmarks.made_listings import Listings
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import (
    Compatibility,
    InspectionReport,
    Uses,
    Verdict,
    WorkflowReport,
)

_APPS = 320
_NAMED_FROM = 1000
"""The rank of the first word that is part of an app's name."""
_NUMBER_OF_APPS = (9, 25, 27, 20, 11, 5, 3)
"""In 100 templates so many have none, one, two and so on."""
_OF_AI, _WITH_CODE = 0.69, 0.48
_SETUP = (7, 8, 11, 12, 12, 11, 8, 6, 5, 4, 3, 2, 11)
"""In 100 templates so many have no step to set up, one, two and so on."""
_OUTCOMES = {
    1: (84, 13, 3),
    2: (76, 23, 1),
    3: (59, 33, 8),
}
"""In 100 templates so many run on a version of n8n, run with changes, or do not run."""


@frozen
class Reports:
    """Reports on files that work with apps of these names, some far more often than others."""

    apps: tuple[str, ...]
    shares: tuple[float, ...]

    @classmethod
    def of(cls, listings: Listings) -> "Reports":
        """Those whose apps are called by words of the vocabulary."""
        words = listings.words[_NAMED_FROM : _NAMED_FROM + 2 * _APPS]
        pairs = zip(words[::2], words[1::2], strict=True)
        names = tuple(f"{first} {second}".title() for first, second in pairs)
        return cls(names, tuple(accumulate(1 / (rank + 2.7) for rank in range(len(names)))))

    def drawn(self, chance: random.Random) -> InspectionReport:
        """A report."""
        number = _of(chance, _NUMBER_OF_APPS)
        names = dict.fromkeys(chance.choices(self.apps, cum_weights=self.shares, k=number))
        workflow = WorkflowReport(
            10,
            apps=tuple(Uses(name, 1) for name in names),
            ai=int(chance.random() < _OF_AI),
            effects=(Uses("code", 1),) if chance.random() < _WITH_CODE else (),
            configure=_of(chance, _SETUP),
            verdicts=tuple(
                Verdict(major, list(Compatibility)[_of(chance, weights)])
                for major, weights in _OUTCOMES.items()
            ),
        )
        return InspectionReport(file_format=FileFormat.N8N, workflow=workflow)


def _of(chance: random.Random, weights: tuple[int, ...]) -> int:
    return chance.choices(range(len(weights)), weights)[0]
