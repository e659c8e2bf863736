"""A stateful Stripe and Clerk on loopback: everything but the money is real.

    from koda.sandbox import Sandbox

    with Sandbox.start() as sandbox:
        client = stripe.StripeClient(sandbox.secret_key, base_addresses={"api": sandbox.stripe_url})
        ...
        sandbox.pay(session.id)

It imports nothing else of Koda's. From another process, steer it with `SandboxControl(url)`.
"""

from koda.sandbox.control import SandboxControl, SandboxError, SeenRequest
from koda.sandbox.embedded import Options, Sandbox

__all__ = ["Options", "Sandbox", "SandboxControl", "SandboxError", "SeenRequest"]
