"""Evidence of a dispute: its fields, how long they may be, and how it is sent."""

from paysandbox.errors import ApiError, Json
from paysandbox.params import Items, Shape, Text

LONG = (
    "access_activity_log",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "duplicate_charge_explanation",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "uncategorized_text",
)
"""Texts of at most 20,000 characters: `maxLength` in Stripe's OpenAPI document of 2026-08-26."""

SHORT = (
    "billing_address",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "duplicate_charge_id",
    "service_date",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
)
"""Texts of at most 5,000 characters: likewise."""

_FILES = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)
"""Ids of uploaded files."""

_APPEAL = Shape(
    {
        "card": Shape(
            {
                "reason_for_filing": Text(20_000, optional=True),
                "supporting_files": Items(Text(5_000)),
            }
        )
    }
)
"""What an appeal is filed with; how long its reason may be, Stripe does not say."""

MOST = 150_000
"""Characters of all fields together."""

EVIDENCE = Shape(
    {name: Text(20_000, optional=True) for name in LONG}
    | {name: Text(5_000, optional=True) for name in SHORT}
    | {name: Text(5_000, optional=True) for name in _FILES}
    | {"appeal": _APPEAL}
)
"""What a call may send."""


def no_evidence() -> Json:
    """The evidence of a fresh dispute."""
    return {**dict.fromkeys(EVIDENCE.fields), "enhanced_evidence": {}}


def with_evidence(dispute: Json, given: Json, *, submitted: bool) -> Json:
    """The dispute with evidence added.

    Raises:
        ApiError: it is too long altogether.
    """
    evidence = dispute["evidence"] | given
    if sum(len(text) for text in evidence.values() if isinstance(text, str)) > MOST:
        message = f"The combined length of all evidence must be at most {MOST} characters."
        raise ApiError(message, param="evidence")
    details = dispute["evidence_details"]
    counted = details | {
        "has_evidence": details["has_evidence"] or bool(given),
        "submission_count": details["submission_count"] + int(submitted),
    }
    return dispute | {"evidence": evidence, "evidence_details": counted}
