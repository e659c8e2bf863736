"""What is written where something private stood: the same for the same, different for different."""

import re

from attrs import define, field

from koda.domain.model.sentences import Sentence

_WORDS = (
    ("private key", "PRIVATE_KEY"),
    ("API key", "API_KEY"),
    ("password", "PASSWORD"),
    ("oken", "TOKEN"),
)
"""What a secret is called by what it looks like."""
_UNNAMED = re.compile(r"[^A-Z0-9]+")


@define
class StandIns:
    """Gives stand-ins that a file does not have yet, numbered from the second of a form on.

    Two steps or keys of different names have different names afterwards.
    """

    _file: str
    _given: dict[tuple[str, str], str] = field(factory=dict)
    _numbers: dict[str, int] = field(factory=dict)

    def of(self, form: str, original: str) -> str:
        """The stand-in for `original`; `form` has `{}` where its number goes."""
        known = self._given.get((form, original))
        if known is None:
            known = self._given[form, original] = self._next(form)
        return known

    def _next(self, form: str) -> str:
        number = self._numbers.get(form)
        if number is None:
            number = self._highest(form)
        self._numbers[form] = number + 1
        return form.format(number + 1 if number else "")

    def _highest(self, form: str) -> int:
        """The highest number that the file has of a form; 0 if it has none of it."""
        before, after = map(re.escape, form.split("{}"))
        found = re.findall(rf"{before}(\d{{0,6}}){after}", self._file)
        return max((int(number or 1) for number in found), default=0)


def form_of(kind: Sentence) -> str:
    """The form of a placeholder for what looks like this: `YOUR_OPENAI_API_KEY{}`."""
    template = kind.template
    word = next((word for sign, word in _WORDS if sign in template), "SECRET")
    provider = _UNNAMED.sub("_", str(kind.data.get("provider", "")).upper()).strip("_")
    return f"YOUR_{provider}_{word}{{}}" if provider else f"YOUR_{word}{{}}"
