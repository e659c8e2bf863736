"""What files are read as."""

from enum import StrEnum


class FileFormat(StrEnum):
    """What the files of a platform are read as; `NONE` if as nothing in particular."""

    N8N = "n8n"
    MAKE = "make"
    ZAPIER = "zapier"
    PYTHON = "python"
    NONE = "none"
