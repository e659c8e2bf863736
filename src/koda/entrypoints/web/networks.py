"""Networks of client addresses, which share their limits."""

from ipaddress import IPv4Address, IPv6Network, ip_address


def network_of(address: str) -> str:
    """Return whom an address belongs to: itself, or with IPv6 its /64, which one customer has.

    IPv4 written as IPv6 (`::ffff:192.0.2.1`, RFC 4291, 2.5.5.2) is IPv4. What is no address stands
    for itself.
    """
    try:
        numbers = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(numbers, IPv4Address):
        return str(numbers)
    mapped = numbers.ipv4_mapped
    return str(mapped) if mapped else str(IPv6Network((int(numbers), 64), strict=False))
