"""Disputes as the platform sees them: read, answered with evidence, and accepted."""

from paysandbox.errors import ApiError, Json
from paysandbox.params import Boolean, Metadata, Text, body, filters, merge_metadata
from paysandbox.resources.disputes import APPEALED, DISPUTED, INQUIRY, close_dispute
from paysandbox.resources.evidence import EVIDENCE, with_evidence
from paysandbox.routing import Call, Routes

routes = Routes()

_REVIEWED = {
    **dict.fromkeys(INQUIRY, "warning_under_review"),
    **dict.fromkeys(DISPUTED, "under_review"),
    "appeal_needs_response": "appeal_under_review",
}
"""What evidence turns a status into."""


@routes.add("GET /v1/disputes", filters(charge=Text(), payment_intent=Text()))
def _list_disputes(call: Call) -> Json:
    """The disputes, newest first."""
    return call.list("dispute")


@routes.add("GET /v1/disputes/{dispute}", body())
def _retrieve_dispute(call: Call) -> Json:
    """One dispute."""
    return call.show(call.load("dispute", param="dispute"))


@routes.add(
    "POST /v1/disputes/{dispute}",
    body(evidence=EVIDENCE, metadata=Metadata(), submit=Boolean()),
    types="stripe.params._dispute_update_params:DisputeUpdateParams",
)
def _update_dispute(call: Call) -> Json:
    """Send evidence, for good where `submit` is true."""
    dispute = call.load("dispute", param="dispute")
    given = call.params.get("evidence", {})
    if given and dispute["status"] not in _REVIEWED:
        message = f"This dispute is already closed as {dispute['status']} and takes no evidence."
        raise ApiError(message, param="evidence")
    if given and (dispute["status"] in APPEALED) != (set(given) == {"appeal"}):
        message = "An appeal takes the evidence `appeal` and no other, and nothing else takes it."
        raise ApiError(message, param="evidence")
    submitted = bool(given) and call.params.get("submit", True)
    metadata = merge_metadata(dispute["metadata"], call.params.get("metadata"))
    changed = with_evidence(dispute, given, submitted=submitted) | {"metadata": metadata}
    if submitted:
        changed |= {"status": _REVIEWED[dispute["status"]]}
    call.world.emit("charge.dispute.updated", changed)
    return call.show(call.world.save(changed))


@routes.add("POST /v1/disputes/{dispute}/close", body())
def _accept_dispute(call: Call) -> Json:
    """Accept a dispute: it is lost."""
    return call.show(close_dispute(call.world, call.load("dispute", param="dispute"), won=False))
