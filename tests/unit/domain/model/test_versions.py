import pytest
from hypothesis import given

from koda.domain.model.errors import InvalidValue
from koda.domain.model.versions import Version
from tests.support.strategies import versions


@given(versions)
def test_written_version_reads_back(version: Version) -> None:
    """What `str` writes, `parse` reads."""
    assert version == Version.parse(str(version))


@given(versions, versions)
def test_versions_are_ordered_part_by_part(first: Version, other: Version) -> None:
    """The major part decides, then the minor, then the patch."""
    parts = [(version.major, version.minor, version.patch) for version in (first, other)]

    assert (parts[0] < parts[1], parts[0] >= parts[1]) == (first < other, first >= other)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.0-rc1", "v1.0.0", "-1.0.0", "1.0.x", "1.0.0\n"],
)
def test_other_text_is_no_version(text: str) -> None:
    """Three plain numbers without leading zeros, and nothing else."""
    with pytest.raises(InvalidValue, match=r"^version: "):
        Version.parse(text)
