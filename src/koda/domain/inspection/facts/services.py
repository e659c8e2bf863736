"""Well-known services by the hosts of their interfaces."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

from koda.domain.inspection.facts.data import data_of


def service_of(host: str) -> str | None:
    """Return the name of the service that a host belongs to, `OpenAI` of `api.openai.com`.

    A service is known by the end of its hosts: `hooks.slack.com` and `slack.com` are Slack's.
    None for a host that is not known.
    """
    services = _services()
    end = host.lower().rstrip(".")
    while end not in services and "." in end:
        end = end.partition(".")[2]
    return services.get(end)


@cache
def _services() -> Mapping[str, str]:
    ends = cast("Mapping[str, list[str]]", data_of("services"))
    return MappingProxyType({end: name for name, hosts in ends.items() for end in hosts})
