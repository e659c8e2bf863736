"""JSON Web Tokens, and which of them anybody may know."""

import base64
import binascii
import json

_DOTS = 2


def is_public(text: str) -> bool:
    """Tell whether `text` is a JSON Web Token that anybody may know."""
    return text.startswith("eyJ") and text.count(".") == _DOTS and not grants(text)


def grants(token: str) -> bool:
    """Tell whether a JSON Web Token has a header, and is not one that anybody may know.

    Supabase's `anon` key is published in web pages (supabase.com/docs/guides/api/api-keys), and the
    fingerprints that n8n leaves in templates have no audience, as its API keys do. An expired token
    is told like another one: a pure function has no clock.
    """
    header, payload = (_object(part) for part in token.split(".")[:2])
    fingerprint = payload.get("iss") == "n8n" and "aud" not in payload
    return "alg" in header and payload.get("role") != "anon" and not fingerprint


def _object(part: str) -> dict[str, object]:
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError, binascii.Error):
        return {}
    return value if isinstance(value, dict) else {}
