from typing import Any

import pytest
from attrs import asdict, frozen

from koda.domain.model.automations import Automation, Release
from koda.domain.model.events import DomainEvent, ListingRevised
from koda.domain.model.exactness import check_exact
from koda.domain.model.listings import Listing
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import Refused
from koda.testing.examples import NOON, a_listing, a_preview, a_release, a_ticket, an_automation


@frozen
class RatedListing(Listing):
    """A listing with a field that no store knows."""

    stars: int = 5


@frozen
class SignedRelease(Release):
    """A release with a field that no store knows."""

    signature: str = ""


@frozen
class CodedRefused(Refused):
    """One of a union, with a field that no store knows."""

    code: int = 0


@frozen
class RatedAutomation(Automation):
    """An automation with a field that no store knows."""

    stars: int = 5


@frozen(kw_only=True)
class PricedRevision(ListingRevised):
    """An event with a field that no store knows."""

    price: int = 0


def of(kind: Any, value: Any) -> Any:
    """The same value as one of the subclass `kind`."""
    return kind(**asdict(value, recurse=False))


def test_entities_as_they_are_declared_pass() -> None:
    """With and without what may be missing, and of unions."""
    _, (event,) = an_automation().revise(a_listing(), None, NOON)

    check_exact(an_automation())
    check_exact(an_automation(preview=a_preview()))
    check_exact(a_ticket(finding=Refused(sentence("must be another"))))
    check_exact(event, DomainEvent)
    check_exact("text")


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        (of(RatedAutomation, an_automation()), "must be Automation, not RatedAutomation"),
        (an_automation(listing=of(RatedListing, a_listing())), "must be Listing, not RatedListing"),
        (
            an_automation(releases=(a_release(), of(SignedRelease, a_release("1.1.0")))),
            "must be Release, not SignedRelease",
        ),
        (
            a_ticket(finding=of(CodedRefused, Refused(sentence("must be another")))),
            "must be CleanedArtifact or Refused or .* or Unchecked, not CodedRefused",
        ),
    ],
)
def test_an_unknown_subclass_is_refused(entity: object, words: str) -> None:
    """Of the entity itself, in a field, in a tuple and in a union; the refusal names it."""
    with pytest.raises(TypeError, match=words):
        check_exact(entity)


def test_an_unknown_event_is_refused() -> None:
    """A union names the only classes that its values may be of."""
    _, (event,) = an_automation().revise(a_listing(), None, NOON)

    with pytest.raises(TypeError, match="not PricedRevision"):
        check_exact(of(PricedRevision, event), DomainEvent)
