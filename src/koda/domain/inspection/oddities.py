"""What is odd about a workflow file that can be read all the same."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from koda.domain.model.sentences import Sentence, sentence

Path = tuple[str | int, ...]
"""Where something is in a file: keys of objects and places in arrays, from the top."""


class OddityKind(StrEnum):
    """Ways in which a file differs from what its platform writes."""

    NO_NAME = "no_name"
    SAME_NAME = "same_name"
    NO_TYPE = "no_type"
    VERSION_AS_TEXT = "version_as_text"
    NO_VERSION = "no_version"
    NO_POSITION = "no_position"
    DANGLING_LINK = "dangling_link"
    LINK_AS_TEXT = "link_as_text"
    UNKNOWN_PORT = "unknown_port"
    UNREADABLE = "unreadable"


@frozen
class Oddity:
    """An oddity, where it is, and the step, link or value that it is about."""

    kind: OddityKind
    path: Path
    about: str = ""

    @property
    def sentence(self) -> Sentence:
        """What is odd, for people."""
        about = self.about or "/".join(map(str, self.path))
        return sentence("{about}: {problem}", about=about, problem=_SENTENCES[self.kind])


_SENTENCES: Mapping[OddityKind, Sentence] = {
    OddityKind.NO_NAME: sentence("a step or a note without a name"),
    OddityKind.SAME_NAME: sentence("several steps or notes have this name"),
    OddityKind.NO_TYPE: sentence("a step that does not say what it does"),
    OddityKind.VERSION_AS_TEXT: sentence("its version is written as text"),
    OddityKind.NO_VERSION: sentence("its version is not a number"),
    OddityKind.NO_POSITION: sentence("it has no place on the drawing"),
    OddityKind.DANGLING_LINK: sentence("a connection with a step that is not in the file"),
    OddityKind.LINK_AS_TEXT: sentence("a connection that is only a name"),
    OddityKind.UNKNOWN_PORT: sentence("an output of a kind that the platform does not have"),
    OddityKind.UNREADABLE: sentence("something else than belongs here, which was left out"),
}
