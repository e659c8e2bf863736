"""Evidence for disputes."""

import stripe
from stripe.params import DisputeUpdateParamsEvidence

from koda.adapters.stripe.errors import translated
from koda.adapters.stripe.keys import id_of, matches
from koda.domain.model.errors import NotFound, PaymentRefused
from koda.domain.model.evidence import Evidence
from koda.domain.model.identifiers import DisputeId
from koda.domain.model.sentences import sentence

_DISPUTE = "dp|du"
"""How the ids of disputes begin."""


def submit(client: stripe.StripeClient, dispute_id: DisputeId, evidence: Evidence) -> None:
    """Submit the texts of `evidence` under Stripe's names for them.

    Each of these fields takes 20,000 characters, and all fields together 150,000
    (https://docs.stripe.com/api/disputes/update).
    """
    unknown = PaymentRefused(sentence("there is no such dispute"))
    if not matches(_DISPUTE, dispute_id):
        raise unknown
    told: DisputeUpdateParamsEvidence = {
        "product_description": evidence.product,
        "service_date": f"{evidence.paid_at:%Y-%m-%d}",
        "uncategorized_text": evidence.payment,
    }
    if evidence.access:
        told["access_activity_log"] = evidence.access
    try:
        with translated(NotFound("dispute", dispute_id)):
            answer = client.v1.disputes.update(dispute_id, {"evidence": told, "submit": True})
            id_of(answer)  # an answer without an id is none of Stripe's
    except NotFound as error:
        raise unknown from error
