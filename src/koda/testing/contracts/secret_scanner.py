"""What every adapter of `SecretScanner` does, and what one does that looks at texts."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.scans import NamedText, NotScanned, Scan
from koda.ports.secret_scanner import SecretScanner
from koda.testing.contracts.running import EXAMPLES, at_once

_Make = Callable[[], SecretScanner]

_WORDS = "Ask the shop for what was ordered since yesterday. "
_LONG = _WORDS * 40_000
"""2 MB of prose."""
_ODD = "a\0b\x1b[0m \ud800 \u2028\r\n\t\U0001f511 "
"""A NUL, an escape, a lone surrogate, several ends of lines, and what takes four bytes."""


class SecretScannerContract:
    """Subclass it and override the fixture `make`, which returns what makes an adapter."""

    @EXAMPLES
    @given(
        texts=st.lists(st.builds(NamedText, st.text(st.characters()), st.text(max_size=9))),
        odd=st.sampled_from(["", _ODD, "\n" * 50]),
    )
    def test_any_texts_are_answered(self, make: _Make, texts: list[NamedText], odd: str) -> None:
        """Nothing is raised, and whatever is suspected lies in its text."""
        told = [*texts, NamedText(odd, odd)]

        answer = make().scan(told)

        if isinstance(answer, Scan):
            assert all(of.end <= len(told[of.index].text) for of in answer.suspicions)


class LookingScannerContract(SecretScannerContract):
    """For an adapter that looks at texts: `secret` is what it must suspect, wherever it stands."""

    def test_prose_is_not_suspected(self, make: _Make) -> None:
        """Nor is a file without any text."""
        assert make().scan([NamedText(_WORDS, "notes"), NamedText("7", "id")]) == Scan()
        assert make().scan([]) == Scan()

    @pytest.mark.parametrize("before", ["", _WORDS, f"{_WORDS}\n\n  key:\n", _ODD], ids=len)
    def test_a_secret_is_suspected_where_it_stands(
        self, make: _Make, secret: str, before: str
    ) -> None:
        """In its own text, from its first character to its last."""
        texts = [NamedText(_ODD), NamedText(f"{before}{secret}\n{_WORDS}", "notes"), NamedText("7")]

        answer = make().scan(texts)

        assert isinstance(answer, Scan)
        [suspicion] = answer.suspicions
        assert (suspicion.index, suspicion.start) == (1, len(before))
        assert texts[1].text[suspicion.start : suspicion.end] == secret
        assert not suspicion.by_name
        assert secret not in str(suspicion.kind)

    def test_texts_are_looked_at_one_by_one(self, make: _Make, secret: str) -> None:
        """A secret in each of two is told twice; halves of one in two texts are none."""
        half = len(secret) // 2
        twice = make().scan([NamedText(secret), NamedText(f"See {secret}")])
        halves = make().scan([NamedText(secret[:half]), NamedText(secret[half:])])

        assert isinstance(twice, Scan)
        assert [(of.index, of.start) for of in twice.suspicions] == [(0, 0), (1, 4)]
        assert halves == Scan()

    def test_the_end_of_a_long_file_is_looked_at_or_told_to_be_left_out(
        self, make: _Make, secret: str
    ) -> None:
        """Nobody takes a part for the whole."""
        answer = make().scan([NamedText(_LONG), NamedText(f"See {secret}")])

        assert isinstance(answer, NotScanned) or not answer.whole or len(answer.suspicions) == 1

    def test_threads_are_answered(self, make: _Make, secret: str) -> None:
        """Each of them, about its own texts."""
        scanner = make()
        answers = at_once(
            [
                lambda: scanner.scan([NamedText(f"{_WORDS}{secret}")]),
                lambda: scanner.scan([NamedText(_WORDS)]),
                lambda: scanner.scan([NamedText(_WORDS), NamedText(secret)]),
            ]
        )

        told = [[of.index for of in getattr(answer, "suspicions", [7])] for answer in answers]
        assert told == [[0], [], [1]]
