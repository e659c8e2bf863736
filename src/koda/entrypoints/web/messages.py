"""What one request leaves to be said on the next page."""

from koda.entrypoints.web.sessions import drop, keep, kept

_MESSAGES = "messages"


def leave_message(text: str, kind: str = "good") -> None:
    """Let the visitor's next page say `text`; `kind` is `good` or `bad`."""
    keep(_MESSAGES, [*kept(_MESSAGES, ()), [kind, text]])


def take_messages() -> list[tuple[str, str]]:
    """Return the kind and text of whatever was left to be said, once."""
    messages = [(kind, text) for kind, text in kept(_MESSAGES, ())]
    drop(_MESSAGES)
    return messages
