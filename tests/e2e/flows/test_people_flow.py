"""A person who changes and goes at the identity provider, as the site sees it."""

import random

import requests

from tests.e2e.flows.caller import TIMEOUT, Caller
from tests.e2e.flows.conftest import NewPerson
from tests.e2e.flows.serving import Site


def page(caller: Caller, path: str) -> requests.Response:
    """A page as the caller's browser gets it."""
    cookie = {"Cookie": f"__session={caller.token}"}
    return requests.get(caller.site.url + path, headers=cookie, timeout=TIMEOUT)


def backend(site: Site, method: str, user: str, body: object = None) -> requests.Response:
    """Call the identity provider's own API about a user."""
    return requests.request(
        method,
        f"{site.sandbox.clerk_url}/v1/users/{user}",
        headers={"Authorization": f"Bearer {site.sandbox.clerk_secret_key}"},
        json=body,
        timeout=TIMEOUT,
    )


def test_a_changed_name_reaches_the_site(site: Site, new_person: NewPerson) -> None:
    """As soon as the message is there, every process greets by it."""
    user = new_person("Zoe")
    caller = Caller.sign_in(site, user)
    before = page(caller, "/")

    assert backend(site, "PATCH", user, {"first_name": "Žofie", "last_name": "Lind"}).ok
    site.sandbox.webhooks.drain()

    assert "Zoe Number" in before.text
    for _ in range(6):
        assert "Žofie Lind" in page(caller, "/").text


def test_a_deleted_person_is_refused(site: Site, new_person: NewPerson) -> None:
    """Their token is good for hours to come; pages and API refuse it."""
    user = new_person("Zoe")
    caller = Caller.sign_in(site, user)
    assert page(caller, "/library").status_code == 200
    caller.done("GET", "/library")

    assert backend(site, "DELETE", user).ok
    site.sandbox.webhooks.drain()

    for _ in range(6):
        assert page(caller, "/library").status_code == 401
        assert caller.refused("GET", "/library") == (401, "not_authenticated")


def test_messages_in_any_order_end_the_same(site: Site, new_person: NewPerson) -> None:
    """Duplicated, shuffled, and sent again by many at once when all is over."""
    site.sandbox.webhooks.hold()
    users = [new_person(name) for name in ("Abe", "Bea", "Cyd")]
    callers = [Caller.sign_in(site, user) for user in users]
    for user in users:
        backend(site, "PATCH", user, {"first_name": "Later"})
    for user in users[1:]:
        backend(site, "DELETE", user)
    events = [message["id"] for message in site.sandbox.webhooks.pending()]
    random.Random(3).shuffle(events)  # noqa: S311 - a repeatable order, not a secret

    answers = [
        status
        for event in events
        for status in site.sandbox.webhooks.deliver(event, times=3, concurrently=True)
    ]
    site.sandbox.webhooks.release("reverse")
    site.sandbox.webhooks.drain()

    assert set(answers) == {200}
    assert "Later Number" in page(callers[0], "/").text
    assert [caller.call("GET", "/library").status_code for caller in callers] == [200, 401, 401]
