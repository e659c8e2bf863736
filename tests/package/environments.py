"""Fresh environments that hold the built wheels and what they ask for, and nothing else.

What they ask for is linked from the present environment, without network.
"""

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from zipfile import Path as ZipPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def environment_of(
    folder: Path, requirement: str, wheels: Mapping[str, Path], environ: Mapping[str, str]
) -> Path:
    """Make an environment of what `requirement` asks for; return its interpreter.

    `wheels` are those of our own distributions, by name.
    """
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    needed = distributions(requirement, wheels)
    [site] = folder.glob("lib/python*/site-packages")
    link_all(needed, wheels, site)
    own = [str(wheel) for name, wheel in wheels.items() if name in needed]
    uv(python, environ, "install", "--no-cache", "--no-deps", "--no-index", *own)
    uv(python, environ, "check")
    return python


def link_all(needed: Mapping[str, Distribution], wheels: Mapping[str, Path], site: Path) -> None:
    """Link what is needed and comes from elsewhere into a folder of modules."""
    for name, source in needed.items():
        if name not in wheels:
            link(source, site)


def uv(python: Path, environ: Mapping[str, str], action: str, *arguments: str) -> None:
    """Have uv, which is faster than pip, do something in an environment, without network."""
    program = Path(sys.executable).with_name("uv")
    subprocess.run(
        [program, "pip", action, "--offline", "--python", python, *arguments],
        check=True,
        capture_output=True,
        env=environ,
        timeout=300,
    )


def distributions(requirement: str, wheels: Mapping[str, Path]) -> dict[str, Distribution]:
    """The distributions that a requirement asks for, however indirectly, by name."""
    needed: dict[str, Distribution] = {}
    told = set[tuple[str, str]]()
    waiting = [Requirement(requirement)]
    while waiting:
        entry = waiting.pop()
        name = canonicalize_name(entry.name)
        needed[name] = source = in_wheel(wheels[name]) if name in wheels else distribution(name)
        for extra in {"", *entry.extras}:
            if (name, extra) not in told:
                told.add((name, extra))
                waiting += asked(source, extra)
    return needed


def in_wheel(wheel: Path) -> Distribution:
    """What a wheel says of itself."""
    [metadata] = [path for path in ZipPath(wheel).iterdir() if path.name.endswith(".dist-info")]
    return PathDistribution(metadata)


def asked(source: Distribution, extra: str) -> Iterator[Requirement]:
    """What a distribution asks for with an extra; with none, if it is empty."""
    for text in source.requires or []:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def link(source: Distribution, site: Path) -> None:
    """Link the modules and the metadata of a distribution into an environment."""
    parts = {path.parts[0] for path in source.files or []} - {"..", "__pycache__"}
    for part in parts:
        origin = Path(str(source.locate_file(part)))
        if part.endswith(".dist-info"):
            # uv overlooks one that is a link.
            shutil.copytree(origin, site / part)
        else:
            (site / part).symlink_to(origin)
