"""One marketplace for all flows of a module, and people to walk through it."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.flows.caller import Caller
from tests.e2e.flows.serving import Site, served

NewPerson = Callable[[str], str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served, empty marketplace with two worker processes."""
    with served(tmp_path_factory.mktemp("site"), "--workers", "2") as site:
        yield site


@pytest.fixture(scope="module")
def new_person(site: Site) -> NewPerson:
    """Make somebody whom nobody knows yet; return their user id."""
    numbers = itertools.count(1)

    def make(name: str) -> str:
        number = next(numbers)
        person = site.sandbox.add_person(
            first_name=name,
            last_name=f"Number{number}",
            email_address=[f"{name.lower()}{number}@example.com"],
        )
        return str(person["id"])

    return make


@pytest.fixture
def sign_in(site: Site, new_person: NewPerson) -> Callable[[str], Caller]:
    """Sign a new person in to the API."""
    return lambda name: Caller.sign_in(site, new_person(name))
