"""Errors of giving and taking roles."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict
from koda.domain.model.sentences import translatable


@define(slots=False, repr=False)
class HasRole(Conflict):
    """The user was given the role before."""

    code: ClassVar[str] = "has_role"
    template: ClassVar[str] = translatable("The user {user_id} has the role {role} already.")
    user_id: str
    role: str


@define(slots=False, repr=False)
class LacksRole(Conflict):
    """The user was not given the role, so that it cannot be taken."""

    code: ClassVar[str] = "lacks_role"
    template: ClassVar[str] = translatable(
        "The user {user_id} was not given the role {role}, so nobody can take it."
    )
    user_id: str
    role: str


@define(slots=False, repr=False)
class LastAdmin(Conflict):
    """Nobody would administer the marketplace any more."""

    code: ClassVar[str] = "last_admin"
    template: ClassVar[str] = translatable(
        "The user {user_id} is the last admin; give the role to somebody else first."
    )
    user_id: str
