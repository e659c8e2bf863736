"""What pages say of an error: fields as their forms name them, and no ids or codes."""

from collections.abc import Callable, Mapping
from typing import Any

from koda.domain.model.errors import (
    AlreadyExists,
    InvalidForm,
    InvalidValue,
    KodaError,
    NotFound,
    OrderInProgress,
    StaleWrite,
    TooMany,
    WrongState,
)

LABELS: Mapping[str, str] = {
    "title": "Title",
    "description": "Description",
    "platform": "Platform",
    "category": "Category",
    "price": "Price",
    "tags": "Tags",
    "artifact": "Workflow file",
    "preview": "Preview picture",
    "version": "Version",
    "notes": "What has changed",
    "country": "Your country",
    "q": "The search",
    "tag": "Tag",
    "sort": "The order",
    "min_price": "Lowest price",
    "max_price": "Highest price",
    "cursor": "The page",
    "automation_id": "This automation",
    "expected_total": "The total",
}
"""Fields by name, as the label beside the input has them; of what has no input, as one says it."""


def sentence_of(error: KodaError) -> str:
    """Return the sentence that tells a person what happened and what to do."""
    if isinstance(error, InvalidForm):
        return " ".join(sentence_of(problem) for problem in error.problems)
    if isinstance(error, InvalidValue):
        return fault_sentence(error.field, str(error.problem))
    return _OF_KIND.get(type(error), _message)(error)


def fault_sentence(name: str, problem: str) -> str:
    """Return a problem as a sentence of its own; a field without a label is not named."""
    words = f"{LABELS[name]} {problem}" if name in LABELS else capitalised(problem)
    return f"{words}."


def capitalised(text: str) -> str:
    """Return `text` with a capital letter to begin with, the rest as it is."""
    return text[:1].upper() + text[1:]


def _message(error: Any) -> str:
    return str(error)


def _seconds(count: int) -> str:
    return "a second" if count == 1 else f"{count} seconds"


_OF_KIND: Mapping[type[KodaError], Callable[[Any], str]] = {
    NotFound: lambda error: f"There is no such {error.kind}.",
    WrongState: lambda error: f"This {error.kind} is {error.state}; you cannot {error.step} it.",
    StaleWrite: lambda error: f"This {error.kind} was changed meanwhile; look again and retry.",
    AlreadyExists: lambda error: f"This {error.kind} exists already.",
    OrderInProgress: lambda _: "You are paying for this already; see the order.",
    TooMany: lambda error: f"That was too often; try again in {_seconds(error.retry_after)}.",
}
"""Errors whose own sentence names an id, an action or a variable."""
