from datetime import timedelta

import pytest

from koda.domain.model.identifiers import CheckoutSessionId
from koda.testing.contracts.files_case import content_of
from koda.testing.examples import PIXEL, WORKFLOW, digest
from tests.e2e.api.client import Api, code_of, json_of

OTHER_WORKFLOW = WORKFLOW.replace(b"Start", b"Begin")


def become_seller(api: Api, name: str) -> Api:
    """Onboard somebody through the API, but for the provider's own pages."""
    marketplace = api.marketplace
    calls = api.signed_in(marketplace.person(name))
    assert json_of(calls.get("/seller"))["state"] == "none"
    onboarding = json_of(calls.post("/seller/onboarding", {"country": "DE"}))
    assert onboarding["seller"] == {
        "state": "pending",
        "requirements": ["your details, in the provider's form"],
        "reason": None,
        "deadline": None,
    }
    assert calls.principal is not None
    account = marketplace.provider.ready_account(calls.principal.user_id)
    assert account in onboarding["url"]
    assert json_of(calls.post("/seller/confirm"))["state"] == "ready"
    return calls


def session_of(order: dict[str, str]) -> CheckoutSessionId:
    """The provider's session behind the address where an order is paid."""
    return CheckoutSessionId(order["url"].rpartition("/")[2])


def content_behind(api: Api, url: str) -> bytes:
    """What a download link opens."""
    file = api.marketplace.files.open(url.rpartition("/")[2])
    return content_of(file)


def test_a_basket_of_two_sellers_is_bought_and_downloaded(api: Api) -> None:
    """From onboarding to identical bytes, by the API alone."""
    ada, cleo = become_seller(api, "ada"), become_seller(api, "cleo")
    preview = ada.upload(PIXEL, kind="preview", file_name="cover.png", content_type="image/png")
    first = json_of(ada.post("/automations", ada.submission(preview=preview)), 201)
    artifact = cleo.upload(OTHER_WORKFLOW, file_name="begin.json")
    second = json_of(
        cleo.post("/automations", cleo.submission(title="Begin well", artifact=artifact)), 201
    )
    page = json_of(api.get("/automations", q="post"))
    assert {item["id"] for item in page["items"]} == {first["id"], second["id"]}

    bea = api.signed_in(api.marketplace.person("bea"))
    ids = [first["id"], second["id"]]
    basket = json_of(bea.post("/basket", {"automation_ids": ids}))
    assert basket["ready"]
    body = {"automation_ids": ids, "expected_total": basket["total"]}
    order = json_of(bea.post("/checkout", body, headers={"Idempotency-Key": "k-1"}), 201)
    assert order["total"] == {"amount": 2500, "currency": "EUR"}
    assert json_of(bea.get("/library"))["items"] == []

    provider = api.marketplace.provider
    provider.pay(session_of(order))
    api.marketplace.handle_payment_event(*provider.event_of(session_of(order)))

    paid = json_of(bea.get(f"/orders/{order['order_id']}"))
    assert (paid["state"], paid["payment"], paid["url"]) == ("paid", "paid", None)
    library = json_of(bea.get("/library"))["items"]
    assert {entry["automation_id"]: entry["state"] for entry in library} == dict.fromkeys(
        ids, "active"
    )
    link = json_of(bea.post(f"/library/{second['id']}/download"))
    assert link["file_name"] == "begin.json"
    assert digest(content_behind(api, link["url"])) == second["releases"][0]["sha256"]
    assert content_behind(api, link["url"]) == OTHER_WORKFLOW
    sales = json_of(cleo.get("/sales"))
    assert sales["totals"]["net"] == {"amount": 1062, "currency": "EUR"}


def test_the_order_itself_tells_of_a_payment_whose_message_is_lost(
    api: Api, buying: Api, selling: Api
) -> None:
    """Looking at the order asks the provider, so nothing depends on the message."""
    listed = json_of(selling.post("/automations", selling.submission()), 201)
    order = json_of(buying.post("/checkout", {"automation_ids": [listed["id"]]}), 201)
    api.marketplace.provider.pay(session_of(order))
    assert json_of(buying.get(f"/orders/{order['order_id']}"))["payment"] == "paid"
    assert len(json_of(buying.get("/library"))["items"]) == 1


@pytest.mark.parametrize(
    ("happening", "state", "payment", "payable"),
    [
        ("decline", "open", "open", True),
        ("pay_later", "open", "processing", False),
        ("expire", "expired", "expired", False),
    ],
)
def test_what_is_not_paid_gives_nothing(
    happening: str, state: str, payment: str, payable: bool, buying: Api, selling: Api
) -> None:
    """A declined, slow or abandoned payment leaves the library empty and the file shut."""
    listed = json_of(selling.post("/automations", selling.submission()), 201)
    order = json_of(buying.post("/checkout", {"automation_ids": [listed["id"]]}), 201)
    getattr(buying.marketplace.provider, happening)(session_of(order))
    seen = json_of(buying.get(f"/orders/{order['order_id']}"))
    assert (seen["state"], seen["payment"], bool(seen["url"])) == (state, payment, payable)
    assert json_of(buying.get("/library"))["items"] == []
    refused = buying.post(f"/library/{listed['id']}/download")
    assert (refused.status_code, code_of(refused)) == (403, "not_bought")


def test_a_slow_payment_that_fails_closes_the_order(buying: Api, selling: Api) -> None:
    """What never arrived is told as failed."""
    listed = json_of(selling.post("/automations", selling.submission()), 201)
    order = json_of(buying.post("/checkout", {"automation_ids": [listed["id"]]}), 201)
    buying.marketplace.provider.pay_later(session_of(order))
    buying.marketplace.provider.settle(session_of(order), succeed=False)
    seen = json_of(buying.get(f"/orders/{order['order_id']}"))
    assert (seen["state"], seen["payment"]) == ("failed", "failed")


def test_a_download_link_ends_after_five_minutes(selling: Api) -> None:
    """The answer says when, in UTC with milliseconds, and the link then leads nowhere."""
    listed = json_of(selling.post("/automations", selling.submission()), 201)
    link = json_of(selling.post(f"/library/{listed['id']}/download", {}))
    assert link["expires_at"] == "2026-03-01T12:05:00.000Z"
    selling.marketplace.clock.advance(timedelta(minutes=5))
    with pytest.raises(Exception, match="expired"):
        content_behind(selling, link["url"])
