import pytest

from koda.domain.inspection.facts.apps import make_app, n8n_app, zapier_app
from koda.domain.inspection.facts.community import community_package, is_verified
from koda.domain.inspection.facts.effects import Effect, effect_of
from koda.domain.inspection.facts.services import service_of

BASE = "n8n-nodes-base"
AI = "@n8n/n8n-nodes-langchain"


@pytest.mark.parametrize(
    ("name", "app"),
    [
        (f"{BASE}.googleSheets", "Google Sheets"),
        (f"{BASE}.googleSheetsTool", "Google Sheets"),
        (f"{AI}.lmChatOpenAi", "OpenAI"),
        (f"{BASE}.someLinkedInThingTrigger", "Some Linked In Thing"),
        ("@apify/n8n-nodes-apify.apify", "Apify"),
        ("n8n-nodes-upload-post.uploadPostTool", "Upload Post"),
        ("CUSTOM.klicktipp", "Klicktipp"),
        ("x", "X"),
        ("", ""),
    ],
)
def test_app_of_a_node(name: str, app: str) -> None:
    """Known, or made from its name."""
    assert n8n_app(name) == app


@pytest.mark.parametrize(
    ("module", "app"),
    [
        ("google-sheets:addRow", "Google Sheets"),
        ("gateway:CustomWebHook", "Webhooks"),
        ("http:ActionSendData", "HTTP"),
        ("openai-gpt-3:CreateCompletion", "OpenAI"),
        ("whatsapp-business-cloud:send", "WhatsApp Business Cloud"),
        ("weather", "Weather"),
    ],
)
def test_app_of_a_module_of_make(module: str, app: str) -> None:
    """By its name, except where Make calls it something else."""
    assert make_app(module) == app


@pytest.mark.parametrize(
    ("api", "app"),
    [
        ("SlackCLIAPI@1.2.3", "Slack"),
        ("SlackCLIAPI:channel_message", "Slack"),
        ("GoogleSheetsV2CLIAPI@2.9.1", "Google Sheets"),
        ("OpenAICLIAPI@1.0.0", "OpenAI"),
        ("WebHookCLIAPI@1.0.29", "Webhooks by Zapier"),
        ("App227952CLIAPI@1.5.0", "App227952"),
        ("API", "API"),
    ],
)
def test_app_of_a_step_of_zapier(api: str, app: str) -> None:
    """Without what Zapier puts behind it."""
    assert zapier_app(api) == app


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("n8n-nodes-serpapi.serpApi", "n8n-nodes-serpapi"),
        ("@apify/n8n-nodes-apify.apify", "@apify/n8n-nodes-apify"),
        (f"{BASE}.set", None),
        (f"{AI}.agent", None),
        ("CUSTOM.mine", None),
        ("set", None),
    ],
)
def test_community_package_of_a_type(name: str, package: str | None) -> None:
    """None of n8n's own, nor of what is no package."""
    assert community_package(name) == package


def test_verified_packages_are_listed() -> None:
    """Whatever their scope."""
    assert is_verified("@apify/n8n-nodes-apify")
    assert not is_verified("n8n-nodes-of-mine")


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        (f"{BASE}.code", Effect.CODE),
        (f"{AI}.toolCode", Effect.CODE),
        (f"{BASE}.executeCommandTool", Effect.SHELL),
        (f"{BASE}.readWriteFile", Effect.FILES),
        (f"{BASE}.httpRequestTool", Effect.HTTP),
        (f"{BASE}.slack", None),
    ],
)
def test_effect_of_a_node(name: str, effect: Effect | None) -> None:
    """What it reaches beyond the workflow and its apps."""
    assert effect_of(name) is effect


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("api.openai.com", "OpenAI"),
        ("me.openai.azure.com", "Azure OpenAI"),
        ("Hooks.Slack.com.", "Slack"),
        ("slack.com", "Slack"),
        ("notslack.com", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_service_of_a_host(host: str, service: str | None) -> None:
    """By whole parts of its name, the most that are known."""
    assert service_of(host) == service
