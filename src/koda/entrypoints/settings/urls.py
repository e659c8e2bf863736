"""Addresses in settings: whether they are any, and their origins."""

from urllib.parse import urlsplit


def bare(url: str) -> str:
    """Return `url` without slashes at its end."""
    return url.rstrip("/")


def origin(url: str) -> str:
    """Return the scheme, host and port of `url`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_address(url: str) -> bool:
    """Whether `url` is of a host by http or https, without user, query or fragment."""
    try:
        parts = urlsplit(url)
        plain = not (parts.query or parts.fragment or parts.username)
        whole = bool(parts.hostname) and parts.port != 0 and not any(map(str.isspace, url))
        return parts.scheme in {"http", "https"} and whole and plain
    except ValueError:
        return False
