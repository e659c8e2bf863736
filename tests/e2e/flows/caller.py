"""A program that uses the API over HTTP, as one person."""

from typing import Any

import requests
from attrs import frozen

from koda.testing.examples import WORKFLOW
from tests.e2e.flows.serving import Site
from tests.support.bodies import announcement

TIMEOUT = 30


@frozen
class Caller:
    """Calls the API with a person's bearer token."""

    site: Site
    token: str

    @classmethod
    def sign_in(cls, site: Site, user: str) -> "Caller":
        """Become `user`, as the sandboxed site lets a program do."""
        answer = requests.post(f"{site.url}/sandbox/sign-in", json={"user": user}, timeout=TIMEOUT)
        assert answer.status_code == 200, answer.text
        return cls(site, answer.json()["token"])

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Send one request."""
        return requests.request(
            method,
            f"{self.site.url}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", **headers},
            timeout=TIMEOUT,
        )

    def done(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send one request that must succeed; return its answer."""
        answer = self.call(method, path, body, **headers)
        assert answer.ok, (answer.status_code, answer.text)
        return answer.json()

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Send one request that must be refused; return its status and code."""
        answer = self.call(method, path, body)
        assert answer.headers["Content-Type"] == "application/problem+json", answer.text
        return answer.status_code, answer.json()["code"]

    def onboard(self) -> str:
        """Become a seller who can be paid; return the payout account."""
        self.done("POST", "/seller/onboarding", {"country": "DE"})
        account = self.site.sandbox.objects("account")[-1]["id"]
        self.site.sandbox.complete_onboarding(account)
        self.site.sandbox.webhooks.drain()
        assert self.done("GET", "/seller")["state"] == "ready"
        return str(account)

    def upload(
        self, content: bytes, file_name: str = "flow.json", content_type: str = "", **more: str
    ) -> str:
        """Announce a workflow file and send it straight to storage; return the upload's id."""
        told = "text/x-python" if file_name.endswith(".py") else "application/json"
        kind = content_type or told
        announced = announcement(content, file_name=file_name, content_type=kind, **more)
        offer = self.done("POST", "/uploads", announced)
        sent = requests.request(
            offer["method"], offer["url"], data=content, headers=offer["headers"], timeout=TIMEOUT
        )
        assert sent.ok, sent.text
        return str(offer["upload_id"])

    def list_automation(
        self, title: str, amount: int, content: bytes = WORKFLOW, file_name: str = "flow.json"
    ) -> str:
        """Put an automation up for sale; return its id."""
        submission = {
            "title": title,
            "description": f"{title}, every day at the hour that you choose.",
            "price": {"amount": amount, "currency": "EUR"},
            "category": "Sales",
            "platform": "n8n",
            "tags": ["flows"],
            "artifact": self.upload(content, file_name),
        }
        return str(self.done("POST", "/automations", submission)["id"])

    def check_out(self, *automation_ids: str) -> tuple[str, str]:
        """Check a basket out; return the order and its session at the provider."""
        order = self.done("POST", "/checkout", {"automation_ids": list(automation_ids)})
        sessions = self.site.sandbox.objects("checkout.session")
        (session,) = [
            checkout["id"]
            for checkout in sessions
            if checkout["client_reference_id"] == order["order_id"]
        ]
        return order["order_id"], session

    def state_of(self, order_id: str) -> str:
        """The state of an order."""
        return str(self.done("GET", f"/orders/{order_id}")["state"])

    def owned(self) -> set[str]:
        """The automations in the library."""
        return {item["automation_id"] for item in self.done("GET", "/library")["items"]}

    def download(self, automation_id: str) -> requests.Response:
        """Fetch the file of a bought automation."""
        link = self.done("POST", f"/library/{automation_id}/download")
        return requests.get(link["url"], timeout=TIMEOUT)
