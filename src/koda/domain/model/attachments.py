"""Content-Disposition: the name under which a file is saved."""

import re


def attachment(name: str) -> str:
    """Return the `Content-Disposition` that saves a file under `name`, in every browser.

    The plain form (RFC 6266) has ASCII letters only; the other one (RFC 8187) carries the name as
    it is. Whatever the name holds, the result is printable ASCII, so that no line of a header ends
    in it and any store takes it.
    """
    # With it come the addresses of the internet and more: an import of the domain does without it.
    from urllib.parse import quote  # noqa: PLC0415

    plain = re.sub(r"[^A-Za-z0-9 ._()\[\]-]", "_", name)
    encoded = quote(name, safe="", errors="replace")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
