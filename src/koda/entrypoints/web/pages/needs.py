"""What listings need, as the catalogue says it."""

from collections.abc import Mapping
from typing import LiteralString

from koda.domain.model.sentences import translatable
from koda.domain.search.needs import WITH, WITH_CHANGES, WITHOUT, Need
from koda.entrypoints.web.language import language, say

_SAID: Mapping[tuple[Need, str], LiteralString] = {
    (Need.CODE, WITHOUT): translatable("Needs no code"),
    (Need.CODE, WITH): translatable("With code"),
    (Need.AI, WITHOUT): translatable("Without AI"),
    (Need.AI, WITH): translatable("With AI"),
    (Need.SETUP, "0"): translatable("Nothing to set up"),
}


def said_need(need: Need, value: str) -> str:
    """What is said of a need in few words; what is no value of it is as it was typed."""
    known = value.strip().casefold()
    if (need, known) in _SAID:
        return language().text(_SAID[need, known])
    if need is Need.SETUP:
        return say("Up to {number} steps to set up", number=value)
    if need is Need.N8N:
        major = known.removesuffix(WITH_CHANGES)
        if major != known:
            return say("n8n {major}, perhaps with changes", major=major)
        return say("n8n {major}", major=major)
    return value
