from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.errors import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.platforms import Platform
from koda.domain.model.policy import Policy
from koda.domain.model.validation import NAME_LENGTH, chosen, spelled
from koda.testing.strategies import names


def test_a_marketplace_that_names_none_has_five_of_each() -> None:
    """Each platform with the format that its files are read as."""
    policy = Policy()

    assert [str(platform) for platform in policy.platforms] == [
        "n8n:n8n",
        "Make:make",
        "Zapier:zapier",
        "Python:python",
        "Other:none",
    ]
    assert policy.categories == (
        "Social Media",
        "Email Marketing",
        "Productivity",
        "Sales",
        "Other",
    )


def test_a_platform_tells_the_format_of_its_files() -> None:
    """A name that the policy does not list has none."""
    policy = Policy(platforms=(Platform("In-house", FileFormat.PYTHON), Platform("Paper")))

    formats = [policy.format_of(name) for name in ("In-house", "Paper", "n8n")]
    assert formats == [FileFormat.PYTHON, FileFormat.NONE, FileFormat.NONE]


@given(names(), st.sampled_from(FileFormat))
def test_a_platform_is_read_as_it_is_written(name: str, file_format: FileFormat) -> None:
    """Whatever its name holds, colons too."""
    for platform in (Platform(name, file_format), Platform(f"{name[:38]}:n", file_format)):
        assert Platform.parse(str(platform)) == platform


@pytest.mark.parametrize(
    "text", ["n8n", "Make:", "Make:json", ":none", "a,b:none", "a  b:none", ""]
)
def test_what_is_no_platform_is_refused(text: str) -> None:
    """A name alone has no format, even if it is called like one."""
    with pytest.raises(InvalidValue, match=r"^platforms: must "):
        Platform.parse(text)


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 41, "a,b", "a\nb", "a\tb", " a", "a  b", "a\0b", "\u202eb", "\ud800", 5]
)
def test_a_name_that_does_not_fit_a_list_is_refused(name: Any) -> None:
    """It must be short, on one line and printable, wherever it stands."""
    with pytest.raises(InvalidValue, match=r"^platforms: "):
        Platform(name)
    with pytest.raises(InvalidValue, match=r"^categories: "):
        Policy(categories=(name,))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"categories": ()}, "categories: must be from 1 to 100 names"),
        ({"categories": tuple(map(str, range(101)))}, "categories: must be from 1 to 100 names"),
        ({"categories": ("Sales", "SALES")}, "categories: must be different from one another"),
        ({"categories": ("Straße", "STRASSE")}, "categories: must be different"),
        ({"categories": ["Sales"]}, "categories: must be a tuple of names"),
        ({"categories": "Sales"}, "categories: must be a tuple of names"),
        ({"platforms": ()}, "platforms: must be from 1 to 100 names"),
        ({"platforms": (Platform("A"), Platform("a"))}, "platforms: must be different"),
        ({"platforms": ("n8n",)}, "platforms: must be a tuple of platforms"),
        ({"platforms": [Platform("A")]}, "platforms: must be a tuple of platforms"),
    ],
)
def test_lists_that_leave_no_choice_are_refused(changes: dict[str, Any], problem: str) -> None:
    """Some, and each once whatever its case, since clients may send any."""
    with pytest.raises(InvalidValue, match=problem):
        Policy(**changes)


def test_a_format_is_one_of_ours() -> None:
    """Its text alone is none."""
    with pytest.raises(InvalidValue, match="must each have a format of files"):
        Platform("n8n", "n8n")  # type: ignore[arg-type]


@given(names().filter(lambda name: name.upper().casefold() == name.casefold()))
def test_a_name_is_found_in_any_case(name: str) -> None:
    """With needless spaces, too, and answered as the list spells it."""
    assert spelled(f" {name.upper()}  ", ("another of them all", name)) == name


@pytest.mark.parametrize("text", ["", "Node-RED", None, 5, ["n8n"]])
def test_another_name_is_refused_with_the_list(text: Any) -> None:
    """The refusal lists what there is."""
    with pytest.raises(InvalidValue, match="platform: must be one of n8n, Make"):
        chosen("platform", ("n8n", "Make"), text)


def test_the_longest_name_passes() -> None:
    """The bound belongs to what is allowed."""
    longest = "x" * NAME_LENGTH[1]

    assert Policy(categories=(longest,)).categories == (longest,)
