"""Whole templates of errors that name a kind of thing: words are not put into sentences."""

from collections.abc import Mapping

from koda.domain.model.sentences import translatable

NOT_FOUND: Mapping[str, str] = {
    "automation": translatable("There is no automation {id!r}."),
    "file": translatable("There is no file {id!r}."),
    "fraud warning": translatable("There is no fraud warning {id!r}."),
    "link": translatable("There is no link {id!r}."),
    "order": translatable("There is no order {id!r}."),
    "order line": translatable("There is no order line {id!r}."),
    "person": translatable("There is no person {id!r}."),
    "preview": translatable("There is no preview {id!r}."),
    "purchase": translatable("There is no purchase {id!r}."),
    "refund": translatable("There is no refund {id!r}."),
    "release": translatable("There is no release {id!r}."),
    "seller": translatable("There is no seller {id!r}."),
    "session": translatable("There is no session {id!r}."),
    "upload": translatable("There is no upload {id!r}."),
}
"""By kind, of those that visitors meet; others are an operator's, who reads English."""

STALE_WRITE: Mapping[str, str] = {
    "automation": translatable(
        "The automation {id!r} was changed meanwhile; read it again and retry."
    ),
    "order": translatable("The order {id!r} was changed meanwhile; read it again and retry."),
    "person": translatable("The person {id!r} was changed meanwhile; read it again and retry."),
    "purchase": translatable("The purchase {id!r} was changed meanwhile; read it again and retry."),
    "roster": translatable("The roster {id!r} was changed meanwhile; read it again and retry."),
    "seller": translatable("The seller {id!r} was changed meanwhile; read it again and retry."),
    "upload": translatable("The upload {id!r} was changed meanwhile; read it again and retry."),
}
"""By kind."""

ALREADY_EXISTS: Mapping[str, str] = {
    "automation": translatable("The automation {id!r} exists already."),
    "entry": translatable("The entry {id!r} exists already."),
    "order": translatable("The order {id!r} exists already."),
    "person": translatable("The person {id!r} exists already."),
    "purchase": translatable("The purchase {id!r} exists already."),
    "seller": translatable("The seller {id!r} exists already."),
    "upload": translatable("The upload {id!r} exists already."),
}
"""By kind."""

WRONG_STATE: Mapping[str, str] = {
    "automation, draft, hold": translatable("The automation {id!r} is draft; you cannot hold it."),
    "automation, draft, approve": translatable(
        "The automation {id!r} is draft; you cannot approve it."
    ),
    "automation, draft, reject": translatable(
        "The automation {id!r} is draft; you cannot reject it."
    ),
    "automation, in_review, publish": translatable(
        "The automation {id!r} is in_review; you cannot publish it."
    ),
    "automation, in_review, suspend": translatable(
        "The automation {id!r} is in_review; you cannot suspend it."
    ),
    "automation, in_review, reinstate": translatable(
        "The automation {id!r} is in_review; you cannot reinstate it."
    ),
    "automation, in_review, hold": translatable(
        "The automation {id!r} is in_review; you cannot hold it."
    ),
    "automation, published, approve": translatable(
        "The automation {id!r} is published; you cannot approve it."
    ),
    "automation, published, reject": translatable(
        "The automation {id!r} is published; you cannot reject it."
    ),
    "automation, suspended, hold": translatable(
        "The automation {id!r} is suspended; you cannot hold it."
    ),
    "automation, suspended, approve": translatable(
        "The automation {id!r} is suspended; you cannot approve it."
    ),
    "automation, suspended, reject": translatable(
        "The automation {id!r} is suspended; you cannot reject it."
    ),
    "automation, withdrawn, hold": translatable(
        "The automation {id!r} is withdrawn; you cannot hold it."
    ),
    "automation, withdrawn, approve": translatable(
        "The automation {id!r} is withdrawn; you cannot approve it."
    ),
    "automation, withdrawn, reject": translatable(
        "The automation {id!r} is withdrawn; you cannot reject it."
    ),
    "automation, draft, suspend": translatable(
        "The automation {id!r} is draft; you cannot suspend it."
    ),
    "automation, draft, reinstate": translatable(
        "The automation {id!r} is draft; you cannot reinstate it."
    ),
    "automation, published, publish": translatable(
        "The automation {id!r} is published; you cannot publish it."
    ),
    "automation, published, reinstate": translatable(
        "The automation {id!r} is published; you cannot reinstate it."
    ),
    "automation, suspended, publish": translatable(
        "The automation {id!r} is suspended; you cannot publish it."
    ),
    "automation, suspended, release a version of": translatable(
        "The automation {id!r} is suspended; you cannot release a version of it."
    ),
    "automation, suspended, revise": translatable(
        "The automation {id!r} is suspended; you cannot revise it."
    ),
    "automation, suspended, suspend": translatable(
        "The automation {id!r} is suspended; you cannot suspend it."
    ),
    "automation, suspended, withdraw": translatable(
        "The automation {id!r} is suspended; you cannot withdraw it."
    ),
    "automation, withdrawn, publish": translatable(
        "The automation {id!r} is withdrawn; you cannot publish it."
    ),
    "automation, withdrawn, reinstate": translatable(
        "The automation {id!r} is withdrawn; you cannot reinstate it."
    ),
    "automation, withdrawn, release a version of": translatable(
        "The automation {id!r} is withdrawn; you cannot release a version of it."
    ),
    "automation, withdrawn, revise": translatable(
        "The automation {id!r} is withdrawn; you cannot revise it."
    ),
    "automation, withdrawn, suspend": translatable(
        "The automation {id!r} is withdrawn; you cannot suspend it."
    ),
    "automation, withdrawn, withdraw": translatable(
        "The automation {id!r} is withdrawn; you cannot withdraw it."
    ),
    "order, expired, close": translatable("The order {id!r} is expired; you cannot close it."),
    "order, expired, offer": translatable("The order {id!r} is expired; you cannot offer it."),
    "order, failed, close": translatable("The order {id!r} is failed; you cannot close it."),
    "order, expired, refund": translatable("The order {id!r} is expired; you cannot refund it."),
    "order, failed, offer": translatable("The order {id!r} is failed; you cannot offer it."),
    "order, failed, refund": translatable("The order {id!r} is failed; you cannot refund it."),
    "order, open, refund": translatable("The order {id!r} is open; you cannot refund it."),
    "order, paid, close": translatable("The order {id!r} is paid; you cannot close it."),
    "order, paid, offer": translatable("The order {id!r} is paid; you cannot offer it."),
}
"""By kind, state and step."""

EXPIRED: Mapping[str, str] = {
    "link": translatable("The link expired at {at}; ask for a new one."),
    "upload": translatable("The upload expired at {at}; ask for a new one."),
}
"""By kind."""

PAYMENT_MISMATCH: Mapping[str, str] = {
    "amount": translatable("The payment's amount does not fit order {order_id}; write to us."),
    "checkout session": translatable(
        "The payment's checkout session does not fit order {order_id}; write to us."
    ),
    "fee": translatable("The payment's fee does not fit order {order_id}; write to us."),
    "order": translatable("The payment's order does not fit order {order_id}; write to us."),
    "payment": translatable("The payment's payment does not fit order {order_id}; write to us."),
    "seller": translatable("The payment's seller does not fit order {order_id}; write to us."),
}
"""By what differs."""

UNAVAILABLE: Mapping[str, str] = {
    "cache": translatable("The cache is not answering; try again in {retry_after} seconds."),
    "file store": translatable(
        "The file store is not answering; try again in {retry_after} seconds."
    ),
    "identity provider": translatable(
        "The identity provider is not answering; try again in {retry_after} seconds."
    ),
    "mail server": translatable(
        "The mail server is not answering; try again in {retry_after} seconds."
    ),
    "payment provider": translatable(
        "The payment provider is not answering; try again in {retry_after} seconds."
    ),
    "store": translatable("The store is not answering; try again in {retry_after} seconds."),
}
"""By service."""

STILL_PROCESSING: Mapping[str, str] = {
    "payment provider": translatable(
        "The payment provider is still at work; try again in {retry_after} seconds."
    ),
}
"""By service."""

SERVICE_REFUSED: Mapping[str, str] = {
    "cache": translatable("The cache refuses the marketplace; its operator must check it."),
    "file store": translatable(
        "The file store refuses the marketplace; its operator must check it."
    ),
    "identity provider": translatable(
        "The identity provider refuses the marketplace; its operator must check it."
    ),
    "mail server": translatable(
        "The mail server refuses the marketplace; its operator must check it."
    ),
    "payment provider": translatable(
        "The payment provider refuses the marketplace; its operator must check it."
    ),
    "store": translatable("The store refuses the marketplace; its operator must check it."),
}
"""By service."""
