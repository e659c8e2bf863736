"""What was taken out of a workflow file before it is sold, and why."""

from typing import Any

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.validation import integer, text

LONGEST_PATH = 500
"""Characters that say where in a file something is."""
MOST_CHANGES = 100
"""How many changes of a file are told one by one."""
LONGEST_SHOWN = 80
"""Characters of what stood in a place, and of what stands there now."""
_MOST = 10_000_000


@frozen
class Change:
    """A place of a file where something was taken out.

    `kind` is a clause such as "is an e-mail address"; `path` says where, as that of a
    `SecretFinding` does. `before` is what stood there, masked if it looks like a secret, and
    `after` what stands there now; both are cut, and empty where nothing can be shown.
    """

    kind: Sentence
    path: str = field(validator=text(1, LONGEST_PATH))
    before: str = field(validator=text(0, LONGEST_SHOWN))
    after: str = field(validator=text(0, LONGEST_SHOWN))


@frozen
class Redaction:
    """A file that may be sold, and the first hundred of the `total` changes that made it so.

    Without a change `content` is the file as it was.
    """

    content: bytes = field(repr=False)
    changes: tuple[Change, ...] = field(default=())
    total: int = field(default=0, validator=integer(0, _MOST))

    @changes.validator
    def _check_changes(self, _: "Attribute[Any]", changes: Any) -> None:
        if type(changes) is not tuple or len(changes) > MOST_CHANGES:
            raise InvalidValue("changes", sentence("must be at most {most}", most=MOST_CHANGES))

    @total.validator
    def _check_total(self, _: "Attribute[Any]", total: int) -> None:
        if total < len(self.changes):
            raise InvalidValue("total", sentence("must be at least the changes that are told"))
