"""What `koda init` prepares, step by step, and what is not prepared."""

from attrs import define, frozen

from koda.domain.model.errors import InvalidValue


@frozen
class Step:
    """What was prepared, and whether it was there already.

    `refusal` is why it could not be, if so: somebody must do it by hand.
    """

    what: str
    where: str
    existed: bool
    refusal: str = ""

    @property
    def line(self) -> str:
        """The step for a person."""
        if self.refusal:
            return f"refused  {self.what} ({self.refusal}): set by hand {self.where}"
        return f"{'ready' if self.existed else 'made '}  {self.what}: {self.where}"


@define(slots=False)
class Unprepared(InvalidValue):
    """A service lacks what `koda init` makes there; `field` is the variable that leads to it."""

    code = "unprepared"
