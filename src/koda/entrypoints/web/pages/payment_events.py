"""The inbox of the payment provider's messages."""

import json
from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import EventState
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.model.sentences import sentence
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.replay_payment_event import ReplayPaymentEvent
from koda.domain.usecases.operations.view_payment_event import ViewPaymentEvent
from koda.domain.usecases.operations.view_payment_events import ViewPaymentEvents
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed
from koda.entrypoints.web.links import asked_cursor, link_to, paging
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.cursors import Cursors

ALL = "all"
"""The list of messages in every state."""
_STATES = (EventState.FAILED.value, EventState.OPEN.value, EventState.DONE.value, ALL)
"""The lists that there are, in the order in which somebody looks at them."""


@frozen
class PaymentEventPages:
    """What the payment provider sent, what became of it, and a button to handle it again."""

    render: Renderer
    visitors: Visitors
    cursors: Cursors
    authorize: Authorize
    view: ViewPaymentEvents
    view_one: ViewPaymentEvent
    replay: ReplayPaymentEvent

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/events", "payment_events", self.events)
        place = "/admin/events/<event_id>"
        blueprint.add_url_rule(place, "payment_event", self.event)
        blueprint.add_url_rule(place, "payment_event_sent", self.replayed, methods=["POST"])

    def events(self) -> ResponseReturnValue:
        """Show a page of messages: those that failed, unless others are asked for."""
        self.authorize(self.visitors.required(), Permission.READ_MONEY)
        asked = request.args.get("state", "")
        state = asked if asked in _STATES else EventState.FAILED.value
        page = self.view(
            None if state == ALL else EventState(state), cursor=asked_cursor(self.cursors)
        )
        return self.render(
            "payment_events",
            entries=page.items,
            state=state,
            states=_STATES,
            **paging("payment_events", self.cursors, page.next_cursor, state=state),
            here="admin",
        )

    def event(self, event_id: str) -> ResponseReturnValue:
        """Show a message, what it says for those who may read it, and the form that replays it."""
        return self._page(self.visitors.required(), EventId(event_id), {}, ())

    def replayed(self, event_id: str) -> ResponseReturnValue:
        """Handle a message again, and show what became of it."""
        principal, typed = self.visitors.required(), Typed.read("reason")
        try:
            entry = self.replay(principal, EventId(event_id), typed["reason"])
        except REFUSALS as error:
            refusal = Refusal.of(error)
            page = self._page(principal, EventId(event_id), typed.values, refusal.faults)
            return page, refusal.status
        if entry.waiting:
            leave_message(sentence("It was handled again, and failed again."), "bad")
        else:
            leave_message(sentence("It was handled again, and is done."))
        return redirect(link_to("payment_event", event_id), 303)

    def _page(
        self,
        principal: Principal,
        event_id: EventId,
        form: Mapping[str, str],
        errors: Sequence[Fault],
    ) -> str:
        message = self.view_one(principal, event_id)
        return self.render(
            "payment_event",
            entry=message.entry,
            payload=None if message.payload is None else readable(message.payload),
            form=form,
            errors=errors,
            here="admin",
        )


def readable(payload: bytes) -> str:
    """Return a payload as text: one line a value if it is JSON, as it came if not."""
    text = payload.decode(errors="replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
