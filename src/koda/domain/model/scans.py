"""What another program says of the texts of a file that it looks through for secrets."""

from enum import StrEnum
from typing import Any

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import Sentence, sentence


class Scanned(StrEnum):
    """Whether another program than Koda looked through a file for secrets."""

    WHOLE = "scanned"
    PARTLY = "scanned in part"
    """Only its beginning, since the file is long."""
    NOT = "not scanned"
    """Nobody was asked, or nobody answered; it does not say that there are none."""


@frozen
class NamedText:
    """A text of a file, and the name that it goes by there, such as its key; or none."""

    text: str
    name: str = ""


@frozen
class Suspicion:
    """A part of a text that looks like a secret: of which text, and from where to where.

    `kind` is a clause such as "looks like an API key of OpenAI". It is suspected `by_name` if it
    tells nobody anything without the name of its text.
    """

    index: int
    start: int
    end: int = field()
    kind: Sentence
    by_name: bool = False

    @end.validator
    def _check_end(self, _: "Attribute[Any]", end: int) -> None:
        if not 0 <= self.start < end:
            raise InvalidValue("end", sentence("must be after the start"))


@frozen
class Scan:
    """What looks like a secret in the texts of a file, in their order.

    Only the first of the texts were looked through unless it is of the `whole`.
    """

    suspicions: tuple[Suspicion, ...] = ()
    whole: bool = True

    @property
    def scanned(self) -> Scanned:
        """How much was looked through."""
        return Scanned.WHOLE if self.whole else Scanned.PARTLY


@frozen
class NotScanned:
    """Nobody looked through the texts; `reason` says why, in words for operators."""

    reason: Sentence

    @property
    def scanned(self) -> Scanned:
        """Nothing was looked through."""
        return Scanned.NOT
