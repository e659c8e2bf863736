"""What pages say instead of an error's own sentence where that one names an id or a variable.

Each is whole, by what the error is about, as in the domain; `""` is for what has no words of its
own, which visitors do not meet.
"""

from collections.abc import Mapping

from koda.domain.model.errors import (
    AlreadyExists,
    KodaError,
    NotFound,
    NothingToRefund,
    OrderInProgress,
    RefundRequestedBefore,
    RefundRequestOver,
    StaleWrite,
    WrongState,
)
from koda.domain.model.sentences import translatable

INSTEAD: Mapping[type[KodaError], Mapping[str, str]] = {
    NotFound: {
        "": translatable("There is no such {kind}."),
        "automation": translatable("There is no such automation."),
        "event": translatable("There is no such message."),
        "file": translatable("There is no such file."),
        "link": translatable("There is no such link."),
        "order": translatable("There is no such order."),
        "person": translatable("There is no such person."),
        "preview": translatable("There is no such preview."),
        "purchase": translatable("There is no such purchase."),
        "release": translatable("There is no such release."),
        "seller": translatable("There is no such seller."),
        "session": translatable("There is no such session."),
        "upload": translatable("There is no such upload."),
    },
    StaleWrite: {
        "": translatable("This {kind} was changed meanwhile; look again and retry."),
        "automation": translatable("This automation was changed meanwhile; look again and retry."),
        "order": translatable("This order was changed meanwhile; look again and retry."),
        "person": translatable("This person was changed meanwhile; look again and retry."),
        "purchase": translatable("This purchase was changed meanwhile; look again and retry."),
        "roster": translatable("Roles were given or taken meanwhile; look again and retry."),
        "seller": translatable("This seller was changed meanwhile; look again and retry."),
        "upload": translatable("This upload was changed meanwhile; look again and retry."),
    },
    AlreadyExists: {
        "": translatable("This {kind} exists already."),
        "automation": translatable("This automation exists already."),
        "order": translatable("This order exists already."),
        "person": translatable("This person exists already."),
        "purchase": translatable("This purchase exists already."),
        "seller": translatable("This seller exists already."),
        "upload": translatable("This upload exists already."),
    },
    WrongState: {
        "": translatable("This {kind} is {state}; you cannot {step} it."),
        "automation, draft, hold": translatable("This automation is draft; you cannot hold it."),
        "automation, draft, approve": translatable(
            "This automation is draft; you cannot approve it."
        ),
        "automation, draft, reject": translatable(
            "This automation is draft; you cannot reject it."
        ),
        "automation, in_review, publish": translatable(
            "This automation is in review; you cannot publish it."
        ),
        "automation, in_review, suspend": translatable(
            "This automation is in review; you cannot suspend it."
        ),
        "automation, in_review, reinstate": translatable(
            "This automation is in review; you cannot reinstate it."
        ),
        "automation, in_review, hold": translatable(
            "This automation is in review; you cannot hold it."
        ),
        "automation, published, approve": translatable(
            "This automation is published; you cannot approve it."
        ),
        "automation, published, reject": translatable(
            "This automation is published; you cannot reject it."
        ),
        "automation, suspended, hold": translatable(
            "This automation is suspended; you cannot hold it."
        ),
        "automation, suspended, approve": translatable(
            "This automation is suspended; you cannot approve it."
        ),
        "automation, suspended, reject": translatable(
            "This automation is suspended; you cannot reject it."
        ),
        "automation, withdrawn, hold": translatable(
            "This automation is withdrawn; you cannot hold it."
        ),
        "automation, withdrawn, approve": translatable(
            "This automation is withdrawn; you cannot approve it."
        ),
        "automation, withdrawn, reject": translatable(
            "This automation is withdrawn; you cannot reject it."
        ),
        "automation, draft, suspend": translatable(
            "This automation is draft; you cannot suspend it."
        ),
        "automation, draft, reinstate": translatable(
            "This automation is draft; you cannot reinstate it."
        ),
        "automation, published, publish": translatable(
            "This automation is published; you cannot publish it."
        ),
        "automation, published, reinstate": translatable(
            "This automation is published; you cannot reinstate it."
        ),
        "automation, suspended, publish": translatable(
            "This automation is suspended; you cannot publish it."
        ),
        "automation, suspended, release a version of": translatable(
            "This automation is suspended; you cannot release a version of it."
        ),
        "automation, suspended, revise": translatable(
            "This automation is suspended; you cannot revise it."
        ),
        "automation, suspended, suspend": translatable(
            "This automation is suspended; you cannot suspend it."
        ),
        "automation, suspended, withdraw": translatable(
            "This automation is suspended; you cannot withdraw it."
        ),
        "automation, withdrawn, publish": translatable(
            "This automation is withdrawn; you cannot publish it."
        ),
        "automation, withdrawn, reinstate": translatable(
            "This automation is withdrawn; you cannot reinstate it."
        ),
        "automation, withdrawn, release a version of": translatable(
            "This automation is withdrawn; you cannot release a version of it."
        ),
        "automation, withdrawn, revise": translatable(
            "This automation is withdrawn; you cannot revise it."
        ),
        "automation, withdrawn, suspend": translatable(
            "This automation is withdrawn; you cannot suspend it."
        ),
        "automation, withdrawn, withdraw": translatable(
            "This automation is withdrawn; you cannot withdraw it."
        ),
        "order, expired, close": translatable("This order is expired; you cannot close it."),
        "order, expired, offer": translatable("This order is expired; you cannot offer it."),
        "order, failed, close": translatable("This order is failed; you cannot close it."),
        "order, failed, offer": translatable("This order is failed; you cannot offer it."),
        "order, expired, refund": translatable("This order is expired; you cannot refund it."),
        "order, failed, refund": translatable("This order is failed; you cannot refund it."),
        "order, open, refund": translatable("This order is open; you cannot refund it."),
        "order, paid, close": translatable("This order is paid; you cannot close it."),
        "order, paid, offer": translatable("This order is paid; you cannot offer it."),
    },
    OrderInProgress: {"": translatable("You are paying for this already; see the order.")},
    NothingToRefund: {"": translatable("Nothing is left to refund.")},
    RefundRequestedBefore: {"": translatable("You have asked for this refund before.")},
    RefundRequestOver: {"": translatable("This request was answered or withdrawn before.")},
}
"""By the kind of the error and what it is about."""
