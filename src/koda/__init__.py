"""Koda: a marketplace for automations.

The domain is in `koda.domain`, what it asks of the world in `koda.ports`, and what answers in
`koda.adapters`. Importing this package loads nothing else.
"""

__version__ = "0.1.0"
