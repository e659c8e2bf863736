"""What nodes of n8n reach beyond the workflow: code, the machine's shell and files, any host."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from koda.domain.inspection.facts.community import BASE_PACKAGE
from koda.domain.inspection.facts.nodes import AI_PACKAGE


class Effect(StrEnum):
    """What a step does that a buyer may want to look at first."""

    CODE = "code"
    """It runs code that stands in it."""
    SHELL = "shell"
    """It runs commands of an operating system."""
    FILES = "files"
    """It reads or writes files of the machine that n8n runs on."""
    HTTP = "http"
    """It asks an address that stands in it, or is worked out."""


_BASE: Mapping[str, Effect] = {
    "aiTransform": Effect.CODE,
    "code": Effect.CODE,
    "executeCommand": Effect.SHELL,
    "function": Effect.CODE,
    "functionItem": Effect.CODE,
    "git": Effect.FILES,
    "graphql": Effect.HTTP,
    "httpRequest": Effect.HTTP,
    "localFileTrigger": Effect.FILES,
    "readBinaryFile": Effect.FILES,
    "readBinaryFiles": Effect.FILES,
    "readWriteFile": Effect.FILES,
    "rssFeedRead": Effect.HTTP,
    "rssFeedReadTrigger": Effect.HTTP,
    "ssh": Effect.SHELL,
    "sseTrigger": Effect.HTTP,
    "writeBinaryFile": Effect.FILES,
}
_AI: Mapping[str, Effect] = {
    "code": Effect.CODE,
    "mcpClient": Effect.HTTP,
    "mcpClientTool": Effect.HTTP,
    "toolCode": Effect.CODE,
    "toolHttpRequest": Effect.HTTP,
}
_EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {f"{BASE_PACKAGE}.{name}": effect for name, effect in _BASE.items()}
    | {f"{AI_PACKAGE}.{name}": effect for name, effect in _AI.items()}
)


def effect_of(name: str) -> Effect | None:
    """Return what a type of n8n's reaches, or None; `…Tool` of a type reaches what the type does.

    What a node for an app reaches is its app. What a community package does is not known.
    """
    return _EFFECTS.get(name) or _EFFECTS.get(name.removesuffix("Tool"))
