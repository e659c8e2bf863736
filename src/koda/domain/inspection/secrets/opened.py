"""A workflow file that was read once, for all who look into it."""

from collections.abc import Sequence

from attrs import evolve, field, frozen

from koda.domain.inspection.refusals import NO_WORKFLOW_FILE, refusal
from koda.domain.inspection.secrets.passages import Passage, passages_of
from koda.domain.inspection.strict_json import Container, read_json
from koda.domain.inspection.texts import text_in

_SCRIPT = ".py"


@frozen(eq=False)
class OpenedFile:
    """A file, the value that its JSON is, and its texts; a script is a list of its only text."""

    name: str
    content: bytes = field(repr=False)
    value: Container = field(repr=False)
    passages: Sequence[Passage] = field(repr=False)

    @property
    def script(self) -> str | None:
        """The text of a script; None of JSON."""
        return self.passages[0].text if self.name.endswith(_SCRIPT) else None

    def refreshed(self) -> "OpenedFile":
        """The file with the texts that are in its `value` now; its content is as it was."""
        return evolve(self, passages=_passages(self.name, self.value))


def opened(name: str, content: bytes) -> OpenedFile:
    """Read a workflow file as the extension of its name says.

    A `.json` file must be strict JSON (see `read_json`), a `.py` file UTF-8 text.

    Raises:
        InvalidValue: what is wrong with `file`, and what to do.
    """
    if name.endswith(".json"):
        value = read_json(content)
    elif name.endswith(_SCRIPT):
        value = [text_in(content)]
    else:
        raise refusal(NO_WORKFLOW_FILE)
    return OpenedFile(name, content, value, _passages(name, value))


def _passages(name: str, value: Container) -> Sequence[Passage]:
    if name.endswith(_SCRIPT) and isinstance(value, list):
        return (Passage(str(value[0]), (None, value, 0)),)
    return passages_of(value)
