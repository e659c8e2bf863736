from koda.domain.inspection.recognition import recognised
from koda.domain.inspection.report.describing import report_of
from koda.domain.model.reports import Account, Compatibility, Package, Uses
from tests.unit.domain.inspection.report.described import AI, BASE, asking, make, n8n, node, zapier

TO_NOBODY = {"main": [[{"node": "Nobody", "type": "main", "index": 0}]]}


def test_apps_are_told_apart_from_what_the_platform_brings() -> None:
    """Both by the names that people know, the most used first."""
    report = n8n(
        node(f"{BASE}.slack", "A"),
        node(f"{BASE}.slackTrigger", "B"),
        node(f"{BASE}.googleSheets"),
        node(f"{BASE}.if"),
        node(f"{AI}.agent"),
        node(f"{AI}.memoryBufferWindow"),
    )

    assert (report.steps, report.workflows) == (6, 1)
    assert report.apps == (Uses("Slack", 2), Uses("Google Sheets", 1))
    assert {use.name for use in report.tools} == {"If", "AI Agent", "Simple Memory"}
    assert report.triggers == (Uses("Slack", 1),)


def test_steps_that_are_switched_off_need_nothing() -> None:
    """They are counted."""
    report = n8n(node(f"{BASE}.if"), node(f"{BASE}.slack", disabled=True))

    assert (report.steps, report.disabled, report.apps, report.accounts) == (2, 1, (), ())


def test_loose_ends_are_counted() -> None:
    """Connections with nobody, and steps that no trigger leads to."""
    report = n8n(node(f"{BASE}.webhook", "Start"), node(f"{BASE}.if", "Alone"), Start=TO_NOBODY)

    assert (report.dangling, report.unreachable) == (1, 1)


def test_verdicts_are_told_for_three_versions_of_n8n() -> None:
    """With the first release that knows all steps, and what stands against it."""
    report = n8n(node(f"{BASE}.set", typeVersion=3.4), node("n8n-nodes-strange.thing"))

    assert [verdict.major for verdict in report.verdicts] == [1, 2, 3]
    assert report.verdicts[0].outcome is Compatibility.CHANGES
    assert report.verdicts[1].release == "2.0"
    assert "n8n-nodes-strange must be installed" in str(report.verdicts[0].reasons[0])
    assert report.packages == (Package("n8n-nodes-strange", verified=False),)


def test_settings_of_a_workflow_count_for_its_verdict() -> None:
    """n8n 3 has no callers but those that a workflow names."""
    content = {"nodes": [node(f"{BASE}.set")], "connections": {}}
    report = report_of(recognised({**content, "settings": {"callerPolicy": "any"}}))

    assert [verdict.outcome for verdict in report.verdicts][1:] == [
        Compatibility.RUNS,
        Compatibility.CHANGES,
    ]


def test_workflow_that_does_not_run_has_no_release() -> None:
    """An agent of a later version is unknown to n8n 1."""
    (first, *_) = n8n(node(f"{AI}.agent", typeVersion=3.1)).verdicts

    assert (first.outcome, first.release) == (Compatibility.FAILS, "")


def test_blueprint_of_make_is_described() -> None:
    """Its connections are accounts; nothing is said of n8n."""
    report = make(
        {"module": "gateway:CustomWebHook", "parameters": {"hook": 1, "__IMTHOOK__": 2}},
        {
            "module": "slack:CreateMessage",
            "parameters": {"__IMTCONN__": 3},
            "metadata": {"parameters": [{"name": "__IMTCONN__", "type": "account:slack2"}]},
        },
        {"module": "http:ActionSendData", "mapper": {"url": "https://api.example.org/x"}},
        {"module": "scenario-service:CallSubscenario", "mapper": {}},
        {"module": "scenario-service:ReturnData", "mapper": {}},
        {"module": "code:ExecuteCode", "mapper": {}},
    )

    assert report.apps == (Uses("Slack", 1),)
    assert report.accounts == (Account("Slack", "slack2"),)
    assert report.triggers == (Uses("Webhooks", 1),)
    assert report.effects == (Uses("code", 1), Uses("http", 1))
    assert (report.services, report.other_hosts) == ((), 1)
    assert (report.calls, report.missing, report.configure) == (1, 1, 2)
    assert (len(report.verdicts), len(report.schedules), len(report.packages)) == (0, 0, 0)


def test_zap_is_described() -> None:
    """An app needs an account, whether one was chosen or not; Zapier's own tools need none."""
    report = zapier(
        {"selected_api": "SlackCLIAPI@1.2.3", "action": "message", "authentication_id": 1},
        {"selected_api": "FilterAPI@1.0.0", "type_of": "filter", "action": "filter"},
    )

    assert report.apps == (Uses("Slack", 1),)
    assert report.tools == (Uses("Filter by Zapier", 1),)
    assert report.accounts == (Account("Slack"),)
    assert (report.configure, report.triggers) == (1, (Uses("Slack", 1),))
    assert zapier({"selected_api": "SlackCLIAPI@1.2.3"}).accounts == (Account("Slack"),)


def test_names_from_a_file_are_printable_and_short() -> None:
    """Whatever a type is called."""
    report = n8n(node("n8n-nodes-x." + "y" * 500), node("\u202e"))

    assert all(0 < len(use.name) <= 100 for use in report.apps)


def test_at_most_a_hundred_of_a_kind_are_listed() -> None:
    """However many a file has."""
    report = n8n(*(asking(f"n8n-nodes-a{number}.b") for number in range(150)))

    assert (report.steps, len(report.packages), len(report.apps)) == (150, 100, 100)
    assert all(len(verdict.reasons) <= 100 for verdict in report.verdicts)
