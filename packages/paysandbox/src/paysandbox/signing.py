"""Signatures on webhook messages, as Stripe and Svix (for Clerk) make them."""

import base64
import hashlib
import hmac

from paysandbox.ids import new_bytes


def new_stripe_secret() -> str:
    """A fresh secret for Stripe's endpoints."""
    return "whsec_" + new_bytes(16).hex()


def new_svix_secret() -> str:
    """A fresh secret for Svix: base64 after the prefix."""
    return "whsec_" + base64.b64encode(new_bytes(24)).decode()


def sign_stripe(payload: bytes, signers: list[str], timestamp: int) -> dict[str, str]:
    """The `Stripe-Signature` header over `{t}.{payload}`, one `v1` for each secret.

    https://docs.stripe.com/webhooks#verify-manually
    """
    signed = str(timestamp).encode() + b"." + payload
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in signers]
    return {"Stripe-Signature": ",".join([f"t={timestamp}", *(f"v1={mark}" for mark in marks)])}


def sign_svix(
    payload: bytes, signers: list[str], timestamp: int, message_id: str
) -> dict[str, str]:
    """The three Svix headers over `{id}.{t}.{payload}`, one signature for each secret.

    https://docs.svix.com/receiving/verifying-payloads/how-manual
    """
    signed = f"{message_id}.{timestamp}.".encode() + payload
    marks = [_svix_mark(secret, signed) for secret in signers]
    return {
        "svix-id": message_id,
        "svix-timestamp": str(timestamp),
        "svix-signature": " ".join(f"v1,{mark}" for mark in marks),
    }


def _svix_mark(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
