"""A workflow as a graph of steps: the same value for n8n, Make and Zapier."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from attrs import field, frozen

from koda.domain.inspection.oddities import Oddity, Path
from koda.domain.model.file_formats import FileFormat


class StepKind(StrEnum):
    """What a step is for."""

    TRIGGER = "trigger"
    ACTION = "action"
    LOGIC = "logic"
    AI = "ai"
    CODE = "code"


@frozen
class Step:
    """A step of a workflow: a node of n8n, a module of Make, a step of a Zap.

    `key` is by what the platform itself refers to the step, made unique within the file: the name
    in n8n, the id in Make and Zapier. `type` is the platform's own name of what it does, `app`
    that of the service or tool. `part` is the place of its workflow among those of the file.
    """

    key: str
    name: str
    type: str
    version: str | None
    app: str
    kind: StepKind
    disabled: bool
    credentials: tuple[str, ...]
    """The kinds of credentials that it uses, as the platform names them, sorted."""
    position: tuple[float, float] | None
    """Where it is drawn, in the platform's own units, x to the right and y downwards."""
    part: int
    path: Path
    """Where it is in the file."""
    parameters: Mapping[str, object] = field(eq=False, repr=False)
    """What it is told to do, read-only and as in the file."""
    source: Mapping[str, object] = field(eq=False, repr=False)
    """The whole object in the file, read-only."""


@frozen
class Link:
    """A connection from one step to another, by their keys.

    `port` is `main` to what runs next, `error` to what runs after a failure, `route` to a branch,
    or what n8n calls it, such as `ai_tool`. Outputs and inputs of a step are counted from 0.
    `label` is what is written on a route.
    """

    MAIN: ClassVar[str] = "main"
    ERROR: ClassVar[str] = "error"
    ROUTE: ClassVar[str] = "route"

    source: str
    target: str
    port: str = MAIN
    output: int = 0
    input: int = 0
    label: str | None = None

    @property
    def is_help(self) -> bool:
        """Whether `source` serves `target`, as a model serves an agent, instead of preceding it."""
        return self.port.startswith("ai_")


@frozen
class Note:
    """A note on the drawing; `colour` is as in the file, a number or a colour of CSS."""

    key: str
    text: str
    position: tuple[float, float] | None
    size: tuple[float, float] | None
    colour: str | None
    part: int
    path: Path


@frozen
class Workflow:
    """What a file holds: the steps of one or several workflows, and what is odd about it.

    A file with several workflows (an array of n8n's, an export of several Zaps) is one graph of
    several parts; `titles` has the title of each part, where the file tells it. Steps and links
    stand in the order of the file.
    """

    file_format: FileFormat
    titles: tuple[str | None, ...]
    steps: tuple[Step, ...]
    links: tuple[Link, ...]
    notes: tuple[Note, ...]
    oddities: tuple[Oddity, ...]
    settings: tuple[Mapping[str, object], ...] = field(default=(), eq=False, repr=False)
    """What each part of n8n's says of itself as a whole, read-only and as in the file."""

    @cached_property
    def by_key(self) -> Mapping[str, Step]:
        """Every step by its key."""
        return {step.key: step for step in self.steps}

    @property
    def triggers(self) -> tuple[Step, ...]:
        """What may start it, in the order of the file; disabled ones, too."""
        return tuple(step for step in self.steps if step.kind is StepKind.TRIGGER)

    @property
    def disabled(self) -> tuple[Step, ...]:
        """The steps that are switched off."""
        return tuple(step for step in self.steps if step.disabled)

    @property
    def unreachable(self) -> tuple[Step, ...]:
        """The steps that no trigger leads to; none in a part that has no trigger.

        What serves a step that is reached, as a model serves an agent, is reached with it.
        """
        started = {step.part for step in self.triggers}
        reached = self._reached(step.key for step in self.triggers)
        return tuple(
            step for step in self.steps if step.part in started and step.key not in reached
        )

    def _reached(self, starts: Iterable[str]) -> set[str]:
        onward: dict[str, list[str]] = {}
        for link in self.links:
            first, then = (link.target, link.source) if link.is_help else (link.source, link.target)
            onward.setdefault(first, []).append(then)
        reached: set[str] = set()
        waiting = [*starts]
        while waiting:
            key = waiting.pop()
            if key not in reached:
                reached.add(key)
                waiting += onward.get(key, ())
        return reached
