import json

from koda.domain.model.automations import Automation
from koda.testing.examples import digest
from tests.e2e.api.client import Api, json_of, problems_of

OWN = json.dumps(
    {
        "name": "Ask the shop",
        "nodes": [
            {
                "name": "When asked",
                "type": "n8n-nodes-base.webhook",
                "position": [0, 0],
                "webhookId": "0c5a5d3e-7a0c-4d0e-9d1c-3f2b8f6d1a11",
                "parameters": {},
            }
        ],
        "connections": {},
    }
).encode()
"""A workflow with the id of its author's webhook."""


def test_an_upload_is_shown_before_it_is_listed(selling: Api, automation: Automation) -> None:
    """What it is, what is taken out of it, and what to say of it."""
    upload = selling.upload(OWN)
    shown = json_of(selling.get(f"/uploads/{upload}/inspection"))

    assert (shown["format"], shown["workflow"]["steps"]) == ("n8n", 1)
    assert (shown["platform"], shown["title"], shown["version"]) == ("n8n", "Ask the shop", "1.0.0")
    assert (shown["total_changes"], shown["must_redact"]) == (1, False)
    assert shown["scanned"] == "not scanned"
    (change,) = shown["changes"]
    assert "webhookId" in change["path"]
    of = {"automation_id": automation.id}
    assert json_of(selling.get(f"/uploads/{upload}/inspection", **of))["version"] == "1.1.0"


def test_what_is_sold_of_an_upload_is_chosen(selling: Api) -> None:
    """The cleaned file, or the original."""
    sold = []
    for redact in (True, False):
        body = selling.submission(artifact=selling.upload(OWN))
        assert list(problems_of(selling.post("/automations", body))) == ["redact"]
        listed = json_of(selling.post("/automations", body | {"redact": redact}), 201)
        release = {"version": "2.0.0", "artifact": selling.upload(OWN), "redact": redact}
        released = selling.post(f"/automations/{listed['id']}/releases", release)
        sold.append([item["sha256"] != digest(OWN) for item in json_of(released, 201)["releases"]])

    assert sold == [[True, True], [False, False]]
