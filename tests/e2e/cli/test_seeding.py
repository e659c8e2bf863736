from collections.abc import Iterator

import pytest

from koda.domain.model.sellers import Restricted, Seller
from koda.domain.search.catalogue import Search
from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.samples.catalogue import ADA, LINA, SAMPLES, SELLERS, SampleUser
from koda.entrypoints.samples.seeding import Seeding, acting
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container, make_container
from paysandbox.embedded import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with its own people."""
    with Sandbox.start(strict=True) as sandbox:
        yield sandbox


@pytest.fixture
def container(sandbox: Sandbox) -> Container:
    """A marketplace on the sandbox that keeps everything in memory."""
    settings = Settings(store="memory", files="memory", cache="memory")
    return make_container(leading_to(settings, sandbox))


def seller_of(container: Container, person: SampleUser) -> Seller:
    """The person as a seller."""
    seller = container.use_cases().view_seller(acting(person.id))
    assert seller is not None
    return seller


def test_samples_are_listed_by_sellers_who_can_be_paid(
    container: Container, sandbox: Sandbox
) -> None:
    """With pictures and the sellers' names."""
    made = Seeding(container, sandbox)()

    page = container.use_cases().browse_catalogue(Search(limit=100))
    assert made == len(SAMPLES)
    assert {entry.automation.listing.title for entry in page.entries} == {
        sample.title for sample in SAMPLES
    }
    assert {entry.seller_name for entry in page.entries} == {seller.name for seller in SELLERS}
    assert all(entry.automation.preview for entry in page.entries)
    assert all(seller_of(container, person).ready for person in SELLERS)


def test_seeding_again_leaves_things_as_they_are(container: Container, sandbox: Sandbox) -> None:
    """What was withdrawn stays so, a restricted seller stays restricted, nothing comes twice."""
    seeding = Seeding(container, sandbox)
    seeding()
    page = container.use_cases().view_listings(acting(LINA.id), limit=100)
    container.use_cases().withdraw_automation(acting(LINA.id), page.items[0].id)
    account = seller_of(container, ADA).account_id
    sandbox.restrict(account)
    container.use_cases().confirm_onboarding(ADA.id)

    assert seeding() == 0
    assert isinstance(seller_of(container, ADA).status, Restricted)
    assert (
        len(container.use_cases().browse_catalogue(Search(limit=100)).entries) == len(SAMPLES) - 1
    )
    sandbox.complete_onboarding(account)


def test_interrupted_seeding_goes_on(container: Container, sandbox: Sandbox) -> None:
    """What is missing is made at the next time."""
    seeding = Seeding(container, sandbox)
    seeding._know_people()
    seeding._seed(ADA)

    made = seeding()

    assert made == len([sample for sample in SAMPLES if sample.seller is not ADA])
