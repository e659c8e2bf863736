"""Try every supported Python that is found here: `python -m tools.pythons` (`make pythons`).

Of each, a fresh virtual environment with the oldest pip that this Python brings takes the locks.
The Python at hand, which `make test` tries whole, only installs what runs the site. Every other
one runs the unit ring, the contract suites on memory and SQLite, and the README, all on wheels:
the source tree is not installed there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
OLDEST_PIP: Mapping[str, str] = {"3.11": "22.3", "3.12": "23.2.1", "3.13": "24.2"}
"""What `ensurepip` of 3.11.0, 3.12.0 and 3.13.0 installs (their `Lib/ensurepip/__init__.py`)."""
TESTS = (
    ("tests/unit",),
    ("tests/contract", "-k", "memory or sqlite"),
    ("tests/docs/test_blocks.py", "-k", "README"),
)


def main() -> int:
    """Try them all, and say which; the exit code is 1 if one fails."""
    failed = []
    for version, path in sorted(interpreters().items()):
        print(f"--- Python {version}: {path}", flush=True)
        with tempfile.TemporaryDirectory(prefix=f"koda-{version}-") as folder:
            if not tried(version, path, Path(folder)):
                failed.append(version)
    missing = sorted(set(OLDEST_PIP) - set(interpreters()))
    print(f"Tried: {', '.join(sorted(interpreters()))}.", end=" ")
    print(f"Not found here: {', '.join(missing) or 'none'}. Failed: {', '.join(failed) or 'none'}.")
    return 1 if failed else 0


def interpreters() -> Mapping[str, Path]:
    """An interpreter of each supported version that is found and starts."""
    pythons = {own(): Path(sys.executable)}
    for path in candidates():
        version = version_of(path)
        if version in OLDEST_PIP:
            pythons.setdefault(version, path)
    return pythons


def candidates() -> Iterator[Path]:
    """Where interpreters may be: on the path, at pyenv's, and where uv finds them."""
    for version in OLDEST_PIP:
        if on_path := shutil.which(f"python{version}"):
            yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob("versions/3.*/bin/python"), reverse=True)
    listed = subprocess.run(
        [uv(), "python", "list", "--only-installed", "--output-format", "json"],
        check=False,
        capture_output=True,
        text=True,
    )
    for entry in json.loads(listed.stdout or "[]"):
        yield Path(entry["path"])


def uv() -> str:
    """The uv of the virtual environment at hand."""
    return shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"


def own() -> str:
    """The version of the Python at hand."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def version_of(path: Path) -> str:
    """The version of a Python that can make virtual environments; a manager's stub has none."""
    code = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        told = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""


def tried(version: str, path: Path, folder: Path) -> bool:
    """Whether everything goes well with one Python."""
    python = str(folder / "bin" / "python")
    here = version == own()
    said = [[str(folder / "bin" / "koda"), "--version"]]
    return all(
        subprocess.run(step, cwd=ROOT, env=environment(), check=False).returncode == 0
        for step in (
            [str(path), "-m", "venv", str(folder)],
            *installing(python, OLDEST_PIP[version], "run" if here else "dev"),
            *(said if here else testing(python)),
        )
    )


def installing(python: str, pip: str, lock: str) -> Iterator[list[str]]:
    """The commands that install a lock and Koda's wheels by an old pip."""
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    yield [*install, f"pip=={pip}"]
    yield [*install, "--no-deps", "--require-hashes", "-r", f"requirements/{lock}.txt"]
    own_wheels = ["./packages/paysandbox", "."]
    yield [*install, "--no-index", "--no-deps", "--no-build-isolation", *own_wheels]
    yield [python, "-m", "pip", "check", "--disable-pip-version-check"]


def testing(python: str) -> Iterator[list[str]]:
    """The commands that test it."""
    workers = os.environ.get("WORKERS", "2")
    quiet = ["-q", "-p", "no:cacheprovider", "-n", workers, "--dist", "loadfile"]
    for tests in TESTS:
        yield [python, "-m", "pytest", *quiet, *tests]


def environment() -> Mapping[str, str]:
    """The environment of the commands: every Python makes up the same examples."""
    return {**os.environ, "HYPOTHESIS_PROFILE": "ci"}


if __name__ == "__main__":
    sys.exit(main())
