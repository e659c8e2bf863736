"""Whether a name leads to this machine, as the sandbox may be reached by no other."""

import re
from contextlib import suppress
from ipaddress import IPv6Address, ip_address

_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9.-]+))(?::[0-9]{1,5})?")


def names_loopback(header: str) -> bool:
    """Whether a `Host` header names the machine itself, with or without a port, and nothing else.

    A page elsewhere whose name was made to lead here (DNS rebinding) sends its own name.
    """
    host = _HOST.fullmatch(header)
    return host is not None and is_loopback(host["v6"] or host["name"])


def is_loopback(host: str | None) -> bool:
    """Whether a host's name or address leads to the machine itself (127.0.0.0/8, ::1, localhost).

    A name other than `localhost` does not, whatever it is resolved to now.
    """
    if not host:
        return False
    with suppress(ValueError):
        address = ip_address(host)
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return (mapped or address).is_loopback
    return host.lower() == "localhost"
