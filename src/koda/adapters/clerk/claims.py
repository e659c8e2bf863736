"""What a session token says, and whether that may be believed.

https://clerk.com/docs/guides/sessions/session-tokens (version 2)
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.sentences import sentence

_LEEWAY = 5
"""Seconds by which clocks may differ."""
USER = re.compile(r"user_[A-Za-z0-9_]{1,100}", re.ASCII)
SESSION = re.compile(r"sess_[A-Za-z0-9_]{1,100}", re.ASCII)

Claims = Mapping[str, Any]


def check_times(claims: Claims, now: datetime) -> None:
    """Refuse a token that has run out, or is not yet good."""
    seconds = now.timestamp()
    if _seconds(claims, "exp") <= seconds - _LEEWAY:
        raise NotAuthenticated(sentence("the session token has expired"))
    if max(_seconds(claims, "nbf"), _seconds(claims, "iat")) > seconds + _LEEWAY:
        raise NotAuthenticated(sentence("the session token is not valid yet"))


def _seconds(claims: Claims, name: str) -> int:
    value = claims.get(name)
    if type(value) is not int:
        raise NotAuthenticated(sentence("the session token has no {name}", name=name))
    return value


def check_expiry(claims: Claims, now: datetime) -> None:
    """Refuse what has run out; where nothing says when, it does not."""
    if "exp" in claims and _seconds(claims, "exp") <= now.timestamp() - _LEEWAY:
        raise NotAuthenticated(sentence("the answer has expired"))


def check_sign_in(claims: Claims, signed_in_at: int | None) -> None:
    """Refuse a token of before `signed_in_at`, when somebody last signed in with the browser.

    Clerk notes that moment in the cookie `__client_uat`, which is 0 once nobody is signed in.
    """
    if signed_in_at is None:
        return
    if not signed_in_at or _seconds(claims, "iat") < signed_in_at:
        raise NotAuthenticated(sentence("the session is over"))


def check_source(claims: Claims, issuer: str, parties: Collection[str], *, required: bool) -> None:
    """Refuse a token of another instance, or one made for another site.

    Clerk leaves the site (`azp`) out where the browser told no origin; such a token is refused if
    `required`, provided that any `parties` are named at all.
    """
    if claims.get("iss") != issuer:
        raise NotAuthenticated(sentence("the session token is of another issuer"))
    if not parties:
        return
    site = claims.get("azp")
    if site is None and not required:
        return
    if not isinstance(site, str) or site not in parties:
        raise NotAuthenticated(sentence("the session token was made for another site"))


def check_state(claims: Claims) -> None:
    """Refuse a session that is not finished, and claims that are not what Clerk makes."""
    if claims.get("sts", "active") != "active":
        raise NotAuthenticated(sentence("sign-in is not finished"))
    if not isinstance(claims.get("o", {}), dict) or not isinstance(claims.get("fea", ""), str):
        raise NotAuthenticated(sentence("the session token cannot be read"))


def text_of(claims: Claims, name: str, pattern: re.Pattern[str]) -> str:
    """The claim `name`, which must be an id that `pattern` matches."""
    value = claims.get(name)
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise NotAuthenticated(
            sentence("the session token has no {name} of a person's session", name=name)
        )
    return value


def impersonator_of(claims: Claims) -> str | None:
    """Who acts in the person's name, if anybody does."""
    actor = claims.get("act")
    if actor is None:
        return None
    return text_of(actor if isinstance(actor, dict) else {}, "sub", USER)
