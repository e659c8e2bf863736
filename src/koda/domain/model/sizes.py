"""Sizes of files, as a person reads them."""

from attrs import frozen

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE
ARTIFACT_CEILING = 50 * MEBIBYTE
"""Bytes of an uploaded file, whatever the settings say."""


def in_units(count: int) -> str:
    """Write a number of bytes in the largest unit that fits: `5 MiB`, `47 KiB`, `1 byte`.

    It is rounded down, so that what is said of a limit is never more than the limit.
    """
    if count >= MEBIBYTE:
        tenths = count * 10 // MEBIBYTE
        return f"{tenths / 10:.1f}".removesuffix(".0") + " MiB"
    if count >= KIBIBYTE:
        return f"{count // KIBIBYTE} KiB"
    return "1 byte" if count == 1 else f"{count} bytes"


@frozen
class ByteSize:
    """The size of a file in a sentence: `count` bytes, written in the largest unit that fits."""

    count: int

    def __str__(self) -> str:
        return in_units(self.count)
