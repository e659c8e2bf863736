"""When schedules of n8n start a workflow."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from koda.domain.inspection.formats.values import items, mapping, text
from koda.domain.inspection.report.apps import name_of
from koda.domain.inspection.workflows import Step
from koda.domain.model.reports import MOST_LISTED
from koda.domain.model.sentences import Sentence, sentence

_TYPES = (".scheduleTrigger", ".cron", ".interval")
_EVERY: Mapping[str, Callable[[int], Sentence]] = {
    "seconds": lambda number: sentence("every {number} seconds", number=number),
    "minutes": lambda number: sentence("every {number} minutes", number=number),
    "hours": lambda number: sentence("every {number} hours", number=number),
    "days": lambda number: sentence("every {number} days", number=number),
    "weeks": lambda number: sentence("every {number} weeks", number=number),
    "months": lambda number: sentence("every {number} months", number=number),
}
_ONCE: Mapping[str, Sentence] = {
    "seconds": sentence("every second"),
    "minutes": sentence("every minute"),
    "hours": sentence("every hour"),
    "days": sentence("every day"),
    "weeks": sentence("every week"),
    "months": sentence("every month"),
}
_DEFAULTS: Mapping[str, int] = {"seconds": 30, "minutes": 5}
"""What n8n takes where a rule says no number."""
_OTHERWISE = sentence("at times of its own")


def schedules(steps: Iterable[Step]) -> tuple[Sentence, ...]:
    """When steps start a workflow, each time once, in the order of the file."""
    said = (told for step in steps if step.type.endswith(_TYPES) for told in _said(step))
    return tuple(islice(dict.fromkeys(said), MOST_LISTED))


def _said(step: Step) -> Iterator[Sentence]:
    if not step.type.endswith(".scheduleTrigger"):
        yield _OTHERWISE
        return
    rules = items(mapping(step.parameters.get("rule")).get("interval"))
    for rule in map(mapping, rules or [{}]):
        yield _rule(rule)


def _rule(rule: Mapping[str, object]) -> Sentence:
    expression = text(rule.get("expression"))
    if expression:
        return sentence("by the cron expression {expression}", expression=name_of(expression))
    unit = text(rule.get("field")) or "days"
    number = rule.get(f"{unit}Interval", _DEFAULTS.get(unit, 1))
    if unit not in _EVERY or type(number) is not int or number < 1:
        return _OTHERWISE
    return _ONCE[unit] if number == 1 else _EVERY[unit](number)
