import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SANDBOX = ROOT / "packages" / "paysandbox"
STEERING = ("COV", "HYPOTHESIS_", "KODA_", "PYTEST_", "PYTHON")
"""What the variables that steer this test run begin with; the wheel's own runs get none."""


@pytest.fixture(scope="session")
def clean_environment() -> dict[str, str]:
    """The environment without what steers the present test run."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
    return variables | {"HYPOTHESIS_PROFILE": "ci"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, clean_environment: dict[str, str]) -> Path:
    """The wheel of Koda's present source tree, built without network."""
    return built(ROOT, tmp_path_factory.mktemp("wheel"), clean_environment)


@pytest.fixture(scope="session")
def sandbox_wheel(
    tmp_path_factory: pytest.TempPathFactory, clean_environment: dict[str, str]
) -> Path:
    """The wheel of the sandbox, built from its source distribution without network."""
    return built(SANDBOX, tmp_path_factory.mktemp("sandbox-wheel"), clean_environment)


def built(source: Path, folder: Path, environment: dict[str, str]) -> Path:
    """Build the source distribution of a source tree, and from that its wheel."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    subprocess.run(
        [*command, str(source)], check=True, capture_output=True, env=environment, timeout=300
    )
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def wheel_python(
    wheel: Path,
    sandbox_wheel: Path,
    tmp_path_factory: pytest.TempPathFactory,
    clean_environment: dict[str, str],
) -> Path:
    """The interpreter of a fresh environment that holds both wheels.

    The dependencies come from the present environment by a path file. Path files inside that
    folder are not followed, so that the source tree, installed there for development, stays out.
    """
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    install = ["install", "--no-deps", "--no-index", "--quiet", str(wheel), str(sandbox_wheel)]
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), *install],
        check=True,
        env=clean_environment,
        timeout=300,
    )
    [site] = home.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python
