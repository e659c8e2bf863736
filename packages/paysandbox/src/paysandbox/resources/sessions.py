"""Checkout sessions as the platform sees them: made, read, listed, changed and expired."""

from paysandbox.errors import Json
from paysandbox.formats import Email
from paysandbox.ids import new_id
from paysandbox.params import (
    Choice,
    Metadata,
    Shape,
    Text,
    body,
    filters,
    merge_metadata,
    paging,
    with_notes,
)
from paysandbox.resources.checkout import expire
from paysandbox.resources.session_params import CREATE, LONGEST, check_session
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()

_BLANK: Json = {
    "object": "checkout.session",
    "adaptive_pricing": None,
    "after_expiration": None,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "currency_conversion": None,
    "custom_fields": [],
    "custom_text": {
        "after_submit": None,
        "shipping_address": None,
        "submit": None,
        "terms_of_service_acceptance": None,
    },
    "customer": None,
    "customer_details": None,
    "discounts": [],
    "invoice": None,
    "invoice_creation": None,
    "livemode": False,
    "mode": "payment",
    "origin_context": None,
    "payment_intent": None,
    "payment_link": None,
    "payment_method_collection": "if_required",
    "payment_method_configuration_details": None,
    "payment_method_options": {},
    "permissions": None,
    "phone_number_collection": {"enabled": False},
    "recovered_from": None,
    "saved_payment_method_options": None,
    "setup_intent": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "status": "open",
    "subscription": None,
    "ui_mode": "hosted_page",
    "wallet_options": None,
}
"""What every session starts with."""

_TYPES = "stripe.params.checkout._session_create_params:SessionCreateParams"


@routes.add("POST /v1/checkout/sessions", CREATE, types=_TYPES)
def _create_session(call: Call) -> Json:
    """Open a session with a hosted page on which it can be paid."""
    total, currency = check_session(call.world, call.params)
    session = _build(call.world, call.params, total, currency)
    for line in call.params["line_items"]:
        call.world.save(_line(call.world, session["id"], line))
    return call.show(call.world.save(session))


def _build(world: World, params: Json, total: int, currency: str) -> Json:
    now = world.clock.now()
    identifier = new_id("cs_test_")
    return {
        **_BLANK,
        "id": identifier,
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "amount_subtotal": total,
        "amount_total": total,
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": now,
        "currency": currency,
        "customer_creation": params.get("customer_creation", "if_required"),
        "customer_email": params.get("customer_email"),
        "expires_at": params.get("expires_at", now + LONGEST),
        "locale": params.get("locale"),
        "metadata": merge_metadata({}, params.get("metadata")),
        "payment_method_types": params.get("payment_method_types", ["card"]),
        "payment_status": "unpaid" if total else "no_payment_required",
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": f"/pay/{identifier}",
        "_payment": params.get("payment_intent_data", {}),
    }


def _line(world: World, session_id: str, line: Json) -> Json:
    price = line["price_data"]
    quantity = line["quantity"]
    amount = price["unit_amount"] * quantity
    return {
        "id": new_id("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "metadata": merge_metadata({}, line.get("metadata")),
        "price": _price(world, price),
        "quantity": quantity,
        "_session": session_id,
    }


def _price(world: World, price: Json) -> Json:
    return {
        "id": new_id("price_"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": world.clock.now(),
        "currency": price["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": _product(world, price["product_data"])["id"],
        "recurring": None,
        "tax_behavior": price.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": price["unit_amount"],
        "unit_amount_decimal": str(price["unit_amount"]),
    }


def _product(world: World, data: Json) -> Json:
    now = world.clock.now()
    product = {
        "id": new_id("prod_"),
        "object": "product",
        "active": False,
        "created": now,
        "default_price": None,
        "description": data.get("description"),
        "images": data.get("images", []),
        "livemode": False,
        "marketing_features": [],
        "metadata": merge_metadata({}, data.get("metadata")),
        "name": data["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": data.get("tax_code"),
        "unit_label": None,
        "updated": now,
        "url": None,
    }
    return world.save(product)


@routes.add(
    "GET /v1/checkout/sessions",
    filters(
        customer=Text(),
        customer_account=Text(),
        customer_details=Shape({"email": Email()}),
        payment_intent=Text(),
        payment_link=Text(),
        status=Choice(["complete", "expired", "open"]),
        subscription=Text(),
    ),
)
def _list_sessions(call: Call) -> Json:
    """The sessions, newest first."""
    return call.list("checkout.session")


@routes.add("GET /v1/checkout/sessions/{session}", body())
def _retrieve_session(call: Call) -> Json:
    """One session."""
    return call.show(call.load("checkout.session", param="session"))


@routes.add(
    "POST /v1/checkout/sessions/{session}",
    body(metadata=Metadata()),
    types="stripe.params.checkout._session_update_params:SessionUpdateParams",
)
def _update_session(call: Call) -> Json:
    """Change a session's notes."""
    session = call.load("checkout.session", param="session")
    return call.show(call.world.save(with_notes(session, call.params)))


@routes.add("POST /v1/checkout/sessions/{session}/expire", body())
def _expire_session(call: Call) -> Json:
    """Close an open session unpaid."""
    session = call.load("checkout.session", param="session")
    return call.show(expire(call.world, session))


@routes.add("GET /v1/checkout/sessions/{session}/line_items", paging())
def _list_line_items(call: Call) -> Json:
    """The lines of a session in their order, paged."""
    session = call.load("checkout.session", param="session")
    return call.list("item", call.params | {"_session": session["id"]}, reverse=True)
