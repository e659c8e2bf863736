"""Handling the identity provider's webhooks."""

from collections.abc import Mapping

from attrs import frozen

from koda.domain.model.people import PersonChanged, PersonEvent, PersonRemoved
from koda.ports.people import People
from koda.ports.people_webhooks import PeopleWebhooks


@frozen(eq=False, repr=False)
class FollowPeople:
    """Keeps what is known of users in step with the provider's messages.

    They may come in any order and any number of times: news carry their time, older news change
    nothing, and a removal stays known.
    """

    verifier: PeopleWebhooks
    people: People

    def __call__(self, payload: bytes, headers: Mapping[str, str]) -> PersonEvent:
        """Handle a message and return it.

        Raises:
            Unverified: the message does not prove its sender, or cannot be read.
            Unavailable: nothing was kept; the provider must send again.
        """
        event = self.verifier.verify(payload, headers)
        if isinstance(event, PersonChanged):
            self.people.put(event.person)
        elif isinstance(event, PersonRemoved):
            self.people.remove(event.user_id, event.at)
        return event
