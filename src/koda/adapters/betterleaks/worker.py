"""What the process of the scanner runs; it imports nothing else of Koda's.

It reads texts from its standard input, and answers on its standard output what Betterleaks tells of
each: both as a length of four bytes and so many more, until its input ends.
"""

import faulthandler
import json
import os
import sys
from typing import BinaryIO

import betterleaks

LENGTH = 4
"""Bytes that say how many follow."""
_ENDS_AFTER = 10
"""Seconds for a text: whoever started this process ends it long before, unless they are gone."""


def main() -> None:
    """Look at a first text, which takes longer, and say so; then answer until there are no more."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # so that nothing a library prints stands between answers
        text: bytes | None = b""
        while text is not None:
            write(answers, _told(text))
            text = read(sys.stdin.buffer)


def _told(text: bytes) -> bytes:
    faulthandler.dump_traceback_later(_ENDS_AFTER, exit=True)
    findings = betterleaks.scan_string(text.decode("ascii"))
    faulthandler.cancel_dump_traceback_later()
    places = [(finding, finding.location) for finding in findings]
    return json.dumps(
        [
            (of.rule_id, of.secret, at.start_line, at.start_column, at.end_line, at.end_column)
            for of, at in places
        ]
    ).encode()


def read(stream: BinaryIO) -> bytes | None:
    """Return the next text of a stream, or None where it ends."""
    length = stream.read(LENGTH)
    size = int.from_bytes(length)
    text = stream.read(size)
    return text if len(length) == LENGTH and len(text) == size else None


def write(stream: BinaryIO, text: bytes) -> None:
    """Write a text to a stream."""
    stream.write(len(text).to_bytes(LENGTH) + text)
    stream.flush()


if __name__ == "__main__":
    main()
