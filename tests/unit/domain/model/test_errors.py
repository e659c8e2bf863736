import itertools
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, get_type_hints

import attrs
import pytest

from koda.domain.model import errors
from koda.domain.model.automations import AutomationState
from koda.domain.model.errors import (
    AlreadyExists,
    Conflict,
    Forbidden,
    InvalidForm,
    InvalidValue,
    KodaError,
    NotFound,
    RefusalCause,
    Refused,
    StaleWrite,
    Unavailable,
    WrongState,
)
from koda.domain.model.orders import OrderState
from koda.domain.model.reviews import Review, ReviewKind
from koda.domain.model.sentences import Sentence, sentence
from koda.testing.examples import NOON, a_release, an_automation, an_order

SAMPLES: dict[type[Any], Any] = {
    str: "sample",
    Sentence: sentence("it is a sample"),
    RefusalCause: RefusalCause.SECRET,
    int: 7,
    datetime: datetime(2026, 3, 1, 12, tzinfo=UTC),
    tuple[InvalidValue, ...]: (
        InvalidValue("price", sentence("is too low")),
        InvalidValue("title", sentence("is short")),
    ),
}
CODES = {
    "AccountRefused": "account_refused",
    "AlreadyExists": "already_exists",
    "AlreadyOwned": "already_owned",
    "AutomationSuspended": "automation_suspended",
    "Conflict": "conflict",
    "ConflictOfInterest": "conflict_of_interest",
    "CorruptRecord": "corrupt_record",
    "DuplicateLine": "duplicate_line",
    "EmptyBasket": "empty_basket",
    "Expired": "expired",
    "Forbidden": "forbidden",
    "HasRole": "has_role",
    "LacksRole": "lacks_role",
    "LastAdmin": "last_admin",
    "InspectionBusy": "inspection_busy",
    "InvalidForm": "invalid_form",
    "InvalidValue": "invalid_value",
    "KodaError": "koda_error",
    "NotAuthenticated": "not_authenticated",
    "NotBought": "not_bought",
    "NotForSale": "not_for_sale",
    "NotFound": "not_found",
    "OrderInProgress": "order_in_progress",
    "OwnAutomation": "own_automation",
    "PaymentMismatch": "payment_mismatch",
    "PaymentRefused": "payment_refused",
    "PaymentUnreadable": "payment_unreadable",
    "PriceChanged": "price_changed",
    "PurchaseDisputed": "purchase_disputed",
    "PurchaseRefunded": "purchase_refunded",
    "NothingOwed": "nothing_owed",
    "NothingToRefund": "nothing_to_refund",
    "PurchaseRevoked": "purchase_revoked",
    "RefundDisputed": "refund_disputed",
    "RefundedMeanwhile": "refunded_meanwhile",
    "RefundRequestOver": "refund_request_over",
    "RefundRequestedBefore": "refund_requested_before",
    "RefundTooLarge": "refund_too_large",
    "EvidenceSent": "evidence_sent",
    "RefundUnassigned": "refund_unassigned",
    "RefundWindowOver": "refund_window_over",
    "Refused": "service_refused",
    "RequestKeyReused": "request_key_reused",
    "PayoutsNotReady": "payouts_not_ready",
    "SellerNotReady": "seller_not_ready",
    "StaleWrite": "stale_write",
    "StillProcessing": "still_processing",
    "TooMany": "too_many",
    "TooManyLines": "too_many_lines",
    "Undeliverable": "undeliverable",
    "Unavailable": "unavailable",
    "Unverified": "unverified_message",
    "UploadMissing": "upload_missing",
    "VersionTaken": "version_taken",
    "WrongState": "wrong_state",
}
"""The public names of all errors; programs know them, so that a change here is a breaking one."""
KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, KodaError)
]


def sample(kind: type[KodaError]) -> KodaError:
    """One error of `kind` with a value in every field."""
    hints = get_type_hints(kind)
    return kind(*(SAMPLES[hints[field.name]] for field in attrs.fields(kind)))


every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def test_codes_are_stable_and_unique() -> None:
    """Each error has the code that programs know it by, and no two share one."""
    assert {kind.__name__: kind.code for kind in KINDS} == CODES
    assert len(CODES) == len(set(CODES.values()))


@every_kind
def test_message_is_a_sentence(kind: type[KodaError]) -> None:
    """It begins with a capital or the field's name and ends where a sentence ends."""
    error = sample(kind)

    assert error.message == str(error)
    assert isinstance(error, InvalidValue) or (
        error.message[0].isupper() and error.message.endswith(".")
    )


@every_kind
def test_data_are_the_fields_of_the_error(kind: type[KodaError]) -> None:
    """A program reads them by name; a form lists its problems."""
    error = sample(kind)
    expected: Any = {
        field.name: str(value)
        if isinstance(value := getattr(error, field.name), Sentence)
        else value
        for field in attrs.fields(kind)
    }
    if isinstance(error, InvalidForm):
        expected = {
            "problems": [
                {"field": "price", "problem": "is too low"},
                {"field": "title", "problem": "is short"},
            ]
        }

    assert expected == error.data()


@every_kind
def test_error_survives_another_process(kind: type[KodaError]) -> None:
    """Pickled and read again it is of the same kind, with the same words and data."""
    error = sample(kind)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # written a moment ago

    assert (type(error), str(error), repr(error.data())) == (
        type(again),
        str(again),
        repr(again.data()),
    )


@every_kind
def test_arguments_are_kept(kind: type[KodaError]) -> None:
    """`args` holds what the error was made of, as with any exception."""
    error = sample(kind)

    assert error.args == tuple(getattr(error, field.name) for field in attrs.fields(kind))


@pytest.mark.parametrize(("kind", "builtin"), [(InvalidValue, ValueError), (NotFound, LookupError)])
def test_errors_are_caught_as_what_python_calls_them(
    kind: type[KodaError], builtin: type[Exception]
) -> None:
    """Who knows only Python's own errors catches these, too."""
    assert issubclass(kind, builtin)


@pytest.mark.parametrize(
    "name", ["EmptyBasket", "NotBought", "PurchaseRefunded", "PurchaseDisputed", "PurchaseRevoked"]
)
def test_errors_without_data_have_their_own_words(name: str) -> None:
    """They are raised bare and still say what happened."""
    bare = getattr(errors, name)()

    assert len(str(bare)) > 30


def test_refusal_names_its_field() -> None:
    """An invalid value says which one, and what to do."""
    assert str(InvalidValue("price", sentence("must be in EUR"))) == "price: must be in EUR"


def test_services_that_are_down_say_when_to_come_again() -> None:
    """Five seconds unless the service says otherwise."""
    assert (Unavailable("store").retry_after, Unavailable("store", 30).retry_after) == (5, 30)


@pytest.mark.parametrize(
    ("name", "family"),
    [("StaleWrite", Conflict), ("PaymentRefused", Conflict), ("AutomationSuspended", Forbidden)],
)
def test_errors_have_their_family(name: str, family: type[KodaError]) -> None:
    """Entry points answer by family, so that a new error has an answer already."""
    assert issubclass(getattr(errors, name), family)


STEPS: dict[str, tuple[Any, list[Callable[[Any], Any]]]] = {
    "automation": (
        [an_automation(state=state) for state in AutomationState],
        [
            lambda automation: automation.publish(NOON),
            lambda automation: automation.revise(automation.listing, None, NOON),
            lambda automation: automation.release(a_release("9.0.0")),
            lambda automation: automation.withdraw(NOON),
            lambda automation: automation.suspend(NOON, "why"),
            lambda automation: automation.reinstate(NOON, "why"),
            lambda automation: automation.hold(Review(ReviewKind.COPY, NOON)),
            lambda automation: automation.approve(NOON, "why"),
            lambda automation: automation.reject(NOON, "why"),
        ],
    ),
    "order": (
        [an_order(state=state) for state in OrderState],
        [
            lambda order: order.offered(order.checkout),
            lambda order: order.close(OrderState.FAILED, NOON),
            lambda order: order.with_refunds((), NOON),
        ],
    ),
}


def refusal(thing: Any, step: Callable[[Any], Any]) -> WrongState | None:
    """What a step has against the state of a thing."""
    try:
        step(thing)
    except WrongState as error:
        return error
    return None


@pytest.mark.parametrize("kind", STEPS)
def test_every_step_that_a_state_forbids_has_words(kind: str) -> None:
    """A whole template for the kind of thing, its state and the step, and none that is unused."""
    things, steps = STEPS[kind]
    refusals = [*filter(None, itertools.starmap(refusal, itertools.product(things, steps)))]

    assert all(str(error) == error.template.format(**error.data()) for error in refusals)
    assert {error.about for error in refusals} == {
        about for about in WrongState.templates if about.startswith(kind)
    }


def test_words_for_a_kind_are_those_of_the_general_template() -> None:
    """In English they read as if the kind were put into it."""
    of_things = [
        kind(about, "x")
        for kind in (NotFound, StaleWrite, AlreadyExists)
        for about in kind.templates
    ]
    of_services = [kind(about, 7) for kind in (Unavailable, Refused) for about in kind.templates]

    assert len(of_things) > len(of_services) > 0
    for error in (*of_things, *of_services):
        assert str(error) == error.template.format(**error.data())
