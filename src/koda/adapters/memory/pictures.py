"""Pictures without a library that reads them: all are refused."""

from typing import NoReturn

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import sentence
from koda.ports.pictures import Pictures


class MemoryPictures(Pictures):
    """Refuses every picture, since nothing here could take the metadata out of it."""

    def sizes(self, content_type: str, content: bytes) -> NoReturn:  # noqa: ARG002 - all alike
        raise InvalidValue(
            "file", sentence("cannot be taken, since this site takes no pictures; leave it out")
        )
