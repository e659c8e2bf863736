"""A canonical hash of what a workflow does, which renamed and moved copies share.

It is of the types, parameters and connections of the steps, and of nothing else: names, versions,
positions, notes, ids, credentials and the order in the file do not matter. Where a parameter
refers to another step, the step counts and not its name.
"""

from collections import defaultdict
from collections.abc import Sequence

from koda.domain.inspection.bodies import Bodies
from koda.domain.inspection.workflows import Workflow
from koda.domain.model.digests import sha256_of

_MOST_ROUNDS = 12
"""How far around a step others are looked at where many steps are alike."""
_BYTES = 16


def fingerprint(workflow: Workflow) -> str:
    """Return 64 hexadecimal digits that are the same for every copy of a workflow.

    The labels of the steps are refined by those of their neighbours (Weisfeiler and Lehman) until
    no more of them differ, or twelve times; what is hashed are the sorted labels of each connected
    part of the graph. A workflow that the file has twice counts once. Takes time in proportion to
    the file and n log n for n steps.
    """
    graph = _Graph(workflow)
    labels = graph.labels
    for _ in range(_MOST_ROUNDS):
        different = len({*labels})
        labels = graph.refined(labels)
        if len({*labels}) == different:
            break
    parts: defaultdict[int, list[bytes]] = defaultdict(list)
    for leader, label in zip(graph.parts(), labels, strict=True):
        parts[leader].append(label)
    workflows: defaultdict[int, list[bytes]] = defaultdict(list)
    for leader, part in parts.items():
        workflows[workflow.steps[leader].part].append(_digest(b"".join(sorted(part))))
    whole = {_digest(b"".join(sorted(digests))) for digests in workflows.values()}
    return sha256_of(workflow.file_format.value.encode() + b"".join(sorted(whole)))


class _Graph:
    """The steps by their places, with their first labels and their neighbours."""

    def __init__(self, workflow: Workflow) -> None:
        bodies = Bodies(workflow)
        places = {step.key: place for place, step in enumerate(workflow.steps)}
        self.labels: list[bytes] = []
        self._references: list[list[int]] = []
        for step in workflow.steps:
            body, keys = bodies.of(step)
            self.labels.append(_digest(b"%d %b %b" % (len(step.type), step.type.encode(), body)))
            self._references.append([places[key] for key in keys])
        self._outward: list[list[tuple[bytes, int]]] = [[] for _ in workflow.steps]
        self._inward: list[list[tuple[bytes, int]]] = [[] for _ in workflow.steps]
        for link in workflow.links:
            source, target = places[link.source], places[link.target]
            said = _digest(f"{link.output} {link.input} {link.port}".encode())
            self._outward[source].append((said, target))
            self._inward[target].append((said, source))

    def refined(self, labels: Sequence[bytes]) -> list[bytes]:
        """The label of each step, with those of its neighbours; all parts have one length."""
        refined: list[bytes] = []
        neighbours = zip(labels, self._outward, self._inward, self._references, strict=True)
        for label, outward, inward, references in neighbours:
            before = sorted([said + labels[place] for said, place in inward])
            after = sorted([said + labels[place] for said, place in outward])
            named = [labels[place] for place in references]
            counts = b"%d %d " % (len(before), len(after))
            refined.append(_digest(b"".join([counts, label, *before, *after, *named])))
        return refined

    def parts(self) -> list[int]:
        """The connected part of each step, by the place of a step in it."""
        leaders = [*range(len(self.labels))]
        for place, (links, references) in enumerate(
            zip(self._outward, self._references, strict=True)
        ):
            for other in (*(target for _, target in links), *references):
                leaders[_leader(leaders, other)] = _leader(leaders, place)
        return [_leader(leaders, place) for place in leaders]


def _leader(leaders: list[int], place: int) -> int:
    while leaders[place] != place:
        leaders[place] = leaders[leaders[place]]
        place = leaders[place]
    return place


def _digest(content: bytes) -> bytes:
    # OpenSSL is loaded with the first digest: an import of the domain does without it.
    from hashlib import blake2b  # noqa: PLC0415

    return blake2b(content, digest_size=_BYTES).digest()
