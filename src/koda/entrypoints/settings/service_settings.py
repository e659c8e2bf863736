"""What one service is told: a group of settings that share the beginning of their variables."""

from typing import ClassVar, TypeVar

from attrs import field, frozen
from typed_settings.types import SecretStr

from koda.domain.model.validation import Validator

Value = TypeVar("Value")

NO_SECRET = SecretStr("")
MEANING = "meaning"
"""The key of a setting's meaning in the metadata of its field."""


@frozen
class ServiceSettings:
    """The settings of one service; a group of them is a subclass with `setting`s as fields.

    The variables begin with `KODA_` and the section in capitals; `heading` is the group's in the
    reference.
    """

    section: ClassVar[str]
    heading: ClassVar[str]

    @property
    def live(self) -> bool:
        """Whether they lead to a service where real money moves."""
        return False

    @property
    def configured(self) -> bool:
        """Whether they lead to an account at a vendor that the sandbox stands in for otherwise."""
        return False


def setting(default: Value, meaning: str, validator: Validator | None = None) -> Value:
    """A field of a group: its default, and its meaning as half a sentence of the reference.

    A `validator` raises `InvalidValue` with the name of the field.
    """
    made: Value = field(default=default, validator=validator, metadata={MEANING: meaning})
    return made
