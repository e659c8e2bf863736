"""What a moderator does about a listing."""

from koda.domain.model.errors import Forbidden, InvalidValue, NotFound, StaleWrite, WrongState
from koda.entrypoints.web.api.operations import Access, AnyOperation, Call, Operation
from koda.entrypoints.web.api.schemas.automations import AutomationAnswer, automation_answer
from koda.entrypoints.web.api.schemas.common import Nothing, given
from koda.entrypoints.web.api.schemas.listings import DecisionBody, ReasonBody


def suspend(call: Call[Nothing, ReasonBody]) -> AutomationAnswer:
    """Stop the sale and the downloads of a listing; its seller reads the reason."""
    return _moderate(call, suspended=True)


def reinstate(call: Call[Nothing, ReasonBody]) -> AutomationAnswer:
    """Put a suspended listing back; its seller reads the reason."""
    return _moderate(call, suspended=False)


def _moderate(call: Call[Nothing, ReasonBody], *, suspended: bool) -> AutomationAnswer:
    moderate, reason = call.use_cases.moderate_automation, call.body.reason
    automation = moderate(call.principal, call.automation_id, reason, suspended=suspended)
    return automation_answer(automation, call.preview)


def approve(call: Call[Nothing, DecisionBody]) -> AutomationAnswer:
    """Put a listing in review on sale; its seller reads the reason."""
    return _decide(call, approved=True)


def reject(call: Call[Nothing, DecisionBody]) -> AutomationAnswer:
    """Suspend a listing in review; its seller reads the reason."""
    return _decide(call, approved=False)


def _decide(call: Call[Nothing, DecisionBody], *, approved: bool) -> AutomationAnswer:
    reason, seen = call.body.reason, given(call.body.seen) or ""
    decide = call.use_cases.decide_review
    automation = decide(call.principal, call.automation_id, reason, approved=approved, seen=seen)
    return automation_answer(automation, call.preview)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        name="suspend_automation",
        method="POST",
        path="/automations/{automation_id}/suspend",
        subject="Moderation",
        summary="Stop the sale and the downloads of a listing, as a moderator",
        access=Access.REQUIRED,
        query=Nothing,
        body=ReasonBody,
        answer=AutomationAnswer,
        handle=suspend,
        errors=(InvalidValue, Forbidden, NotFound, WrongState, StaleWrite),
    ),
    Operation(
        name="reinstate_automation",
        method="POST",
        path="/automations/{automation_id}/reinstate",
        subject="Moderation",
        summary="Put a suspended listing back on sale, as a moderator",
        access=Access.REQUIRED,
        query=Nothing,
        body=ReasonBody,
        answer=AutomationAnswer,
        handle=reinstate,
        errors=(InvalidValue, Forbidden, NotFound, WrongState, StaleWrite),
    ),
    Operation(
        name="approve_automation",
        method="POST",
        path="/automations/{automation_id}/approve",
        subject="Moderation",
        summary="Put a listing in review on sale, as a moderator",
        access=Access.REQUIRED,
        query=Nothing,
        body=DecisionBody,
        answer=AutomationAnswer,
        handle=approve,
        errors=(InvalidValue, Forbidden, NotFound, WrongState, StaleWrite),
    ),
    Operation(
        name="reject_automation",
        method="POST",
        path="/automations/{automation_id}/reject",
        subject="Moderation",
        summary="Suspend a listing in review, as a moderator",
        access=Access.REQUIRED,
        query=Nothing,
        body=DecisionBody,
        answer=AutomationAnswer,
        handle=reject,
        errors=(InvalidValue, Forbidden, NotFound, WrongState, StaleWrite),
    ),
)
