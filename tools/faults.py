"""Write the table of fault points from the code: `python -m tools.faults`.

A test compares what this gives with what is committed.
"""

from collections.abc import Iterator
from pathlib import Path

from tests.e2e.faults.points import Fault, points_of
from tests.e2e.faults.scenes import SCENES, Scene

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "fault-points.md"
MADE = "<!-- made by `python -m tools.faults`; change the code instead -->"
HEAD = """\
What is tried of the money use cases: each call of each port that they make, in the scenes below,
and at each of them

- **before**: the call fails, and had no effect;
- **after**: it had its effect, and fails all the same, or hangs until its caller gives up;
- **killed**: it was the process's last.

Somebody goes on in another process, and everything ends as if nothing had happened: orders,
purchases, books, the provider's money, and who was told what. `tests/e2e/faults` tries all of it in
memory. Processes and databases are really killed in `tests/e2e/crash`, and each adapter's own tests
let a server hang."""


def page() -> str:
    """The whole page."""
    tables = ["\n".join(_table(scene)) for scene in SCENES]
    calls = sum(len(tuple(points_of(scene))) for scene in SCENES)
    tries = sum(
        len(tuple(points_of(scene))) * len(scene.recoveries) * len(Fault) for scene in SCENES
    )
    counted = f"{len(SCENES)} scenes make {calls} calls, and {tries} ways to go on are tried."
    return "\n\n".join([MADE, "# Fault points", HEAD, counted, *tables]) + "\n"


def _table(scene: Scene) -> Iterator[str]:
    yield f"## {scene.name}\n"
    yield f"Goes on by {', or by '.join(scene.recoveries)}.\n"
    yield f"| | call | {' | '.join(Fault)} |"
    yield f"|---|---|{'---|' * len(Fault)}"
    for point in points_of(scene):
        yield f"| {point.number} | `{point.call}` | {' | '.join('✓' for _ in Fault)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
