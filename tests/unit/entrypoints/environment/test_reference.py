from koda.entrypoints.environment.loading import variables
from koda.entrypoints.environment.reference import GROUPS, as_markdown, settings_of


def test_every_setting_has_a_meaning_and_every_meaning_a_setting() -> None:
    """The reference is complete, and tells of nothing that is not there."""
    told = {f"{group}.{name}".lstrip(".") for group in GROUPS for name in GROUPS[group][1]}

    assert told == {variable.path for variable in variables()}


def test_reference_shows_what_a_setting_takes() -> None:
    """Choices by name, numbers, lists and lifetimes."""
    takes = {one.name: one.takes for group in GROUPS for one in settings_of(group)}

    assert takes["KODA_STORE"] == "sqlite or memory or mongo"
    assert takes["KODA_POLICY_PAGE_SIZE"] == "number"
    assert takes["KODA_POLICY_DOWNLOAD_LIFETIME"] == "seconds or h:m:s"
    assert takes["KODA_STRIPE_WEBHOOK_SECRETS"] == "list, with commas"
    assert takes["KODA_SITE_URL"] == "text"


def test_page_has_a_row_for_every_setting() -> None:
    """With its default as one would write it."""
    page = as_markdown()

    assert all(f"| `{variable.name}` |" in page for variable in variables())
    assert "| `KODA_POLICY_UPLOAD_LIFETIME` | `600` | seconds or h:m:s |" in page
