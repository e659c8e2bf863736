"""The page on which a buyer pays a Checkout session."""

from attrs import define

from paysandbox.errors import ApiError, Json
from paysandbox.http import Answer, Request, redirect
from paysandbox.pages.looks import page
from paysandbox.resources import checkout
from paysandbox.resources.vouchers import DETAILS, is_offered
from paysandbox.world import World

PATIENCE = 10.0
"""Seconds for which the buyer waits for the webhook's answer before being sent back."""

GONE = {
    "complete": "This payment is complete.",
    "expired": "This checkout has expired. Nothing was charged.",
}


@define
class CheckoutPages:
    """Pay, be declined, pay later, or go back."""

    world: World

    def show(self, _: Request, identifier: str) -> Answer:
        """The lines, the total, and what can be done."""
        session = self.world.state.get("checkout.session", identifier)
        if session is None:
            return _nothing()
        if session["status"] == "open":
            return self._offer(session, None)
        if checkout.waiting_intent(self.world, session):
            return self._follow_up(session)
        return page("notice.html", 410, title=GONE[session["status"]], text="You can close it.")

    def act(self, request: Request, identifier: str) -> Answer:
        """Do what the button says."""
        session = self.world.state.get("checkout.session", identifier)
        if session is None:
            return _nothing()
        try:
            return self._do(request.form().get("action", ""), session)
        except ApiError as error:
            fresh = self.world.load("checkout.session", identifier)
            if fresh["status"] == "open":
                return self._offer(fresh, error.message)
            return self.show(request, identifier)

    def _do(self, action: str, session: Json) -> Answer:
        if action == "pay":
            return self._return(checkout.pay(self.world, session))
        if action == "decline":
            declined = checkout.decline(self.world, session)
            return self._offer(declined, "Your card was declined. Nothing was charged.")
        if action == "later":
            return self._follow_up(checkout.pay_later(self.world, session))
        if action == "voucher":
            return self._follow_up(checkout.pay_by_voucher(self.world, session))
        if action in {"arrive", "fail"}:
            return self._return(
                checkout.settle(self.world, session, succeed_now=action == "arrive")
            )
        return redirect(session["cancel_url"] or f"{self.world.url}/pay/{session['id']}")

    def _return(self, session: Json) -> Answer:
        self.world.deliveries.await_attempts([session["_completed_by"]], PATIENCE)
        return redirect(success_address(session))

    def _offer(self, session: Json, trouble: str | None) -> Answer:
        return page(
            "checkout.html",
            session=session,
            lines=self.world.state.find("item", _session=session["id"]),
            trouble=trouble,
            vouchers=is_offered(session),
        )

    def _follow_up(self, session: Json) -> Answer:
        intent = self.world.load("payment_intent", session["payment_intent"])
        voucher = (intent["next_action"] or {}).get(DETAILS)
        back = success_address(session)
        return page("later.html", session=session, back=back, voucher=voucher)


def success_address(session: Json) -> str:
    """Where the buyer is sent after paying."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _nothing() -> Answer:
    return page(
        "notice.html",
        404,
        title="There is no such checkout",
        text="The address is wrong, or the session belongs to another sandbox.",
    )
