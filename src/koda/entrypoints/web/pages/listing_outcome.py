"""What a seller is told once a listing of theirs was written."""

from koda.domain.model.automations import Automation
from koda.domain.model.sentences import Sentence, sentence
from koda.entrypoints.web.messages import leave_message

_IN_REVIEW = sentence("Your listing is in review: it is not on sale until a moderator has decided.")


def leave_outcome(automation: Automation, done: Sentence) -> None:
    """Leave the message `done` for the next page, or that the listing is in review."""
    if automation.review is None:
        leave_message(done)
    else:
        leave_message(_IN_REVIEW, "warn")
