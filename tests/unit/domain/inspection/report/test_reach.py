import pytest

from koda.domain.model.reports import Uses
from tests.unit.domain.inspection.report.described import AI, BASE, asking, make, n8n, node, zapier

HTTP = f"{BASE}.httpRequest"


def test_what_steps_reach_is_counted() -> None:
    """Code, shell, files and addresses."""
    report = n8n(
        node(f"{BASE}.code", "A"),
        node(f"{BASE}.function", "B"),
        node(f"{BASE}.executeCommand"),
        node(f"{BASE}.readWriteFile"),
        node(HTTP),
        node(f"{BASE}.if"),
    )

    assert report.effects == (
        Uses("code", 2),
        Uses("files", 1),
        Uses("http", 1),
        Uses("shell", 1),
    )


def test_steps_of_make_and_zapier_that_ask_addresses_are_counted() -> None:
    """Whether the address stands in the file or not; a hook that is asked does not ask."""
    blueprint = make(
        {"module": "http:ActionSendData", "mapper": {"url": "{{1.url}}"}},
        {"module": "code:ExecuteCode"},
        {"module": "slack:CreateMessage"},
    )
    zap = zapier(
        {"selected_api": "WebHookCLIAPI@1.1.1", "action": "hook_v2"},
        {"selected_api": "WebHookCLIAPI@1.1.1", "action": "post"},
        {"selected_api": "CodeCLIAPI@1.0.1", "action": "run"},
    )

    assert blueprint.effects == zap.effects == (Uses("code", 1), Uses("http", 1))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://api.openai.com/v1/chat", (("OpenAI",), 0)),
        ("=https://api.openai.com/v1/{{ $json.path }}", (("OpenAI",), 0)),
        ("http://user:word@internal.example/x", ((), 1)),
        ("HTTPS://Intranet", ((), 1)),
        ("=https://{{ $json.host }}/x", ((), 0)),
        ("=https://api.{{ $json.host }}/x", ((), 0)),
        ("https://[broken/", ((), 0)),
        ("={{ $json.url }}", ((), 0)),
        ("", ((), 0)),
        (5, ((), 0)),
    ],
)
def test_fixed_hosts_are_told(url: object, told: tuple[tuple[str, ...], int]) -> None:
    """Known services by name; of others only how many, since a host may be somebody's own."""
    report = n8n(asking(HTTP, url=url))

    assert (report.services, report.other_hosts) == told


def test_a_host_counts_once() -> None:
    """However many steps ask it."""
    report = n8n(*(asking(HTTP, name, url=f"https://a.example/{name}") for name in "abc"))

    assert report.other_hosts == 1


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("gpt-4o", "OpenAI gpt-4o"),
        ({"__rl": True, "value": "gpt-4o", "mode": "list"}, "OpenAI gpt-4o"),
        ("={{ $json.model }}", "OpenAI"),
        (None, "OpenAI"),
    ],
)
def test_models_are_named_behind_their_provider(model: object, told: str) -> None:
    """The provider alone where the model is worked out, or n8n's default."""
    report = n8n(asking(f"{AI}.lmChatOpenAi", model=model), node(f"{BASE}.if"))

    assert report.models == (told,)


def test_steps_of_ai_are_counted() -> None:
    """Those of n8n's package but for chats, and those of an app or a host that is known for it."""
    of_ai = (
        node(f"{AI}.agent"),
        node(f"{AI}.toolCode"),
        node(f"{AI}.mcpTrigger"),
        node(f"{BASE}.openAi"),
        node("n8n-nodes-elevenlabs.elevenLabs"),
        asking(HTTP, "Ask", url="https://api.perplexity.ai/chat"),
    )
    without = (
        node(f"{AI}.chatTrigger"),
        node(f"{AI}.chat"),
        node(f"{BASE}.slack"),
        node(f"{BASE}.code"),
        asking(HTTP, "Tell", url="https://slack.com/api"),
    )

    assert n8n(*of_ai, *without).ai == len(of_ai)
    assert make({"module": "openai-gpt-3:CreateCompletion"}, {"module": "slack:Send"}).ai == 1


def test_calls_of_other_workflows_are_counted() -> None:
    """One that stands in the step itself is not missing; being called is no call."""
    report = n8n(
        asking(f"{BASE}.executeWorkflow", "A", workflowId="1"),
        asking(f"{BASE}.executeWorkflow", "B", source="parameter", workflowJson="{}"),
        asking(f"{AI}.toolWorkflow", "C", workflowId="2"),
        node(f"{BASE}.executeWorkflowTrigger"),
    )

    assert (report.calls, report.missing) == (3, 2)
