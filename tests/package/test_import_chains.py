"""Import chains: how many modules a reader follows, at most, from one to the last it stands on."""

from functools import cache

import grimp
import pytest

GRAPH = grimp.build_graph("koda", cache_dir=None, exclude_type_checking_imports=True)
LONGEST = {
    "koda.domain.model": 8,
    "koda.ports": 8,
    "koda.domain": 12,
    "koda.adapters": 13,
    "koda": 22,
}
"""Modules of the longest chain that begins in a package, imports within functions included.

A longer one is a module that knows too much: look for the one name that it needs.
"""


@cache
def chain_of(module: str) -> tuple[str, ...]:
    """The longest chain that begins with `module`."""
    chains = map(chain_of, sorted(GRAPH.find_modules_directly_imported_by(module)))
    return (module, *max(chains, key=len, default=()))


@pytest.mark.parametrize("package", LONGEST)
def test_import_chains_do_not_grow(package: str) -> None:
    """One that became shorter is written down, too."""
    modules = {package, *GRAPH.find_descendants(package)}
    longest = max(map(chain_of, sorted(modules)), key=len)

    assert len(longest) == LONGEST[package], " > ".join(longest)
