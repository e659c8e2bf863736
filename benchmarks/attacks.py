"""What visitors wait while a site is attacked, as multiples of what they wait in calm."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.table import Table

from tests.support.attacked import Attacked, answer_times, memory_of, site_under_attack
from tests.support.attacks import ATTACKS, under

TIMES = 50
WITHIN = 10.0
"""Seconds after which an answer counts as none."""
PATHS = ("/", "/healthz")
MEBIBYTE = 1024**2


def run() -> Table:
    """Play each attack against one served site, and return the table."""
    table = Table(title="A site of two processes under attack: medians of 50 requests")
    for heading in ("attack", *(f"{path}, ms" for path in PATHS)):
        table.add_column(heading, justify="left" if heading == "attack" else "right")
    for heading in (*(f"{path}, times calm" for path in PATHS), "slowest, ms", "memory, MiB"):
        table.add_column(heading, justify="right")
    with TemporaryDirectory() as folder, site_under_attack(Path(folder)) as attacked:
        calm, memory = _times(attacked), memory_of(attacked.workers)
        for name, attack in ATTACKS.items():
            with under(attack, attacked.target):
                times, grown = _times(attacked), memory_of(attacked.workers) - memory
            table.add_row(name, *_row(times, calm), f"{grown / MEBIBYTE:+.1f}")
        table.add_row("calm", *_row(calm, calm), "")
    return table


def _times(attacked: Attacked) -> list[list[float]]:
    return [answer_times(attacked.target, path, WITHIN, TIMES) for path in PATHS]


def _row(times: list[list[float]], calm: list[list[float]]) -> list[str]:
    medians = [median(seconds) for seconds in times]
    ratios = [middle / median(rest) for middle, rest in zip(medians, calm, strict=True)]
    slowest = max(max(seconds) for seconds in times)
    return [
        *(f"{middle * 1000:.1f}" for middle in medians),
        *(f"{ratio:.1f}" for ratio in ratios),
        f"{slowest * 1000:.0f}",
    ]
