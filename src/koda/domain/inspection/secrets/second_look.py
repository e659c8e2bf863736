"""What another program suspects in a workflow file, as far as it may be a secret."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from attrs import frozen

from koda.domain.inspection.secrets.finding import hidden
from koda.domain.inspection.secrets.names import Sensitivity, is_secret, tells_other
from koda.domain.inspection.secrets.opened import OpenedFile
from koda.domain.inspection.secrets.passages import bounded, path_to
from koda.domain.inspection.secrets.placeholders import is_placeholder, literals_in
from koda.domain.inspection.secrets.web_tokens import is_public
from koda.domain.model.scans import NamedText, NotScanned, Scan, Scanned, Suspicion
from koda.domain.model.secrets import MOST_FINDINGS, SecretFinding, masked

Look = Callable[[Sequence[NamedText]], Scan | NotScanned]
"""Whoever looks: a `SecretScanner`'s `scan`."""
_SHORTEST = 8
_LINE = "\n"


@frozen
class SecondLook:
    """What somebody else suspects in a file, and how much of it they looked through."""

    secrets: tuple[SecretFinding, ...]
    scanned: Scanned


def second_look(file: OpenedFile, look: Look) -> SecondLook:
    """Have somebody else look through a workflow file.

    They are given each decoded text with its name, as Koda looks at them. Placeholders, expressions
    and what is published on purpose are let through as what Koda suspects itself; so is what is
    suspected by a name that tells of something else, such as an id. At most a hundred are told, in
    the order of the file.
    """
    texts = [NamedText(passage.text, passage.name or "") for passage in file.passages]
    answer = look(texts)
    if isinstance(answer, NotScanned):
        return SecondLook((), answer.scanned)
    suspicions = [of for of in answer.suspicions if _may_be_secret(texts[of.index], of)]
    return SecondLook(tuple(_findings(file, suspicions[:MOST_FINDINGS])), answer.scanned)


def _may_be_secret(named: NamedText, suspicion: Suspicion) -> bool:
    """Tell whether something in it is no placeholder, and stands there itself."""
    value = named.text[suspicion.start : suspicion.end]
    if suspicion.by_name and (tells_other(named.name) or not is_secret(value, Sensitivity.TOKEN)):
        return False
    literals = (literal.strip() for literal, _ in literals_in(value))
    return not is_public(value) and any(
        len(literal) >= _SHORTEST and not is_placeholder(literal) for literal in literals
    )


def _findings(file: OpenedFile, suspicions: Sequence[Suspicion]) -> Iterator[SecretFinding]:
    parts = [file.passages[of.index].text[of.start : of.end] for of in suspicions]
    hide = partial(hidden, set(parts))
    script = file.script
    for of, part in zip(suspicions, parts, strict=True):
        if script is None:
            path = bounded(path_to(file.passages[of.index].place, hide))
        else:
            path = f"line {script.count(_LINE, 0, of.start) + 1}"
        yield SecretFinding(of.kind, path, masked(part))
