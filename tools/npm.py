"""Packages from the registry that npm is configured for here, each checked by its integrity."""

import base64
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

CACHE = Path(tempfile.gettempdir()) / "koda-facts"
"""Where archives stay, so that the next run need not fetch them again."""


def npm(command: str, *arguments: str) -> Any:
    """Return what a command of npm says in JSON."""
    done = subprocess.run(
        ["npm", command, "--json", *arguments], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def archive(package: str, version: str, integrity: str) -> Path:
    """Return the archive of a release of a package, fetched unless it was before.

    `integrity` is what the registry says of it (Subresource Integrity): anything else ends the
    program.
    """
    path = CACHE / f"{package.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        where = ("--pack-destination", str(CACHE), "--cache", str(CACHE / "npm"))
        npm("pack", f"{package}@{version}", "--ignore-scripts", *where)
    kind, _, expected = integrity.partition("-")
    digest = hashlib.new(kind, path.read_bytes()).digest()
    if base64.b64encode(digest).decode() != expected:
        raise SystemExit(f"{path} is not what the registry says: remove it and start again")
    return path
