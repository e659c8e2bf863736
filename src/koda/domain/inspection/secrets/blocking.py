"""Keeping secrets out of what is sold."""

from collections.abc import Sequence

from koda.domain.inspection.refusals import refusal
from koda.domain.model.secrets import SecretFinding
from koda.domain.model.sentences import counted


def check_secrets(findings: Sequence[SecretFinding]) -> None:
    """Refuse a file in which something looks like a secret.

    Raises:
        InvalidValue: where the first one is, how many there are, and what to do.
    """
    if findings:
        first = findings[0]
        raise refusal(
            counted(
                "has a text that {kind} ({masked}) at {path}; take it out, let a credential of "
                "your platform hold it, and export the file again",
                "has {count} texts that look like secrets; the first one {kind} ({masked}) at "
                "{path}; take them out, let credentials of your platform hold them, and export the "
                "file again",
                len(findings),
                kind=first.kind,
                masked=first.masked,
                path=first.path,
            )
        )
