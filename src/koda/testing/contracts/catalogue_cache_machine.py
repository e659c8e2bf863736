"""A cache in front of the catalogue beside a dictionary."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from koda.domain.model.errors import Unavailable
from koda.ports.catalogue_cache import CatalogueCache
from koda.testing.contracts.catalogue_loads import Loader

KEYS = st.sampled_from(["a", "b", "c"])


class CacheMachine(RuleBasedStateMachine):
    """Compares a cache with a dictionary."""

    def __init__(self, cache: CatalogueCache) -> None:
        super().__init__()
        self.cache: CatalogueCache = cache
        self.expected: dict[str, bytes] = {}
        self.load: Loader = Loader()

    @rule(key=KEYS)
    def ask(self, key: str) -> None:
        """Ask, and compare the answer and whether it was loaded."""
        calls = self.load.calls
        answer = self.cache.get_or_load(key, self.load)
        assert self.load.calls == calls + (key not in self.expected)
        assert answer == self.expected.setdefault(key, answer)

    @rule(key=KEYS)
    def ask_while_the_store_is_down(self, key: str) -> None:
        """Ask with a load that fails: only what is kept is answered."""

        def fail() -> bytes:
            raise Unavailable("store")

        if key in self.expected:
            assert self.cache.get_or_load(key, fail) == self.expected[key]
        else:
            with pytest.raises(Unavailable):
                self.cache.get_or_load(key, fail)

    @rule()
    def invalidate(self) -> None:
        """Forget everything."""
        self.cache.invalidate()
        self.expected.clear()

    @rule(key=KEYS)
    def ask_during_a_change(self, key: str) -> None:
        """An answer that the store changes under is not kept, and neither is any other."""

        def load() -> bytes:
            self.cache.invalidate()
            return self.load()

        if key in self.expected:
            assert self.cache.get_or_load(key, load) == self.expected[key]
        else:
            self.cache.get_or_load(key, load)
            self.expected.clear()
