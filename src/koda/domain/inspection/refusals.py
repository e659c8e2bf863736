"""How the checks of this package refuse a file."""

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import Sentence, sentence

NO_WORKFLOW_FILE = sentence("must be a .json or a .py file")


def refusal(problem: Sentence) -> InvalidValue:
    """The error for an uploaded file; `problem` says what is wrong and what to do."""
    return InvalidValue("file", problem)
