"""Reading the data files beside this module."""

import json
import pkgutil


def data_of(name: str) -> object:
    """Return what the file `name`.json of this package holds: plain mappings and lists.

    Whoever calls it keeps what it makes of them, so that each file is read once, on its first use.
    """
    # Not by importlib.resources, whose import costs more than that of the whole domain.
    return json.loads(pkgutil.get_data(__name__, f"{name}.json") or b"")
