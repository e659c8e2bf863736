"""Flash messages: what one request leaves to be said on the next page."""

from koda.domain.model.sentences import Sentence
from koda.entrypoints.web.language import language
from koda.entrypoints.web.sessions import drop, keep, kept

_MESSAGES = "messages"


def leave_message(said: Sentence, kind: str = "good") -> None:
    """Let the visitor's next page say something; `kind` is `good` or `bad`."""
    leave_text(language().say(said), kind)


def leave_text(text: str, kind: str = "good") -> None:
    """Let the visitor's next page show a text that is in their language."""
    keep(_MESSAGES, [*kept(_MESSAGES, ()), [kind, text]])


def take_messages() -> list[tuple[str, str]]:
    """Return the kind and text of whatever was left to be said, once."""
    messages = [(kind, text) for kind, text in kept(_MESSAGES, ())]
    drop(_MESSAGES)
    return messages
