"""What a Checkout session may be made of, and the rules that its parts keep together."""

from paysandbox.currencies import check_amount
from paysandbox.errors import ApiError, Json, missing, missing_parameter
from paysandbox.formats import Currency, Email
from paysandbox.names import LOCALES
from paysandbox.params import (
    Boolean,
    Choice,
    Integer,
    Items,
    Metadata,
    Shape,
    Text,
    body,
)
from paysandbox.resources.account_status import check_can_receive
from paysandbox.resources.links import check_address
from paysandbox.world import World

_SHORTEST = 30 * 60
LONGEST = 24 * 3600
"""Seconds for which a session can stay open."""

_PRODUCT = Shape(
    {
        "description": Text(optional=True),
        "images": Items(Text(2048), maximum=8),
        "metadata": Metadata(),
        "name": Text(250),
        "tax_code": Text(),
    },
    ("name",),
)
_PRICE = Shape(
    {
        "currency": Currency(),
        "product_data": _PRODUCT,
        "tax_behavior": Choice(["exclusive", "inclusive", "unspecified"]),
        "unit_amount": Integer(0, 99_999_999_999_999),
    },
    ("currency", "product_data", "unit_amount"),
)
_LINE = Shape(
    {"metadata": Metadata(), "price": Text(), "price_data": _PRICE, "quantity": Integer(1, 999_999)}
)
_DESTINATION = Shape({"amount": Integer(1), "destination": Text(255)}, ("destination",))
_PAYMENT = Shape(
    {
        "application_fee_amount": Integer(0),
        "description": Text(1000, optional=True),
        "metadata": Metadata(),
        "on_behalf_of": Text(255),
        "receipt_email": Email(),
        "statement_descriptor": Text(22),
        "statement_descriptor_suffix": Text(22),
        "transfer_data": _DESTINATION,
        "transfer_group": Text(),
    }
)
CREATE = body(
    ("line_items",),
    allow_promotion_codes=Boolean(),
    billing_address_collection=Choice(["auto", "required"]),
    cancel_url=Text(),
    client_reference_id=Text(200),
    customer_creation=Choice(["always", "if_required"]),
    customer_email=Email(),
    expires_at=Integer(),
    line_items=Items(_LINE, 1, 100),
    locale=Choice(LOCALES),
    metadata=Metadata(),
    mode=Choice(["payment", "setup", "subscription"]),
    payment_intent_data=_PAYMENT,
    payment_method_types=Items(Text(50)),
    submit_type=Choice(["auto", "book", "donate", "pay"]),
    success_url=Text(),
    ui_mode=Choice(["elements", "embedded_page", "form", "hosted_page"]),
)


def check_session(world: World, params: Json) -> tuple[int, str]:
    """Check what the single parameters cannot show.

    Returns:
        The total in minor units, and its currency in lower case.

    Raises:
        ApiError: a rule is broken.
    """
    _check_mode(params)
    _check_addresses(params)
    _check_lifetime(world, params)
    currency = _currency(params["line_items"])
    total = sum(
        line["price_data"]["unit_amount"] * line.get("quantity", 1) for line in params["line_items"]
    )
    if total:
        check_amount(total, currency, "line_items")
    _check_destination(world, params.get("payment_intent_data", {}), total)
    return total, currency


def _check_mode(params: Json) -> None:
    if "mode" not in params:
        raise missing_parameter("mode")
    if params["mode"] != "payment":
        raise ApiError("This sandbox knows Checkout in payment mode only.", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise ApiError("This sandbox knows Checkout's hosted page only.", param="ui_mode")


def _check_addresses(params: Json) -> None:
    if "success_url" not in params:
        raise missing_parameter("success_url")
    for name in ("success_url", "cancel_url"):
        if name in params:
            check_address(params[name], name)


def _check_lifetime(world: World, params: Json) -> None:
    now = world.clock.now()
    until = params.get("expires_at", now + LONGEST)
    if not now + _SHORTEST <= until <= now + LONGEST:
        message = (
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from"
            " Checkout Session creation."
        )
        raise ApiError(message, param="expires_at")


def _currency(lines: list[Json]) -> str:
    for place, line in enumerate(lines):
        if "price" in line:
            name = f"line_items[{place}][price]"
            raise missing("price", line["price"], status=400, param=name)
        if "price_data" not in line:
            raise missing_parameter(f"line_items[{place}][price_data]")
        if "quantity" not in line:
            raise missing_parameter(f"line_items[{place}][quantity]")
    codes = {str(line["price_data"]["currency"]) for line in lines}
    if len(codes) > 1:
        message = "All line items of a Checkout Session must have the same currency."
        raise ApiError(message, param="line_items")
    return codes.pop()


def _check_destination(world: World, data: Json, total: int) -> None:
    fee = data.get("application_fee_amount")
    destination = data.get("transfer_data")
    prefix = "payment_intent_data"
    if destination is None:
        if fee is not None:
            message = (
                "Can only apply an application_fee_amount when the PaymentIntent is attempting a"
                " direct payment or a destination payment (using `transfer_data[destination]`)."
            )
            raise ApiError(message, param=f"{prefix}[application_fee_amount]")
        return
    check_can_receive(world, destination["destination"], f"{prefix}[transfer_data][destination]")
    if "amount" in destination and fee is not None:
        message = "You cannot set both application_fee_amount and transfer_data[amount]."
        raise ApiError(message, param=f"{prefix}[application_fee_amount]")
    for name, part in (("application_fee_amount", fee), ("amount", destination.get("amount"))):
        if part is not None and part > total:
            message = f"The {name} ({part}) must not be greater than the amount ({total})."
            raise ApiError(message, param=f"{prefix}[{name}]")
