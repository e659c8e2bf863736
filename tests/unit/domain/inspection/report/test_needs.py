from koda.domain.model.reports import Account
from tests.unit.domain.inspection.report.described import AI, BASE, asking, make, n8n, node

OWN = {"slackApi": {"id": "1", "name": "Mine"}}


def test_one_account_is_needed_however_many_steps_use_it() -> None:
    """Two kinds of credential of one app are two."""
    report = n8n(
        node(f"{BASE}.slack", "A", credentials=OWN),
        node(f"{BASE}.slack", "B", credentials=OWN),
        node(f"{BASE}.slack", "C", credentials={"slackOAuth2Api": {}}),
    )

    assert report.accounts == (
        Account("Slack", "Slack API"),
        Account("Slack", "Slack OAuth2 API"),
    )
    assert report.configure == 3


def test_app_needs_an_account_though_none_was_exported() -> None:
    """The kind is not told then; a step of the same app that tells it is enough."""
    assert n8n(node(f"{BASE}.slack")).accounts == (Account("Slack"),)
    both = n8n(node(f"{BASE}.slack", "A"), node(f"{BASE}.slack", "B", credentials=OWN))
    assert both.accounts == (Account("Slack", "Slack API"),)


def test_tools_need_an_account_only_where_they_have_one() -> None:
    """An address may be asked without; an agent has none of its own."""
    assert n8n(node(f"{BASE}.httpRequest"), node(f"{AI}.agent")).accounts == ()
    asked = n8n(node(f"{BASE}.httpRequest", credentials={"httpHeaderAuth": {}}))
    assert asked.accounts == (Account("HTTP Request", "Header Auth"),)


def test_unknown_kind_of_credential_keeps_its_name() -> None:
    """As community packages bring them."""
    report = n8n(node("n8n-nodes-strange.thing", credentials={"strangeApi": {}}))

    assert report.accounts == (Account("Strange", "strangeApi"),)


def test_connection_of_make_without_a_kind_is_of_its_app() -> None:
    """The app is named once."""
    module = {"module": "facebook-pages:CreatePost", "parameters": {"__IMTCONN__": 1}}

    assert make(module).accounts == (Account("Facebook Pages"),)


def test_what_was_chosen_in_an_account_is_to_be_configured() -> None:
    """Such as a document, though whoever sells the file took out which."""
    chosen = {"__rl": True, "mode": "list", "value": "abc"}
    steps = (
        asking(f"{BASE}.if", "A", documentId=chosen),
        asking(f"{BASE}.if", "B", documentId={**chosen, "value": ""}),
        asking(f"{BASE}.if", "C", documentId={"value": "abc"}),
    )

    assert n8n(*steps).configure == 2
