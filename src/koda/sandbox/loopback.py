"""Whether a name leads to this machine, as the sandbox may be reached by no other."""

from contextlib import suppress
from ipaddress import IPv6Address, ip_address


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
