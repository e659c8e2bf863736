"""What happens by itself as time passes."""

from paysandbox.resources.account_status import disable_overdue
from paysandbox.resources.captures import capture_due
from paysandbox.resources.checkout import expire_overdue
from paysandbox.resources.refund_life import move_pending
from paysandbox.world import World


def sweep(world: World) -> None:
    """Let happen what is due: ends, deadlines, captures, pending money and pending refunds."""
    with world.state.transaction():
        expire_overdue(world)
        disable_overdue(world)
        capture_due(world)
        world.ledger.mature()
        move_pending(world)
