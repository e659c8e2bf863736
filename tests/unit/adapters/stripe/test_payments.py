from datetime import timedelta
from uuid import uuid4

import pytest
import stripe
from attrs import evolve
from stripe.checkout import Session

from koda.adapters.stripe.checkout import payment_of
from koda.adapters.stripe.errors import KeyRefused, KeyReused
from koda.adapters.stripe.keys import keyed, matches
from koda.adapters.stripe.payments import StripePayments
from koda.domain.model.errors import NotFound, PaymentRefused, StillProcessing, Unavailable
from koda.domain.model.identifiers import OrderId, PaymentId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal
from koda.domain.model.orders import Order
from koda.domain.model.payments import PaymentState
from koda.domain.model.refund_states import RefundState
from koda.testing.contracts.payments_case import PaidOrder, PaymentsCase
from paysandbox import Sandbox
from tests.contract.stripe_world import PAGES, SITE, client_of

HOUR = timedelta(hours=1)


def priced(order: Order, money: Money, fee: int) -> Order:
    """The order with one line of another price."""
    return evolve(
        order, lines=(evolve(order.lines[0], price=money, fee=Money(fee, money.currency)),)
    )


# --- opening ----------------------------------------------------------------------------------


def test_session_of_one_seller_is_a_destination_charge(
    sandbox: Sandbox, case: PaymentsCase
) -> None:
    """The session carries the order's lines, its id wherever Koda looks, and who is paid."""
    order = case.order(("ada", 1250), ("ada", 333))
    sandbox.forget_requests()
    case.open(order)
    [asked] = sandbox.requests

    assert asked.idempotency_key == f"koda:checkout:{order.id}"
    assert asked.params == {
        "mode": "payment",
        "line_items": {
            "0": {
                "quantity": "1",
                "metadata": {
                    "koda_line": "1",
                    "koda_automation": "aut_1",
                    "koda_version": "1.0.0",
                    "koda_seller": "user_ada",
                    "koda_account": case.account("ada"),
                    "koda_fee": "188",
                },
                "price_data": {
                    "currency": "eur",
                    "unit_amount": "1250",
                    "product_data": {"name": "Post to every network"},
                },
            },
            "1": {
                "quantity": "1",
                "metadata": {
                    "koda_line": "2",
                    "koda_automation": "aut_2",
                    "koda_version": "1.0.0",
                    "koda_seller": "user_ada",
                    "koda_account": case.account("ada"),
                    "koda_fee": "50",
                },
                "price_data": {
                    "currency": "eur",
                    "unit_amount": "333",
                    "product_data": {"name": "Post to every network"},
                },
            },
        },
        "client_reference_id": order.id,
        "metadata": {"koda_order": order.id, "koda_buyer": order.buyer_id},
        "payment_intent_data": {
            "application_fee_amount": str(order.fee.minor),
            "metadata": {"koda_order": order.id},
            "transfer_data": {"destination": case.account("ada")},
            "transfer_group": order.id,
        },
        "expires_at": str(int((order.created_at + HOUR).timestamp())),
        "success_url": f"{SITE}/orders/{order.id}",
        "cancel_url": f"{SITE}/orders/{order.id}?cancelled=1",
    }


def test_session_of_several_sellers_charges_for_the_marketplace(
    sandbox: Sandbox, case: PaymentsCase
) -> None:
    """Neither a destination nor an application fee, only the group of the transfers to come."""
    order = case.order(("ada", 1250), ("cid", 333))
    case.open(order)

    assert sandbox.requests[-1].params["payment_intent_data"] == {
        "metadata": {"koda_order": order.id},
        "transfer_group": order.id,
    }


def test_no_fee_is_no_application_fee(case: PaymentsCase) -> None:
    """A marketplace that keeps nothing says nothing of a fee, and reads a fee of zero."""
    order = priced(case.order(("ada", 1250)), Money(1250, "EUR"), 0)
    session = case.open(order)
    case.world.pay(session.id)

    assert case.payments.find(session.id).fee == Money(0, "EUR")


@pytest.mark.parametrize(
    ("money", "fee", "units"),
    [
        (Money(1250, "JPY"), 188, 1250),
        (Money(1250, "ISK"), 188, 125_000),
        (Money(12_500, "KWD"), 1880, 12_500),
    ],
    ids=str,
)
def test_other_currencies_are_charged_in_stripes_units(
    sandbox: Sandbox, case: PaymentsCase, money: Money, fee: int, units: int
) -> None:
    """What the buyer pays is what the order says, in currencies of any number of decimals."""
    order = priced(case.order(("ada", 1250)), money, fee)
    session = case.open(order)
    case.world.pay(session.id)

    assert sandbox.objects("checkout.session")[-1]["amount_total"] == units
    assert case.payments.find(session.id).check(order)


@pytest.mark.parametrize(
    "money", [Money(49, "EUR"), Money(10**9, "EUR"), Money(501, "KWD")], ids=str
)
def test_amount_that_stripe_would_refuse_is_not_asked_for(
    sandbox: Sandbox, case: PaymentsCase, money: Money
) -> None:
    """A hopeless amount costs no request."""
    order = priced(case.order(("ada", 1250)), money, 0)
    sandbox.forget_requests()

    with pytest.raises(PaymentRefused):
        case.open(order)
    assert sandbox.requests == []


def test_closed_session_is_not_opened_again(case: PaymentsCase) -> None:
    """Asked for an order whose session has closed, with another end, the adapter says so."""
    order = case.order(("ada", 1250))
    case.world.expire(case.open(order).id)

    with pytest.raises(PaymentRefused, match="closed"):
        case.payments.open_checkout(order, order.created_at + 2 * HOUR)


def test_key_that_something_else_used_is_refused(sandbox: Sandbox, case: PaymentsCase) -> None:
    """If the key belongs to no session of the order, nothing is taken for it."""
    order = case.order(("ada", 1250))
    client_of(sandbox).v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": SITE,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 99,
                        "product_data": {"name": "Mug"},
                    },
                }
            ],
        },
        {"idempotency_key": f"koda:checkout:{order.id}"},
    )

    with pytest.raises(KeyReused):
        case.open(order)


def test_wrong_api_key_is_unavailable(sandbox: Sandbox, case: PaymentsCase) -> None:
    """A revoked key stops everything for now, and says what it is."""
    client = stripe.StripeClient("sk_test_wrong", base_addresses={"api": sandbox.stripe_url})

    with pytest.raises(KeyRefused):
        StripePayments(client, PAGES).open_checkout(
            case.order(("ada", 1250)), case.world.now() + HOUR
        )


# --- looking up -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "payment_status", "intent_status", "state"),
    [
        ("complete", "paid", "succeeded", PaymentState.PAID),
        ("complete", "no_payment_required", None, PaymentState.PAID),
        ("complete", "unpaid", "processing", PaymentState.PROCESSING),
        ("complete", "unpaid", "requires_payment_method", PaymentState.FAILED),
        ("complete", "unpaid", "canceled", PaymentState.FAILED),
        ("complete", "unpaid", None, PaymentState.FAILED),
        ("open", "unpaid", "requires_payment_method", PaymentState.OPEN),
        ("expired", "unpaid", None, PaymentState.EXPIRED),
        ("expired", "unpaid", "canceled", PaymentState.EXPIRED),
    ],
)
def test_state_follows_from_session_and_intent(
    status: str, payment_status: str, intent_status: str | None, state: PaymentState
) -> None:
    """Only money that has arrived is paid, and only a complete session has a payment."""
    intent = {
        "object": "payment_intent",
        "id": "pi_1",
        "status": intent_status,
        "latest_charge": "ch_1",
        "transfer_data": None,
    }
    session = Session.construct_from(
        {
            "id": "cs_1",
            "object": "checkout.session",
            "status": status,
            "payment_status": payment_status,
            "payment_intent": intent if intent_status else None,
            "amount_total": 1250,
            "currency": "eur",
        },
        "sk_test_1",
    )
    payment = payment_of(session, OrderId("ord_1"))

    assert payment.state is state
    assert (payment.payment_id == "ch_1") == (status == "complete" and intent_status is not None)


def test_sessions_are_read_page_by_page(sandbox: Sandbox, case: PaymentsCase) -> None:
    """More sessions than Stripe lists at once are all there, once each."""
    since = case.world.now()
    order = case.order(("ada", 1250))
    orders = [evolve(order, id=OrderId(f"{order.id}-{number}")) for number in range(101)]
    sessions = [case.open(order).id for order in orders]
    found = [look.session_id for look in case.opened_since(since)]

    assert [session_id for session_id in found if session_id in set(sessions)] == sessions[::-1]


# --- the money ----------------------------------------------------------------------------------


def test_transfer_is_bound_to_its_charge(sandbox: Sandbox, case: PaymentsCase) -> None:
    """A transfer names its charge and its order, and takes two requests."""
    paid = case.paid(("ada", 1250), ("cid", 333))
    sandbox.forget_requests()
    case.passed_on(paid)
    looked, made = sandbox.requests

    assert (looked.method, looked.path) == ("GET", "/v1/transfers")
    assert made.idempotency_key == paid.transfers()[0].key
    assert made.params == {
        "amount": str(paid.transfers()[0].amount.minor),
        "currency": "eur",
        "destination": case.account("ada"),
        "metadata": {"koda_key": paid.transfers()[0].name},
        "source_transaction": paid.payment_id,
        "transfer_group": paid.order.id,
    }


def test_checkout_that_stays_open_is_not_called_closed(
    sandbox: Sandbox, case: PaymentsCase
) -> None:
    """Where Stripe refuses to close what is open, somebody must know that it can be paid."""
    session = case.open(case.order(("ada", 1250)))
    sandbox.faults.next("POST /v1/checkout/sessions/*/expire", "status=400")
    with pytest.raises(PaymentRefused):
        case.payments.close_checkout(session.id)

    assert case.payments.find(session.id).state is PaymentState.OPEN


def test_transfer_whose_saved_error_hides_it_is_found(sandbox: Sandbox, case: PaymentsCase) -> None:
    """Stripe replays a 500 for a day, even if the transfer was made: then it is found."""
    paid = case.paid(("ada", 1250), ("cid", 333))
    sandbox.faults.next("POST /v1/transfers", "status=500", after_commit=True, saved=True)
    with pytest.raises(Unavailable):
        case.passed_on(paid)

    assert case.passed_on(paid) == sandbox.objects("transfer")[-1]["id"]


def test_transfer_that_a_saved_error_prevents_is_made_in_the_end(
    sandbox: Sandbox, case: PaymentsCase
) -> None:
    """Until the key is forgotten the error stays; then the transfer is made."""
    paid = case.paid(("ada", 1250), ("cid", 333))
    sandbox.faults.next("POST /v1/transfers", "status=500", saved=True)
    for _ in range(2):
        with pytest.raises(Unavailable):
            case.passed_on(paid)
    case.world.days_pass()

    assert case.passed_on(paid) == case.passed_on(paid)


def test_transfer_by_hand_is_not_taken_for_koda_s(sandbox: Sandbox, case: PaymentsCase) -> None:
    """What somebody sent the same seller in the dashboard is not the seller's share."""
    paid = case.paid(("ada", 1250), ("cid", 333))
    by_hand = client_of(sandbox).v1.transfers.create(
        {
            "amount": 5,
            "currency": "eur",
            "destination": case.account("ada"),
            "source_transaction": paid.payment_id,
            "transfer_group": paid.order.id,
        }
    )

    assert case.passed_on(paid) != by_hand.id


def test_reversal_in_another_currency_is_refused(case: PaymentsCase) -> None:
    """Stripe takes a bare number here, so that the currency is compared before."""
    transfer_id = case.passed_on(case.paid(("ada", 1250), ("cid", 333)))

    with pytest.raises(PaymentRefused, match="USD"):
        case.payments.reverse(Reversal(transfer_id, Money(62, "USD")))


@pytest.mark.parametrize("sold", [[("ada", 103)], [("ada", 103), ("ada", 110)]])
def test_refund_names_the_exact_fee(
    sandbox: Sandbox, case: PaymentsCase, sold: list[tuple[str, int]]
) -> None:
    """It goes back to the cent, after the price: a refund that fails leaves it where it is."""
    paid = case.paid(*sold)
    sandbox.forget_requests()
    case.payments.refund(paid.refund())
    _, price, fee = sandbox.requests

    assert fee.path.startswith("/v1/application_fees/fee_")
    assert fee.idempotency_key == f"{paid.refund().key}:fee"
    assert fee.params["amount"] == str(paid.order.lines[0].fee.minor)
    assert price.idempotency_key == paid.refund().key
    assert price.params["reverse_transfer"] == "true"
    assert "refund_application_fee" not in price.params


@pytest.mark.parametrize("late", [False, True])
def test_half_done_refund_is_completed(sandbox: Sandbox, case: PaymentsCase, *, late: bool) -> None:
    """If only the price went back, a repeat adds the fee and not a second price, however late."""
    paid = case.paid(("ada", 1250), ("ada", 333))
    sandbox.faults.next("POST /v1/application_fees/*/refunds", "status=500")
    with pytest.raises(Unavailable):
        case.payments.refund(paid.refund())
    if late:
        case.world.days_pass()
    case.payments.refund(paid.refund())

    assert case.world.balance(case.account("ada")) == paid.order.lines[1].net.minor


def test_fee_that_was_not_made_yet_is_waited_for(case: PaymentsCase) -> None:
    """The price is with the buyer by then."""
    order = case.order(("ada", 1250))
    free = evolve(order, lines=(evolve(order.lines[0], fee=Money(0, "EUR")),))
    session = case.open(free)
    case.world.pay(session.id)
    case.world.capture(session.id)
    paid = PaidOrder(evolve(free, checkout=session), case.payments.find(session.id))
    with pytest.raises(StillProcessing):
        case.payments.refund(evolve(paid.refund(), fee=Money(1, "EUR")))

    assert case.seen(paid).kept == Money(0, "EUR")


def test_fee_of_a_part_waits_for_the_part(sandbox: Sandbox, case: PaymentsCase) -> None:
    """A refund that is under way may fail, and its fee with it."""
    paid = case.paid(("ada", 1250), ("ada", 333))
    case.world.next_refund(RefundState.PENDING)
    refund = case.payments.refund(paid.refund())
    fees = len(sandbox.objects("fee_refund"))
    case.world.settle_refund(refund.id, RefundState.SUCCEEDED)
    made = case.payments.refund(paid.refund())

    assert (made.id, made.state) == (refund.id, RefundState.SUCCEEDED)
    assert len(sandbox.objects("fee_refund")) == fees + 1
    assert case.world.balance(case.account("ada")) == paid.order.lines[1].net.minor


def test_charge_of_a_stranger_is_not_found(sandbox: Sandbox, case: PaymentsCase) -> None:
    """What something else charges at the same account names no order of Koda's."""
    session_id = case.world.stranger()
    sandbox.pay(session_id)
    charge = sandbox.objects("charge")[-1]

    with pytest.raises(NotFound):
        case.payments.order_of(PaymentId(charge["id"]))


def test_part_without_a_fee_gives_none_back(sandbox: Sandbox, case: PaymentsCase) -> None:
    """A line whose fee was zero is refunded without one."""
    order = case.order(("ada", 1250), ("ada", 333))
    free = evolve(order.lines[0], fee=Money(0, "EUR"))
    order = evolve(order, lines=(free, order.lines[1]))
    session = case.open(order)
    case.world.pay(session.id)
    case.world.capture(session.id)
    paid = evolve(case.paid(("ada", 1000)), order=order, payment=case.payments.find(session.id))
    sandbox.forget_requests()
    case.payments.refund(evolve(paid.refund(), fee=Money(0, "EUR")))

    assert [request.method for request in sandbox.requests] == ["GET", "POST"]


def test_refund_in_another_currency_is_refused(case: PaymentsCase) -> None:
    """Stripe takes a bare number here, so that the currency is compared before."""
    paid = case.paid(("ada", 1250), ("cid", 333))

    with pytest.raises(PaymentRefused, match="USD"):
        case.payments.refund(evolve(paid.refund(), amount=Money(62, "USD")))


def test_refund_is_found_among_many(case: PaymentsCase) -> None:
    """More refunds than Stripe shows with a charge are looked through."""
    paid = case.paid(*[("ada", 100 + number) for number in range(12)])
    made = [case.payments.refund(paid.refund(line.number)) for line in paid.order.lines]
    case.world.days_pass()

    assert made[0] == case.payments.refund(paid.refund(1))


@pytest.mark.parametrize("sold", [[("ada", 1250)], [("ada", 1250), ("cid", 333)]])
def test_longest_names_stay_within_stripes_limits(
    case: PaymentsCase, sold: list[tuple[str, int]]
) -> None:
    """Ids of 128 characters and titles of 100 that are no letters pass every step."""
    order = case.order(*sold)
    order_id = OrderId(f"ord_{uuid4().hex}".ljust(128, "x"))
    lines = tuple(evolve(line, title="\U0001f600" * 100) for line in order.lines)
    order = evolve(order, id=order_id, lines=lines)
    session = case.open(order)
    case.world.pay(session.id)
    case.world.capture(session.id)
    paid = PaidOrder(evolve(order, checkout=session), case.payments.find(session.id))

    assert paid.payment.order_id == order_id
    assert order.destination or case.passed_on(paid) == case.passed_on(paid)
    assert case.payments.refund(paid.refund()) == case.payments.refund(paid.refund())


# --- keys ---------------------------------------------------------------------------------------


def test_long_key_is_replaced_by_its_hash() -> None:
    """Stripe takes 255 characters; a longer key stays distinct."""
    first, second = keyed("k" * 256)["idempotency_key"], keyed("k" * 257)["idempotency_key"]

    assert keyed("k" * 255)["idempotency_key"] == "k" * 255
    assert first != second
    assert len(first or "") <= 255


@pytest.mark.parametrize("identifier", [None, 5, "", "cs_", "cs_é", "cs_a/b", "xcs_a", "cs_a\n"])
def test_strange_id_never_reaches_a_path(identifier: object) -> None:
    """An id is the prefix, letters and digits, and nothing else."""
    assert not matches("cs", identifier)
