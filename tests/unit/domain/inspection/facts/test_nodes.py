import pytest

from koda.domain.inspection.facts.credentials import credential_type
from koda.domain.inspection.facts.nodes import needed_release, node_type
from koda.domain.inspection.facts.releases import Release, plain_version

BASE = "n8n-nodes-base"
AI = "@n8n/n8n-nodes-langchain"


def test_type_is_known_with_its_app() -> None:
    """By the name that files give it."""
    sheets = node_type(f"{BASE}.googleSheets")

    assert sheets
    assert sheets.title == sheets.app == "Google Sheets"
    assert sheets.credentials == ("googleApi", "googleSheetsOAuth2Api")
    assert not sheets.is_core
    assert not sheets.is_ai
    assert not sheets.is_trigger


def test_trigger_of_an_app_is_of_the_app() -> None:
    """While a trigger of n8n's own keeps its name."""
    slack = node_type(f"{BASE}.slackTrigger")
    schedule = node_type(f"{BASE}.scheduleTrigger")

    assert slack
    assert schedule
    assert slack.is_trigger
    assert slack.app == "Slack"
    assert schedule.is_core
    assert schedule.app == "Schedule Trigger"


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        (f"{AI}.lmChatOpenAi", "OpenAI"),
        (f"{AI}.embeddingsGoogleGemini", "Google Gemini"),
        (f"{AI}.lmOllama", "Ollama"),
        (f"{AI}.openAi", "OpenAI"),
        (f"{AI}.modelSelector", None),
        (f"{AI}.memoryBufferWindow", None),
        (f"{AI}.agent", None),
    ],
)
def test_model_has_a_provider(name: str, provider: str | None) -> None:
    """It is the app, too; what only chooses among models, or is none, has no provider."""
    known = node_type(name)

    assert known
    assert known.is_ai
    assert known.model_provider == provider
    assert known.app == (provider or known.title)


def test_tool_is_made_of_a_type() -> None:
    """It is known since the type can be used as a tool, and starts nothing."""
    made_of = node_type(f"{BASE}.gmail")
    tool = node_type(f"{BASE}.gmailTool")

    assert made_of
    assert tool
    assert tool.name == f"{BASE}.gmailTool"
    assert tool.gives == ("ai_tool",)
    assert tool.app == "Gmail"
    assert made_of.tool_since
    assert made_of.versions["1"] < made_of.tool_since == tool.versions["1"]


def test_asking_a_human_is_a_variant_of_its_own() -> None:
    """Since n8n 2.6."""
    asking = node_type(f"{BASE}.slackHitlTool")

    assert asking is not None
    assert asking.app == "Slack"
    assert needed_release(asking.name, "2.3") == Release(2, 6)


@pytest.mark.parametrize("name", [f"{BASE}.cronTool", f"{BASE}.nothing", "Tool", "", f"{BASE}."])
def test_other_types_are_not_known(name: str) -> None:
    """Nor is a tool made of what n8n makes none of."""
    assert node_type(name) is None
    assert needed_release(name, "1") is None


def test_secret_fields_are_named() -> None:
    """Of types and of kinds of credentials."""
    crypto = node_type(f"{BASE}.crypto")
    slack = credential_type("slackApi")

    assert crypto
    assert crypto.secrets == ("privateKey", "secret")
    assert slack
    assert slack.title == "Slack API"
    assert "accessToken" in slack.secrets
    assert credential_type("nothing") is None


@pytest.mark.parametrize(
    ("name", "version", "release"),
    [
        (f"{BASE}.googleSheets", "1", "1.0"),
        (f"{BASE}.googleSheets", None, "1.0"),
        (f"{BASE}.googleSheets", "3.0", "1.0"),
        (f"{BASE}.googleSheets", "4.7", "1.106"),
        (f"{BASE}.function", "2", None),
        (f"{BASE}.function", "newest", None),
        (f"{AI}.agent", "3.1", "2.1"),
    ],
)
def test_release_that_a_version_needs(name: str, version: str | None, release: str | None) -> None:
    """The first that knows it; none for a version that never was."""
    needed = needed_release(name, version)

    assert (str(needed) if needed else None) == release


def test_releases_are_in_the_order_of_their_numbers() -> None:
    """Not of their text."""
    assert Release.parse("1.9") < Release.parse("1.75") < Release(2, 0)
    assert str(Release.parse("1.10")) == "1.10"


@pytest.mark.parametrize(
    ("version", "plain"), [("1.0", "1"), ("4.20", "4.2"), (None, "1"), ("2", "2"), ("x", "x")]
)
def test_versions_are_compared_as_numbers(version: str | None, plain: str) -> None:
    """As n8n does."""
    assert plain_version(version) == plain
