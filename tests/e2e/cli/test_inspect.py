import json
from pathlib import Path

import pytest

from koda.testing.examples import WORKFLOW
from tests.e2e.cli.program import Koda

KEY = "ghp_" + "a8Kq2LxW" * 4 + "Zt5R"
"""Of the shape of GitHub's, and nobody's."""
FLOW = {
    "nodes": [
        {"name": "A", "type": "n8n-nodes-base.scheduleTrigger", "typeVersion": 1.2},
        {"name": "B", "type": "n8n-nodes-base.slack", "typeVersion": 2.3},
        {"name": "C", "type": "n8n-nodes-strange.thing", "typeVersion": 1, "disabled": True},
        {
            "name": "D",
            "type": "n8n-nodes-base.httpRequest",
            "typeVersion": 4,
            "parameters": {"url": "https://shop.example/"},
        },
        {"name": "E", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1},
        {"name": "F", "type": "@n8n/n8n-nodes-langchain.agent", "typeVersion": 3.1},
        {
            "name": "G",
            "type": "n8n-nodes-other.thing",
            "typeVersion": 1,
            "credentials": {"otherApi": {"id": "1", "name": "x"}},
        },
    ],
    "connections": {},
}


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A workflow file on disk."""
    path = tmp_path / "flow.json"
    path.write_text(json.dumps(FLOW), encoding="utf-8")
    return path


def test_what_is_in_a_file_is_said_line_by_line(koda: Koda, flow: Path) -> None:
    """What it needs and where it runs, without a marketplace."""
    ended = koda("inspect", str(flow))

    assert ended.code == 0, ended.err
    for line in (
        "format       n8n, 7 steps",
        "apps         Other, Slack",
        "started by   Schedule Trigger; every day",
        "accounts     Other (otherApi), Slack",
        "packages     n8n-nodes-other (not verified by n8n)",
        "uses         web addresses in 1 step",
        "hosts        1 other host",
        "calls        1 other workflow, 1 of them not in the file",
        "loose ends   1 switched off, 5 never reached",
        "to set up    2 steps",
        "n8n 1        does not run",
        "- AI Agent in version 3.1 needs n8n 2.1 or newer",
    ):
        assert line in ended.out
    assert not koda.data.exists()


def test_what_cannot_be_sold_fails(koda: Koda, tmp_path: Path) -> None:
    """Told for each file, so that a script can stop at it."""
    secret, other, broken = (tmp_path / name for name in ("a.py", "b.json", "c.json"))
    secret.write_text(f"import os\nkey = '{KEY}'\n", encoding="utf-8")
    other.write_text('{"hello": "world"}', encoding="utf-8")
    broken.write_text("{", encoding="utf-8")

    ended = koda("inspect", *map(str, (secret, other, broken)))

    assert ended.code == 1
    assert "imports      os" in ended.out
    assert "secret       line 2 looks like an access token of GitHub (ghp_…Zt5R)" in ended.out
    assert "problem      is no workflow of a kind that is known" in ended.out
    assert "problem      is not JSON (line 1, column 2)" in ended.out
    assert KEY not in ended.out


def test_remarks_on_a_script_are_no_failure(koda: Koda, tmp_path: Path) -> None:
    """Another Python may read it."""
    script = tmp_path / "flow.py"
    script.write_text("match = =\n", encoding="utf-8")
    ended = koda("inspect", str(script))

    assert ended.code == 0
    assert "remark       does not parse as Python 3." in ended.out


def test_programs_get_it_as_json(koda: Koda, flow: Path) -> None:
    """All files in one object."""
    [told] = koda("inspect", "--json", str(flow)).json["files"]

    assert (told["file"], told["problem"], told["file_format"]) == (str(flow), None, "n8n")
    assert told["workflow"]["accounts"][0] == {"app": "Other", "kind": "otherApi"}
    assert told["workflow"]["verdicts"][0]["outcome"] == "does not run"
    assert told["secrets"] == []


def test_forges_get_it_as_sarif(koda: Koda, tmp_path: Path) -> None:
    """A result for each secret, by line in a script and by path in JSON, and for each refusal."""
    script, flow, other = (tmp_path / name for name in ("a.py", "b.json", "c.json"))
    script.write_text(f"key = '{KEY}'\n", encoding="utf-8")
    flow.write_text(json.dumps({**FLOW, "token": KEY}), encoding="utf-8")
    other.write_text("[1]", encoding="utf-8")

    ended = koda("inspect", "--sarif", *map(str, (script, flow, other)))
    [run] = json.loads(ended.out)["runs"]
    first, second, third = run["results"]

    assert ended.code == 1
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert second["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "token"}]
    assert [of["ruleId"] for of in (first, second, third)] == ["secret", "secret", "cannot-be-sold"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"secret", "cannot-be-sold"}
    assert KEY not in ended.out


@pytest.mark.parametrize(
    ("content", "told"),
    [(WORKFLOW, "format       n8n, 1 step"), (b"import os\n", "imports      os")],
)
def test_standard_input_is_read(koda: Koda, content: bytes, told: str) -> None:
    """JSON, or else a script."""
    process = koda.begin("inspect", "-")
    out, _ = process.communicate(content.decode(), timeout=60)

    assert process.returncode == 0
    assert told in out


def test_answer_is_of_one_kind(koda: Koda, flow: Path) -> None:
    """Two would be none."""
    ended = koda("inspect", "--json", "--sarif", str(flow))

    assert ended.code == 2
    assert "--sarif goes with neither --json nor --redact." in ended.err


def test_clean_file_is_written_beside_the_one_given(koda: Koda, flow: Path, tmp_path: Path) -> None:
    """It is said what was taken out, and nothing is overwritten."""
    clean = tmp_path / "clean.json"
    ended = koda("inspect", "--redact", str(clean), str(flow))

    assert ended.code == 0, ended.err
    credential = "names one of your credentials: x became otherApi"
    assert 'taken out    nodes[6] "G" ' in ended.out
    assert f"otherApi {credential}" in ended.out
    assert f"written      {clean}" in ended.out
    assert json.loads(clean.read_text("utf-8"))["nodes"][6]["credentials"] == {
        "otherApi": {"id": None, "name": "otherApi"}
    }
    again = koda("inspect", "--redact", str(flow), str(clean))
    assert (again.code, json.loads(flow.read_text("utf-8"))) == (2, FLOW)
    assert f"{flow} is there already; name another place." in again.err


def test_several_files_are_redacted_into_a_directory(koda: Koda, tmp_path: Path) -> None:
    """What cannot be is told, and left out; programs get the changes."""
    mail, plain, broken = (tmp_path / name for name in ("a.py", "b.py", "c.json"))
    mail.write_text(f"key = '{KEY}'\n" + "# anna@shop-berg.de\n" * 2, encoding="utf-8")
    plain.write_text("import os\n", encoding="utf-8")
    broken.write_text("{", encoding="utf-8")
    into = tmp_path / "clean"
    ended = koda("inspect", "--json", "--redact", str(into), *map(str, (mail, plain, broken)))

    first, second, third = json.loads(ended.out)["files"]
    assert ended.code == 1
    assert (first["written"], first["total"]) == (str(into / "a.py"), 3)
    assert first["changes"][0]["after"] == "YOUR_GITHUB_TOKEN"
    assert (second["total"], second["problem"], third["written"]) == (0, None, None)
    assert "is not JSON" in third["problem"]
    assert sorted(path.name for path in into.iterdir()) == ["a.py", "b.py"]
    assert (into / "b.py").read_text("utf-8") == "import os\n"
    assert KEY not in ended.out


def test_standard_input_is_redacted_to_standard_output(koda: Koda) -> None:
    """What was changed is said beside it, on standard error."""
    process = koda.begin("inspect", "--redact", "-", "-")
    out, err = process.communicate("# anna@shop-berg.de\n" * 101, timeout=60)

    assert (process.returncode, out) == (0, "# user@example.com\n" * 101)
    assert "line 1 is an e-mail address: anna@shop-berg.de became user@example.com" in err
    assert "and 1 more" in err


def test_place_must_fit_the_files(koda: Koda, flow: Path, tmp_path: Path) -> None:
    """Nothing is written then."""
    (tmp_path / "loose").symlink_to("nowhere")
    for out, files, told in (
        ("-", (flow, flow), "--redact - is for one file"),
        (tmp_path / "x", (flow, flow), "Two files have one name"),
        (flow, (flow, tmp_path / "flow.py"), "name a directory for several files"),
        (flow / "x.json", (flow,), "x.json takes no file: File exists."),
        (tmp_path / "loose", (flow,), "loose takes no file: File exists."),
        (tmp_path / ("x" * 300), (flow,), "takes no file: File name too long."),
    ):
        (tmp_path / "flow.py").write_text("", encoding="utf-8")
        ended = koda("inspect", "--redact", str(out), *map(str, files))

        assert (ended.code, told in ended.err) == (2, True)
    assert not (tmp_path / "x").exists()
