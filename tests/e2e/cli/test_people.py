from collections.abc import Iterator

import pytest

from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials
from koda.domain.model.roles import Role
from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.samples.catalogue import ADA, ADMIN, BUYER
from koda.entrypoints.samples.seeding import acting
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.sample_people import SamplePeople
from paysandbox.embedded import Sandbox


@pytest.fixture
def container() -> Iterator[Container]:
    """A marketplace on a sandbox of its own."""
    settings = Settings(store="memory", files="memory", cache="memory")
    with Sandbox.start(strict=True) as sandbox:
        yield make_container(leading_to(settings, sandbox))


@pytest.fixture
def people(container: Container) -> SamplePeople:
    """The people of its sandbox."""
    people = container.sample_people()
    assert people is not None
    return people


def test_everybody_is_offered_with_what_they_do(container: Container, people: SamplePeople) -> None:
    """Sellers, buyers and the admin, told apart by what the marketplace knows of them."""
    container.use_cases().onboard_seller(acting(ADA.id), "DE")

    about = {person.name: person.about for person in people.all()}

    assert about[ADA.name] == "sells automations"
    assert about[BUYER.name] == "buys automations"
    assert about[ADMIN.name] == "looks after the marketplace"


def test_who_signs_in_is_known_by_name(container: Container, people: SamplePeople) -> None:
    """The token holds, and the marketplace has the person's name from then on."""
    token = people.sign_in(ADMIN.id)

    principal = container.identity().authenticate(Credentials(cookie=token))
    assert principal.user_id == ADMIN.id
    assert principal.roles == {Role.ADMIN}
    assert container.people().some([ADMIN.id])[ADMIN.id].name == ADMIN.name


def test_nobody_signs_in_as_somebody_unknown(people: SamplePeople) -> None:
    """There is no such person."""
    with pytest.raises(NotFound):
        people.sign_in(UserId("user_nobody"))
