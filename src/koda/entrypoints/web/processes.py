"""What the parent process of the web server and its workers agree on."""

import socket

FINISH_WITHIN = 10.0
"""Seconds that a request may go on once the server stops."""


def family_of(address: str) -> socket.AddressFamily:
    """Return the address family, IPv4 or IPv6, of a numeric address."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET
