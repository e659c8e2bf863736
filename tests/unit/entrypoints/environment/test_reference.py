from koda.entrypoints.environment.loading import variables
from koda.entrypoints.environment.reference import OWN, as_markdown, headings, settings_of


def test_every_setting_has_a_meaning_and_every_meaning_a_setting() -> None:
    """The reference is complete, and tells of nothing that is not there."""
    own = {f"{section}.{name}".lstrip(".") for section in OWN for name in OWN[section][1]}
    shown = [setting for section in headings() for setting in settings_of(section)]

    assert own == {variable.path for variable in variables() if variable.group is None}
    assert sorted(setting.name for setting in shown) == sorted(
        variable.name for variable in variables()
    )
    assert all(setting.meaning for setting in shown)


def test_reference_shows_what_a_setting_takes() -> None:
    """Choices by name, numbers, lists and lifetimes."""
    takes = {
        setting.name: setting.takes for section in headings() for setting in settings_of(section)
    }

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


def test_choices_say_what_they_do() -> None:
    """Each as its room tells it, in the row of the setting that chooses it."""
    (row,) = [line for line in as_markdown().splitlines() if "`KODA_NOTICES`" in line]

    assert row.endswith("| how users are told; `console` writes to the log; `smtp` sends e-mail |")
