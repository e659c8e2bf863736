import pytest

from koda.entrypoints.web.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_network_of_an_address(address: str, network: str) -> None:
    """One for all addresses that one customer of a provider may have."""
    assert network_of(address) == network
