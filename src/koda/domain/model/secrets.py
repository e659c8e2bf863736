"""What looks like a secret in a workflow file, told without telling the secret."""

from typing import Any

from attrs import Attribute, field, frozen

from koda.domain.model.redactions import LONGEST_PATH
from koda.domain.model.sentences import Sentence
from koda.domain.model.validation import check_text

MOST_FINDINGS = 100
"""How many findings of a file are told: whoever mends these looks again."""
LONGEST_MASKED = 20
"""Characters."""
_SHOWN = 4
_SHARE = 8
"""Of a secret at most an eighth is shown at each end."""


@frozen
class SecretFinding:
    """A place of a file with what looks like a secret.

    `kind` is a clause such as "looks like an API key of OpenAI"; `path` says where, step by
    step from `nodes[3] "HTTP Request"` to the name of a field, or as `line 12`; `masked` shows the
    first and last few characters, never enough to use.
    """

    kind: Sentence
    path: str = field()
    masked: str = field()

    @path.validator
    def _check_path(self, _: "Attribute[Any]", path: Any) -> None:
        check_text("path", path, 1, LONGEST_PATH)

    @masked.validator
    def _check_masked(self, _: "Attribute[Any]", masked: Any) -> None:
        check_text("masked", masked, 1, LONGEST_MASKED)


def masked(secret: str) -> str:
    """Show at most four characters of each end of `secret`, and a quarter of it in all."""
    shown = min(_SHOWN, len(secret) // _SHARE)
    ends = f"{secret[:shown]}…{secret[len(secret) - shown :]}"
    return "".join(letter if letter.isprintable() else "?" for letter in ends)
