"""Texts of a known form: e-mail addresses and currencies."""

import re

from attrs import frozen

from paysandbox.currencies import check_currency
from paysandbox.errors import ApiError
from paysandbox.forms import Tree
from paysandbox.params import Text

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def is_email(text: str) -> bool:
    """Whether a text has the form of an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


@frozen
class Email:
    """An e-mail address of at most 800 characters."""

    def read(self, value: str | Tree, name: str) -> str:
        """The address."""
        text = Text(800).read(value, name) or ""
        if not is_email(text):
            message = f"Invalid email address: {text}"
            raise ApiError(message, code="email_invalid", param=name)
        return text


@frozen
class Currency:
    """A currency, in three letters."""

    def read(self, value: str | Tree, name: str) -> str:
        """The currency in lower case."""
        return check_currency(Text().read(value, name) or "", name)
