import json
import sys
import zipfile
from contextlib import suppress
from gzip import compress
from io import BytesIO
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from koda.domain.inspection.artifacts import FEWEST_BYTES, check_listed, inspected
from koda.domain.model.digests import sha256_of
from koda.domain.model.errors import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import InspectionReport
from koda.testing.examples import OTHER_FILES, PIXEL, WORKFLOW

THREE = ("os", "sys", "yaml")


def problem_of(file_name: str, content: bytes) -> str:
    """What is wrong with a file that must be refused."""
    with pytest.raises(InvalidValue) as refused:
        inspected(file_name, content)
    assert refused.value.field == "file"
    problem = str(refused.value.problem)
    assert problem.encode("ascii")
    return problem


def zipped() -> bytes:
    """A zip archive with a workflow in it."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("flow.json"), WORKFLOW)
    return packed.getvalue()


def empty_zip() -> bytes:
    """A zip archive with nothing in it."""
    packed = BytesIO()
    zipfile.ZipFile(packed, "w").close()
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        WORKFLOW,
        b"\xef\xbb\xbf" + WORKFLOW,
        b"[1]",
        b'{"a": {}}',
        b' \n{"a": -0.5e10, "b": null, "c": true}\n',
        '{"name": "Grüße 👋", "emoji": "\\ud83d\\udc4b", "tab": "\\t"}'.encode(),
        b'{"same": 1, "inner": {"same": 2}}',
        b"[" + b"9" * 4300 + b", -" + b"9" * 4300 + b"]",
        b"[" * 200 + b"1" + b"]" * 200,
        b'["' + b"[{" * 200_000 + b'\\" [", []]',
    ],
)
def test_strict_json_passes(content: bytes) -> None:
    """What every JSON reader understands in the same way passes."""
    inspected("flow.json", content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (WORKFLOW.decode().encode("utf-16"), "is UTF-16 text"),
        (b"\xfe\xff" + WORKFLOW.decode().encode("utf-16-be"), "is UTF-16 text"),
        (b"\0\0\xfe\xff" + WORKFLOW.decode().encode("utf-32-be"), "is UTF-32 text"),
        (WORKFLOW.decode().encode("utf-32"), "is UTF-32 text"),
        (WORKFLOW.decode().encode("utf-16-le"), "looks like UTF-16"),
        (WORKFLOW.decode().encode("utf-16-be"), "looks like UTF-16"),
        (WORKFLOW.decode().encode("utf-32-le"), "looks like UTF-16 or UTF-32"),
        (b'{"caf\xe9": 1}', "is not UTF-8 text (line 1, byte 6)"),
        (b'{"a": "\xed\xa0\x80"}', "is not UTF-8 text (line 1, byte 8)"),
        (compress(WORKFLOW, mtime=0), "is compressed with gzip"),
        (compress(b"0" * 10_000_000, mtime=0), "is compressed with gzip"),
        (zipped(), "is a zip archive"),
        (empty_zip(), "is an empty zip archive"),
        (b"\n<!DOCTYPE html><p>Sign in</p>", "is a web page"),
        (b"<html>", "is a web page"),
        (b"<?xml version='1.0'?>", "is a web page"),
        (b'{"a": "\0"}', "has a NUL byte in it"),
        (PIXEL, "has a NUL byte in it"),
        (b'{"a": 1,}', "line 1, column"),
        (b'{"a": 1', "is not JSON"),
        (b"{'a': 1}", "line 1, column 2"),
        (b'{"a": 1}\n {"b": 2}', "has something behind its end (line 2, column 2)"),
        (b" [1] \n]", "has something behind its end (line 2, column 1)"),
        (b'["line\nbreak"]', "is not JSON (line 1, column 7)"),
        (b'{"same": 1, "same": 2}', "has the key 'same' twice in one object (line 1, column 13)"),
        (
            b'{"a": "{", "b": [{"a": 1}],\n "c": {"d": {}, "a\\u0041": 1, "aA" : 2, "d": 3}}',
            "has the key 'aA' twice in one object (line 2, column 31)",
        ),
        (b'[{"a": {"same": 1, "b": 1, "same": 1}}]', "has the key 'same' twice"),
        (b'{"%s": 1, "%s": 2}' % (b"k" * 999, b"k" * 999), "kkk\\u2026' twice"),
        (b'["NaN",\n  NaN]', "has NaN in it, which is not JSON (line 2, column 3)"),
        (b"[NaNs]", "has NaN in it"),
        (b"[Infinity]", "has Infinity in it"),
        (b"[-Infinity]", "has -Infinity in it"),
        (b"[1e40, 1e400]", "has the number '1e400' (line 1, column 8)"),
        (b"[-1e400]", "has the number '-1e400'"),
        (b"[" + b"9" * 4301 + b"]", "has a number of more than 4300 digits (line 1, column 2)"),
        (b"[-" + b"9" * 4301 + b"]", "has a number of more than 4300 digits"),
        (b"[0." + b"9" * 5000 + b"]", "has a number of more than 4300 digits"),
        (b'["[", [],\n' + b"[" * 200 + b"]" * 201, "200 levels deep (line 2, column 200)"),
        (b'{"a":' * 201 + b"1" + b"}" * 201, "is nested more than 200 levels deep"),
        (b"[" * 10_000 + b"]" * 10_000, "is nested more than 200 levels deep"),
        (b"[" * 100_000, "is nested more than 200 levels deep"),
        (b'["\\ud800"]', "has text that cannot be stored, \\ud800 (line 1, column 3)"),
        (b'["\\\\ud800",\n"\\uD83D\\uDE00\\udc00"]', "stored, \\udc00 (line 2, column 14)"),
        (b'["\\ud83d", "\\ude00"]', "has text that cannot be stored, \\ud83d (line 1, column 3)"),
        (b'{"\\udfff": 1}', "has text that cannot be stored"),
        (b'{"a": [[{"b": "x\\ud83dy"}]]}', "has text that cannot be stored"),
        (b'["a\\u0000b"]', "has text that cannot be stored, \\u0000 (line 1, column 4)"),
        (b'{"\\u0000": 1}', "has text that cannot be stored"),
        (b"[" + b"[],{}," * 50_000 + b"1]", "has more than 100,000 arrays and objects"),
        # An open string of as many quotes: to look from each of them again would take hours.
        (b"[" * 100_001 + b'"' + b'\\"' * 2_000_000, "has more than 100,000 arrays and objects"),
        (b'["' + b"[" * 100_001 + b"\\", "is not JSON"),
        (b'"text"', "must be a JSON object or array"),
        (b"1", "must be a JSON object or array"),
        (b"null", "must be a JSON object or array"),
        (b"{}", "must be a JSON object or array with something in it"),
        (b"[]", "must be a JSON object or array with something in it"),
    ],
)
def test_what_is_no_strict_json_is_refused_in_words(content: bytes, problem: str) -> None:
    """Every fault has its own sentence that says what to do."""
    told = problem_of("flow.json", content)

    assert problem in told
    assert ";" in told


@pytest.mark.parametrize(
    ("content", "imports"),
    [
        (b"print('hello')\n", ()),
        (b"\xef\xbb\xbfimport os\n", ("os",)),
        (b"# -*- coding: latin-1 -*-\n", ()),
        ("grüße = 'hallo'\n".encode(), ()),
        (b"import requests.auth, os as o\nfrom yaml import (\n  load)", ("os", "requests", "yaml")),
        (b"def run():\n    from . import mine\n    from .. import a\n    import json\n", ("json",)),
        (b"'\\d'\nimport re\n1 is 1\n", ("re",)),
        (b'"""\nimport not_this\n"""\n', ()),
        (b"import " + b"a" * 101, ()),
        (b"x = 1\n" * 11_000 + b"import os.path, sys # a\n  from yaml import x\n", THREE),
        (b"import a1\nimportant = 1\n" * 10_000, ("a1",)),
    ],
)
def test_what_python_imports_is_found(content: bytes, imports: tuple[str, ...]) -> None:
    """By the parser in short scripts, by line in those above 64 KiB."""
    report = InspectionReport(imports, file_format=FileFormat.PYTHON)
    assert evolve(inspected("flow.py", content).report, fingerprint="") == report


def test_at_most_a_hundred_imports_are_told() -> None:
    """Nobody reads more."""
    content = b"\n".join(b"import a%d" % number for number in range(200))

    assert len(inspected("flow.py", content).report.imports) == 100


@pytest.mark.parametrize(
    "content",
    [
        b"import os\ndef",
        b"import os\nif 1:\nx = 1",
        b"import os\n<html></html>",
        b"import os\n" + b"(" * 60_000,
        b"import os\nx = " + b"9" * 5000,
        b"import os\n" + b"not " * 15_000 + b"1",
        b"import os\nx" + b".x" * 30_000,
        b"import os\n" + b"-" * 60_000 + b"1",
        b"import os\n'\\N{no such name}'",
        b"import os\nmatch = = 1",
    ],
)
def test_python_of_another_grammar_is_taken_with_a_remark(content: bytes) -> None:
    """Whatever stops the parser, its stack and memory included; imports are read by line."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"

    report = inspected("flow.py", content).report

    assert report.imports == ("os",)
    assert [*map(str, report.remarks)] == [
        f"does not parse as Python {running}, on which this site runs"
    ]


@pytest.mark.parametrize("unit", ["import ", " ", "\t", "import a,", "\n", "from a.", "from \t"])
def test_scripts_of_nothing_but_beginnings_of_imports_are_read(unit: str) -> None:
    """However often the pattern begins to fit."""
    content = (unit * (256 * 1024))[: 256 * 1024]

    assert len(inspected("flow.py", f"x{content}\n".encode()).report.imports) <= 1


def test_checked_python_does_not_run(tmp_path: Path) -> None:
    """A script is read, never executed."""
    trace = tmp_path / "trace"

    inspected("flow.py", f"open({str(trace)!r}, 'w')".encode())

    assert not trace.exists()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        ("x = 1".encode("utf-16"), "is UTF-16 text"),
        (b"x = '\0'", "has a NUL byte in it"),
        (b"# \xe9", "is not UTF-8 text (line 1, byte 3)"),
    ],
)
def test_what_is_no_text_is_no_python(content: bytes, problem: str) -> None:
    """Only this is refused of a script, in words."""
    told = problem_of("flow.py", content)

    assert problem in told
    assert ";" in told


@pytest.mark.parametrize("name", ["flow", "flow.exe", "flow.json.txt", "json", ""])
def test_unknown_extension_is_refused(name: str) -> None:
    """Only the two kinds of workflow file can be checked."""
    assert problem_of(name, WORKFLOW) == "must be a .json or a .py file"


@pytest.mark.parametrize("wanted", [*OTHER_FILES, FileFormat.N8N])
def test_a_workflow_is_for_the_platforms_that_run_it(wanted: FileFormat) -> None:
    """And for those that take any file."""
    report = inspected(*OTHER_FILES.get(wanted, ("flow.json", WORKFLOW))).report

    assert report.file_format is wanted
    for file_format in FileFormat:
        if file_format in {wanted, FileFormat.NONE}:
            check_listed(report, "Mine", file_format)
        else:
            with pytest.raises(InvalidValue, match="and the listing says Mine"):
                check_listed(report, "Mine", file_format)


def test_json_of_no_known_format_is_for_platforms_that_take_any() -> None:
    """Others are told what it is; so are those of a file that was never looked into."""
    report = inspected("flow.json", b'{"hello": "world"}').report

    check_listed(report, "Other", FileFormat.NONE)
    for unknown in (report, InspectionReport()):
        with pytest.raises(InvalidValue, match="is no workflow of a kind that is known"):
            check_listed(unknown, "n8n", FileFormat.N8N)


def test_credentials_are_for_no_platform() -> None:
    """They are refused when they are uploaded."""
    secret = b'[{"id": "1", "name": "Mine", "type": "slackApi", "data": "U2FsdGVk"}]'

    assert "is an export of n8n credentials" in problem_of("flow.json", secret)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
    max_leaves=20,
)


@given(
    name=st.sampled_from(["flow.json", "flow.py"]),
    content=st.binary() | st.text().map(str.encode) | VALUES.map(json.dumps).map(str.encode),
)
@example(name="flow.py", content=b"# coding: no-such-thing")
@example(name="flow.py", content=b"'\\N{no such name}'")
def test_any_bytes_pass_or_are_invalid(name: str, content: bytes) -> None:
    """No bytes at all bring out another error."""
    with suppress(InvalidValue):
        inspected(name, content)


@given(cut=st.integers(0, len(WORKFLOW) - 1))
def test_a_cut_off_workflow_is_refused(cut: int) -> None:
    """No beginning of a workflow passes for the whole."""
    assert problem_of("flow.json", WORKFLOW[:cut])


@pytest.mark.parametrize(("steps", "marked"), [(3, False), (4, True)])
def test_workflows_of_four_steps_may_be_copies(steps: int, *, marked: bool) -> None:
    """A copy with other names has the same fingerprint; smaller ones have none."""
    reports = [
        inspected("flow.json", _n8n(name, steps)).report.fingerprint for name in ("Step", "Renamed")
    ]

    assert reports[0] == reports[1]
    assert bool(reports[0]) == marked


@pytest.mark.parametrize(("name", "content"), [("a.py", b"x = 1\n"), ("a.json", b"[1, 22]")])
def test_other_files_may_be_copies_byte_for_byte(name: str, content: bytes) -> None:
    """Unless they are so short that two are alike by chance."""
    large = content + b" " * (FEWEST_BYTES - len(content))

    assert inspected(name, content).report.fingerprint == ""
    assert inspected(name, large).report.fingerprint == sha256_of(large)


def _n8n(name: str, steps: int) -> bytes:
    """A workflow of n8n with steps that are called so."""
    nodes = [
        {"name": f"{name} {number}", "type": "n8n-nodes-base.set", "parameters": {"n": number}}
        for number in range(steps)
    ]
    return json.dumps({"nodes": nodes, "connections": {}}).encode()
