"""What somebody has to bring before a workflow runs: accounts, packages, and choices."""

from collections.abc import Iterable, Iterator, Sequence

from koda.domain.inspection.facts.community import community_package, is_verified
from koda.domain.inspection.facts.credentials import credential_type
from koda.domain.inspection.facts.nodes import node_type
from koda.domain.inspection.report.apps import app_of, fields_of, is_tool, name_of
from koda.domain.inspection.workflows import Step
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import MOST_LISTED, Account, Package

_LOCATOR = "__rl"
"""What n8n marks a value with that somebody chose from a list of theirs, such as a document."""
_OF_MAKE = ("__IMTCONN__", "__IMTHOOK__", "__IMTKEY__")
"""The parameters of Make that hold an id of an account's: connection, webhook and keychain."""


def accounts(file_format: FileFormat, steps: Iterable[Step]) -> tuple[Account, ...]:
    """The accounts that steps use: one for each kind of credential, or app where none is told."""
    found = {account for step in steps for account in _accounts(file_format, step)}
    told = {account.app for account in found if account.kind}
    needed = (account for account in found if account.kind or account.app not in told)
    return tuple(sorted(needed, key=lambda account: (account.app, account.kind))[:MOST_LISTED])


def packages(steps: Iterable[Step]) -> tuple[Package, ...]:
    """The community packages of n8n's that bring steps, by name."""
    names = {package for step in steps if (package := community_package(step.type))}
    listed = sorted(names)[:MOST_LISTED]
    return tuple(Package(name_of(name), is_verified(name)) for name in listed)


def to_configure(file_format: FileFormat, steps: Sequence[Step]) -> int:
    """How many steps use an account, or something that somebody chose in theirs."""
    return sum(
        1 for step in steps if any(True for _ in _accounts(file_format, step)) or _has_choice(step)
    )


def _accounts(file_format: FileFormat, step: Step) -> Iterator[Account]:
    app = app_of(file_format, step)
    if file_format is FileFormat.N8N:
        known = node_type(step.type)
        for name in step.credentials:
            kind = credential_type(name)
            yield Account(app, name_of(kind.title if kind else name))
        if not step.credentials and known and known.credentials and not is_tool(file_format, step):
            yield Account(app)
    elif file_format is FileFormat.MAKE:
        # Where only the app is known of a connection, that is no kind of its own.
        kinds = ("" if name == step.app else name_of(name) for name in step.credentials)
        yield from (Account(app, kind) for kind in kinds)
    elif step.credentials:
        yield Account(app)


def _has_choice(step: Step) -> bool:
    """Whether a step holds what is of an account of whoever runs it, chosen or not yet."""
    told = fields_of(step)
    if any(name in told for name in _OF_MAKE):
        return True
    return any(isinstance(value, dict) and value.get(_LOCATOR) is True for value in told.values())
