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
from paysandbox.world import CAPTURE_DELAY

__version__ = "0.1.0"

__all__ = [
    "CAPTURE_DELAY",
    "Options",
    "Sandbox",
    "SandboxControl",
    "SandboxError",
    "SeenRequest",
]
