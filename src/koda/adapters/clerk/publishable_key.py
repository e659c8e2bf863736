"""The key by which pages tell an instance of Clerk.

https://clerk.com/docs/guides/how-clerk-works/overview
"""

import base64
import binascii
import re

from attrs import frozen

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim

LIVE, TEST = "pk_live_", "pk_test_"

_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{1,5})?")


@frozen
class PublishableKey:
    """What a publishable key says, which is no secret.

    Args:
        text: the key as Clerk's dashboard shows it.
        host: of the instance's Frontend API, with its port if it has one.
        live: whether it is a production instance, not one for development.
    """

    text: str
    host: str
    live: bool

    @classmethod
    def parse(cls, text: str) -> "PublishableKey":
        """Read a key: `pk_live_` or `pk_test_`, then the host and a `$` in base64.

        Raises:
            InvalidValue: it is none.
        """
        encoded = text.removeprefix(LIVE).removeprefix(TEST)
        try:
            host = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode()
        except (binascii.Error, ValueError) as problem:
            raise InvalidValue("publishable_key", verbatim(_ADVICE)) from problem
        if not text.startswith((LIVE, TEST)) or not _HOST.fullmatch(host.removesuffix("$")):
            raise InvalidValue("publishable_key", verbatim(_ADVICE))
        return cls(text, host.removesuffix("$"), text.startswith(LIVE))


_ADVICE = "must begin with pk_live_ or pk_test_, as Clerk's dashboard shows it"
