"""A stateful Stripe and Clerk on loopback: everything but the money is real.

    from paysandbox import Sandbox

    with Sandbox.start() as sandbox:
        client = stripe.StripeClient(sandbox.secret_key, base_addresses={"api": sandbox.stripe_url})
        ...
        sandbox.pay(session.id)

From another process, steer it with `SandboxControl(url)`.
"""

from paysandbox.control import SandboxControl, SandboxError, SeenRequest
from paysandbox.embedded import Options, Sandbox

__version__ = "0.1.0"

__all__ = ["Options", "Sandbox", "SandboxControl", "SandboxError", "SeenRequest"]
