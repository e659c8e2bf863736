"""What lies in a store, read by its back door: a suite should not trust the store alone."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import attrs
import pytest

from koda.domain.model.money import Money
from koda.domain.model.timestamps import to_milliseconds
from koda.testing.contracts.stores import StoreContract

Store = TypeVar("Store")


class RawStore(Protocol):
    """The back door of a store: its documents as they lie there, read without the adapter."""

    def read(self, collection: str, identity: str) -> Mapping[str, object]:
        """Return the document of an id in `collection`, which is `orders` of the port `Orders`.

        Whatever the technology has beside texts, numbers, times, lists and mappings is turned into
        these.
        """


class DocumentContract(StoreContract[Store], Generic[Store]):
    """The part of a suite about documents, for a store of entities with an id.

    The fixture `raw` is optional: called with a store, it returns the `RawStore` of its data.
    """

    @pytest.fixture
    def raw(self) -> Callable[[Store], RawStore] | None:
        """Nobody looks in by the back door, unless this is overridden."""
        return None

    @abstractmethod
    def write_two(self, store: Store) -> Mapping[str, object]:
        """Add two entities, which differ in their ids; return them by id."""

    def test_document_holds_what_was_written(
        self, make: Callable[[], Store], raw: Callable[[Store], RawStore] | None
    ) -> None:
        """In exact numbers and UTC times, and nothing of another entity."""
        if raw is None:
            pytest.skip("there is no back door to this store")
        store = make()
        entities = self.write_two(store)

        for identity, entity in entities.items():
            document = raw(store).read(self.port.__name__.lower(), identity)
            assert_document(entity, document)
            assert not (entities.keys() - {identity}) & texts_of(document)


def assert_document(entity: object, document: Mapping[str, object]) -> None:
    """Every text, amount and time of an entity stands in its document, and no inexact number.

    An amount is its minor units, a whole number, beside its currency. A time is an aware UTC
    time, such a time in ISO 8601, or whole milliseconds since 1970.
    """
    known, stored = list(_leaves(entity)), list(_leaves(document))
    amounts = [leaf for leaf in known if isinstance(leaf, Money)]

    assert [leaf for leaf in stored if isinstance(leaf, float)] == []
    assert texts_of(entity) <= texts_of(document)
    assert {amount.minor for amount in amounts} <= {leaf for leaf in stored if type(leaf) is int}
    assert {amount.currency for amount in amounts} <= texts_of(document)
    times = {to_milliseconds(leaf) for leaf in known if isinstance(leaf, datetime)}
    assert times <= set(map(_milliseconds, stored))


def texts_of(value: object) -> set[str]:
    """The texts in an entity or a document, wherever they stand."""
    return {str(leaf) for leaf in _leaves(value) if isinstance(leaf, str) and leaf}


def _leaves(value: object) -> Iterator[object]:
    """What an entity or a document holds in the end: texts, numbers, amounts and times."""
    kind = type(value)
    if attrs.has(kind) and kind is not Money:
        parts = [getattr(value, field.name) for field in attrs.fields(kind)]
    elif isinstance(value, Mapping):
        parts = list(value.values())
    elif isinstance(value, tuple | list | set | frozenset):
        parts = list(value)
    else:
        yield value
        return
    for part in parts:
        yield from _leaves(part)


def _milliseconds(leaf: object) -> int | None:
    """The time that a part of a document tells, in milliseconds since 1970."""
    if isinstance(leaf, str):
        try:
            leaf = datetime.fromisoformat(leaf)
        except ValueError:
            return None
    if isinstance(leaf, datetime):
        return to_milliseconds(leaf) if leaf.utcoffset() == timedelta(0) else None
    return leaf if type(leaf) is int else None
