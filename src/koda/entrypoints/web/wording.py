"""What pages say of an error: fields as their forms name them, and no ids or codes."""

from collections.abc import Mapping

from koda.domain.model.errors import InvalidForm, InvalidValue, KodaError, TooMany
from koda.domain.model.extras import PREFIX, label_of
from koda.domain.model.sentences import Sentence, counted, translatable
from koda.domain.search.needs import Need
from koda.entrypoints.web.language import language
from koda.entrypoints.web.page_templates import INSTEAD

LABELS: Mapping[str, str] = {
    "title": translatable("Title"),
    "description": translatable("Description"),
    "platform": translatable("Platform"),
    "category": translatable("Category"),
    "price": translatable("Price"),
    "tags": translatable("Tags"),
    "artifact": translatable("Workflow file"),
    "file": translatable("Workflow file"),
    "redact": translatable("The cleaned file"),
    "preview": translatable("Preview picture"),
    "version": translatable("Version"),
    "notes": translatable("What has changed"),
    "reason": translatable("Why"),
    "user_id": translatable("Id of the person"),
    "role": translatable("Role"),
    "seller": translatable("Id of the seller"),
    "subject": translatable("Subject"),
    "actor": translatable("Who"),
    "reference": translatable("The id"),
    "from": translatable("First day"),
    "to": translatable("Last day"),
    "zone": translatable("Time zone"),
    "period": translatable("The period"),
    "state": translatable("State"),
    "country": translatable("Your country"),
    "q": translatable("The search"),
    "tag": translatable("Tag"),
    "apps": translatable("Apps"),
    Need.N8N.value: translatable("Runs on"),
    Need.CODE.value: translatable("Code"),
    Need.AI.value: translatable("AI"),
    Need.SETUP.value: translatable("To set up"),
    "sort": translatable("The order"),
    "min_price": translatable("Lowest price"),
    "max_price": translatable("Highest price"),
    "cursor": translatable("The page"),
    "automation_id": translatable("This automation"),
    "expected_total": translatable("The total"),
}
"""Fields by name, as the label beside the input has them; of what has no input, as one says it."""

_NAMED = translatable("{label} {problem}.")
_ALONE = translatable("{problem}.")


def sentence_of(error: KodaError) -> str:
    """Return the sentence that tells a person what happened and what to do."""
    if isinstance(error, InvalidForm):
        return " ".join(sentence_of(problem) for problem in error.problems)
    if isinstance(error, InvalidValue):
        return fault_sentence(error.field, error.problem)
    return "; ".join(map(language().say, _said_of(error)))


def fault_sentence(name: str, problem: Sentence) -> str:
    """Return a problem as a sentence of its own; a field without a label is not named."""
    if name.startswith(PREFIX):
        label: str | Sentence = label_of(name)
    elif name in LABELS:
        label = Sentence(LABELS[name])
    else:
        return beside(problem)
    return language().say(Sentence(_NAMED, {"label": label, "problem": problem}))


def beside(problem: Sentence) -> str:
    """Return a problem as a sentence that stands beside what it is about."""
    return capitalised(language().say(Sentence(_ALONE, {"problem": problem})))


def capitalised(text: str) -> str:
    """Return `text` with a capital letter to begin with, the rest as it is."""
    return text[:1].upper() + text[1:]


def _said_of(error: KodaError) -> tuple[Sentence, ...]:
    if isinstance(error, TooMany):
        return (
            counted(
                "That was too often; try again in a second.",
                "That was too often; try again in {count} seconds.",
                error.retry_after,
            ),
        )
    templates = INSTEAD.get(type(error))
    if templates is None:
        return error.sentences
    return (Sentence(templates.get(error.about, templates[""]), error.data()),)
