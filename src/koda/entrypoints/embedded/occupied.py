"""The error of what another process already holds: a port, a data directory."""

from attrs import define

from koda.domain.model.errors import Conflict


@define(slots=False)
class Occupied(Conflict):
    """Somebody else has what is wanted; `advice` says what to do."""

    code = "occupied"
    template = "{what} is in use already; {advice}."
    what: str
    advice: str
