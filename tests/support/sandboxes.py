"""Sandboxes whose time of capture a test decides."""

from typing import Any

from paysandbox import CAPTURE_DELAY, Sandbox, SandboxControl

LATE = 3600.0
"""Seconds after which a charge is captured, unless somebody does it by hand."""


def late_sandbox(**options: Any) -> Sandbox:
    """A strict sandbox that captures a charge when it is told to."""
    return Sandbox.start(strict=True, capture_delay=LATE, **options)


def prompt_sandbox(**options: Any) -> Sandbox:
    """A strict sandbox that captures every charge at once, where that is not what is tested."""
    return Sandbox.start(strict=True, capture_delay=0, **options)


def let_capture(sandbox: SandboxControl) -> None:
    """Let the moment pass after which a sandbox that was told nothing has captured all charges."""
    sandbox.clock.advance(CAPTURE_DELAY)
