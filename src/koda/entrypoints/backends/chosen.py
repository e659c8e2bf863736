"""What follows of the rooms that settings choose: whether they can start, and what they share."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from koda.entrypoints.backends.registry import chosen, distinct, rooms
from koda.entrypoints.backends.room import PaymentsRoom, SigningSecrets
from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.entrypoints.settings.faults import refuse
from koda.entrypoints.settings.settings import Settings

_TO_BE_SHARED = ("store", "files", "cache", "payments", "identity")
"""The settings that must choose what is shared, for several processes to be one marketplace."""


def check(settings: Settings) -> Settings:
    """Return the settings if a marketplace can start with them.

    Raises:
        InvalidValue: names the first variable that is wrong, missing or does not fit another.
    """
    settings.check_site()
    for room in sorted(distinct(chosen(settings).values()), key=rooms().index):
        refuse(room.faults(settings))
    return settings


def check_policy(settings: Settings) -> None:
    """Refuse a currency or a price that the payment provider would never charge.

    Raises:
        InvalidValue: names the variable of the policy to change.
        MissingLibrary: the provider's library is not installed.
    """
    provider = cast("type[PaymentsRoom]", chosen(settings)["payments"])
    provider.check_policy(settings.policy)


def is_shared(settings: Settings) -> bool:
    """Whether several processes that have these settings are one marketplace."""
    return not unshared(settings)


def unshared(settings: Settings) -> tuple[str, ...]:
    """Return those settings that each process has for itself, and that should be shared."""
    choice = chosen(settings)
    return tuple(slot for slot in _TO_BE_SHARED if not choice[slot].shared)


def folders(settings: Settings) -> tuple[Path, ...]:
    """Return the directories of this machine in which data lies, each once, in order."""
    return tuple(
        sorted({path for room in chosen(settings).values() for path in room.folders(settings)})
    )


def signing_secrets(settings: Settings) -> Mapping[WebhookEndpoint, SigningSecrets]:
    """Return the endpoints whose messages are signed with secrets out of the settings."""
    return {
        endpoint: secrets
        for room in distinct(chosen(settings).values())
        for endpoint, secrets in room.signing_secrets(settings).items()
    }


def webhook_endpoints(settings: Settings) -> tuple[str, ...]:
    """Return the endpoints that take messages: all but those whose signing secrets are unknown."""
    secrets = signing_secrets(settings)
    return tuple(
        endpoint.value
        for endpoint in WebhookEndpoint
        if endpoint not in secrets or secrets[endpoint].known
    )
