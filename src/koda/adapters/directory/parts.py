"""Parts of files, read from the disk as they are asked for."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from koda.adapters.directory.folders import reaching_disk

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class FilePart(io.RawIOBase):
    """The bytes of `file` from `start` up to but without `stop`, as a file of their own."""

    def __init__(self, file: io.FileIO, start: int, stop: int) -> None:
        self._file, self._start, self._stop = file, start, stop
        file.seek(start)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill `buffer` as far as the part goes."""
        left = max(0, self._stop - self._file.tell())
        return self._file.readinto(memoryview(buffer)[:left])

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, and return where in the part that is."""
        base = {io.SEEK_SET: self._start, io.SEEK_CUR: self._file.tell(), io.SEEK_END: self._stop}
        return self._file.seek(base[whence] + offset) - self._start

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def open_part(path: Path, start: int, stop: int) -> BinaryIO:
    """Open a part of the file at `path`, however much of it there is.

    Raises:
        Unavailable: it cannot be read.
    """
    with reaching_disk():
        file = io.FileIO(path)
        size = path.stat().st_size
    return cast("BinaryIO", FilePart(file, min(start, size), min(stop, size)))
