from pathlib import Path

import pytest
from sybil.example import SybilFailure

from tests.docs import blocks


def evaluate(folder: Path, text: str) -> None:
    """Run a document that consists of `text`."""
    path = folder / "page.md"
    path.write_text(text, encoding="utf-8")
    for example in blocks.parse(path):
        example.evaluate()


@pytest.mark.parametrize("path", blocks.documents(), ids=blocks.name_of)
def test_every_block_is_run_or_opted_out(path: Path) -> None:
    """No document holds a block that nothing looks at."""
    blocks.parse(path)


@pytest.mark.parametrize("language", ["", "bash", "python title"])
def test_block_of_unknown_language_is_refused(language: str, tmp_path: Path) -> None:
    """A block that would be passed over is an error that names its place."""
    with pytest.raises(blocks.BlockRefusedError, match=r"page\.md, line 3, column 1"):
        evaluate(tmp_path, f"Text\n\n```{language}\nkoda\n```\n")


def test_block_with_a_reason_is_left_out(tmp_path: Path) -> None:
    """A remark directly before the fence opts a block out."""
    evaluate(tmp_path, "<!-- not run: needs a bank -->\n```bash\nexit 1\n```\n")


def test_block_without_a_reason_is_refused(tmp_path: Path) -> None:
    """Opting out without a reason does not count."""
    with pytest.raises(blocks.BlockRefusedError):
        evaluate(tmp_path, "<!-- not run: -->\n```bash\nexit 1\n```\n")


def test_python_blocks_share_a_namespace(tmp_path: Path) -> None:
    """A later block sees the names of an earlier one."""
    evaluate(tmp_path, "```python\nx = 1\n```\n\n```python\nassert x == 1\n```\n")


def test_failing_python_block_is_reported(tmp_path: Path) -> None:
    """A block that raises fails its document."""
    with pytest.raises(AssertionError):
        evaluate(tmp_path, "```python\nassert 1 == 2\n```\n")


def test_wrong_doctest_output_is_reported(tmp_path: Path) -> None:
    """What stands below a `>>>` line must be what it prints."""
    with pytest.raises(SybilFailure):
        evaluate(tmp_path, "```python\n>>> 1 + 1\n3\n```\n")


def test_console_output_is_compared(tmp_path: Path) -> None:
    """Shown output must agree, `...` matching anything."""
    evaluate(tmp_path, "```console\n$ echo one; echo two; echo three\none\n...\nthree\n```\n")
    with pytest.raises(SybilFailure, match="got"):
        evaluate(tmp_path, "```console\n$ echo one\ntwo\n```\n")


def test_console_exit_code_is_compared(tmp_path: Path) -> None:
    """A command ends with 0 or with the code that the remark states."""
    evaluate(tmp_path, "<!-- exits: 5 -->\n```console\n$ exit 5\n```\n")
    with pytest.raises(SybilFailure, match="ended with 5"):
        evaluate(tmp_path, "```console\n$ exit 5\n```\n")


def test_file_block_is_written_for_later_blocks(tmp_path: Path, in_empty_folder: Path) -> None:
    """A block with a file name can be used by the commands that follow."""
    evaluate(
        tmp_path,
        "<!-- file: shop/hello.py -->\n```python\nprint('hello')\n```\n"
        "\n```console\n$ python shop/hello.py\nhello\n```\n",
    )

    assert (in_empty_folder / "shop" / "hello.py").is_file()


@pytest.mark.parametrize(("language", "text"), [("json", "{"), ("toml", "a = ")])
def test_malformed_data_is_reported(language: str, text: str, tmp_path: Path) -> None:
    """JSON and TOML that a document shows must parse."""
    with pytest.raises(SybilFailure, match=r"page\.md, line 1"):
        evaluate(tmp_path, f"```{language}\n{text}\n```\n")
