"""Who may refund a line of an order, or refuse to, and who may decide on its money at all."""

from koda.domain.model.errors import ConflictOfInterest, NotFound
from koda.domain.model.identifiers import UserId
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize


def refunded_by(principal: Principal, order: Order, number: int, authorize: Authorize) -> OrderLine:
    """Return a line of an order that `principal` may refund; at most one read of the store.

    Strangers do not learn that there is the order. Who bought it is for `check_interest` to tell.

    Raises:
        Forbidden: `principal` neither sold the line nor has a role to refund it.
        NotFound: there is no such line, or `principal` has nothing to do with the order.
    """
    parties = {order.buyer_id, *(line.seller_id for line in order.lines)}
    if principal.user_id not in parties:
        if not authorize.allows(principal, Permission.REFUND):
            raise NotFound("order", order.id)
        return order.line(number)
    line = order.line(number)
    if principal.acts_as(line.seller_id):
        return line
    authorize(principal, Permission.REFUND)
    return line


def check_interest(principal: Principal, order: Order, party: UserId) -> None:
    """Let nobody decide on money of their own: `party` is whose it is, as the buyer of an order.

    Raises:
        ConflictOfInterest: `principal` is that party.
    """
    if principal.user_id == party:
        raise ConflictOfInterest(order.id)
