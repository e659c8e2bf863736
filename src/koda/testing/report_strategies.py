"""Hypothesis strategies for what is found in workflow files."""

from hypothesis import strategies as st

from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import (
    LONGEST_LISTED,
    Account,
    Compatibility,
    InspectionReport,
    Package,
    Uses,
    Verdict,
    WorkflowReport,
)
from koda.domain.model.scans import Scanned
from koda.testing.strategies import sentences, texts

_NAMES = texts(1, LONGEST_LISTED)
_NUMBERS = st.integers(0, 1000)
_STEPS = st.integers(1, 1000)
_USES = st.lists(st.builds(Uses, _NAMES, _STEPS), max_size=2).map(tuple)
_SAID = st.lists(sentences(50), max_size=2).map(tuple)


def reports() -> st.SearchStrategy[InspectionReport]:
    """What is found in workflow files: mostly nothing."""
    imports = st.lists(texts(1, 100), max_size=3, unique=True).map(tuple)
    remarks = st.lists(sentences(90), max_size=3).map(tuple)
    found = st.builds(
        InspectionReport,
        imports,
        remarks,
        st.sampled_from(FileFormat),
        st.none() | workflow_reports(),
        st.sampled_from(Scanned),
        st.sampled_from(["", "0" * 64]),
    )
    return st.just(InspectionReport()) | found


def workflow_reports() -> st.SearchStrategy[WorkflowReport]:
    """What a workflow does, needs and reaches."""
    accounts = st.builds(Account, _NAMES, st.just("") | _NAMES)
    verdicts = st.builds(
        Verdict,
        st.integers(1, 3),
        st.sampled_from(Compatibility),
        st.sampled_from(["", "2.1"]),
        _SAID,
    )
    return st.builds(
        WorkflowReport,
        steps=_STEPS,
        workflows=_STEPS,
        apps=_USES,
        triggers=_USES,
        schedules=_SAID,
        accounts=st.lists(accounts, max_size=2).map(tuple),
        packages=st.lists(st.builds(Package, _NAMES, st.booleans()), max_size=2).map(tuple),
        models=st.lists(_NAMES, max_size=2).map(tuple),
        ai=_NUMBERS,
        other_hosts=_NUMBERS,
        configure=_NUMBERS,
        verdicts=st.lists(verdicts, max_size=3).map(tuple),
    )
