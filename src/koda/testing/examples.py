"""Plain examples of every entity; each function takes changes by keyword."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from attrs import evolve

from koda.domain.model.audit import AuditAction, AuditDetail, AuditEntry, AuditSubject
from koda.domain.model.automations import Automation, AutomationState, Release
from koda.domain.model.basket import order_line
from koda.domain.model.books.entries import Entry
from koda.domain.model.books.payments import charge
from koda.domain.model.checkouts import OrderRequest
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.grants import Grant
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import (
    AccountId,
    AuditId,
    AutomationId,
    GrantId,
    OrderId,
    PaymentId,
    RefundId,
    UploadId,
    UserId,
)
from koda.domain.model.listings import Listing
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine, shares_of
from koda.domain.model.orders import Order
from koda.domain.model.people import Person
from koda.domain.model.policy import Policy
from koda.domain.model.purchases import Purchase
from koda.domain.model.refund_states import RefundState
from koda.domain.model.reports import InspectionReport, Uses, WorkflowReport
from koda.domain.model.roles import Role, RoleAssignment
from koda.domain.model.sellers import Ready, Seller
from koda.domain.model.settlements import HeldShare, LineRefund, PaidShare, Settlement
from koda.domain.model.uploads import (
    FileKind,
    Preview,
    SizedPicture,
    StoredFile,
    UploadTicket,
    kept_key,
    made_file,
)
from koda.domain.model.versions import Version
from koda.entrypoints.settings.limits import LimitSettings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""The moment at which the examples happen."""
WORKFLOW = b'{"nodes": [{"name": "Start", "type": "trigger"}], "connections": {}}'
"""A small n8n workflow."""
OTHER_FILES: Mapping[FileFormat, tuple[str, bytes]] = {
    FileFormat.MAKE: (
        "flow.json",
        b'{"name": "Lead", "flow": [{"id": 1, "module": "http:Get"}], "metadata": {}}',
    ),
    FileFormat.ZAPIER: (
        "flow.json",
        b'{"zaps": [{"id": 1, "nodes": {"1": {"parent_id": null, "selected_api": "GmailAPI"}}}]}',
    ),
    FileFormat.PYTHON: ("flow.py", b"import json\n"),
}
"""Names and contents of small files of the other formats."""
PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0"
    b"\1\0\0\5\0\1\r\n-\xb4\0\0\0\0IEND\xaeB`\x82"
)
"""A PNG image of one pixel."""

SITE_URL = "http://127.0.0.1:8000"
"""Where the site of a marketplace in memory is."""
LIMITS = LimitSettings(payment_look="1000000/second")
"""What callers may do; the provider is asked as often as anybody looks, while no time passes."""

Entity = TypeVar("Entity")


def changed(entity: Entity, /, **changes: object) -> Entity:
    """The same with other values in some fields, which check them themselves."""
    given: Any = entity
    made: Entity = evolve(given, **changes)
    return made


def digest(content: bytes) -> str:
    """The SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def a_ticket(content: bytes = WORKFLOW, **changes: object) -> UploadTicket:
    """A ticket of Ada's that announces `content` as a workflow."""
    ticket = UploadTicket(
        UploadId("upl_1"),
        UserId("user_ada"),
        FileKind.ARTIFACT,
        "flow.json",
        "application/json",
        len(content),
        digest(content),
        NOON + timedelta(minutes=10),
    )
    return changed(ticket, **changes)


def a_file(content: bytes = WORKFLOW, **changes: object) -> StoredFile:
    """A kept workflow file of `content`."""
    key = kept_key(FileKind.ARTIFACT, digest(content))
    file = StoredFile(key, "flow.json", "application/json", len(content), digest(content))
    return changed(file, **changes)


def a_preview(content: bytes = PIXEL) -> Preview:
    """A preview picture in one size, of one pixel."""
    return Preview((SizedPicture(made_file(content, "picture.png", "image/png"), 1, 1),))


def a_listing(**changes: object) -> Listing:
    """A listing for 12.50 EUR."""
    listing = Listing(
        "Post to every network",
        "Takes one text and posts it to every network at the hour you choose.",
        Money(1250, "EUR"),
        "Social Media",
        "n8n",
        ("posting", "schedule"),
    )
    return changed(listing, **changes)


def a_release(version: str = "1.0.0", **changes: object) -> Release:
    """A release of the example file."""
    return changed(Release(Version.parse(version), a_file(), "First release.", NOON), **changes)


def a_workflow_release(*apps: str, **changes: object) -> Release:
    """A release of an n8n workflow with one step of each app, which needs no setting up."""
    uses = tuple(Uses(app, 1) for app in apps)
    workflow = changed(WorkflowReport(len(apps) or 1, apps=uses), **changes)
    return a_release(report=InspectionReport(file_format=FileFormat.N8N, workflow=workflow))


def an_automation(automation_id: str = "aut_1", **changes: object) -> Automation:
    """A published automation of Ada's."""
    automation = Automation(
        AutomationId(automation_id),
        UserId("user_ada"),
        a_listing(),
        (a_release(),),
        None,
        AutomationState.PUBLISHED,
        NOON,
        NOON,
        NOON,
    )
    return changed(automation, **changes)


def a_seller(user_id: str = "user_ada", **changes: object) -> Seller:
    """A seller who is ready."""
    account = AccountId(f"acct_{user_id.removeprefix('user_')}")
    return changed(Seller(UserId(user_id), account, Ready(), NOON, NOON), **changes)


def a_line(number: int = 1, seller_id: str = "user_ada", **changes: object) -> OrderLine:
    """The line `number` of an order: automation `aut_{number}` of a seller."""
    automation = an_automation(f"aut_{number}", seller_id=UserId(seller_id))
    return changed(order_line(number, automation, a_seller(seller_id), Policy()), **changes)


def a_refund(line: OrderLine, **changes: object) -> LineRefund:
    """The refund of a whole line, which is with the buyer."""
    made = LineRefund(
        line.number,
        1,
        line.price,
        line.fee,
        refund_id=RefundId(f"re_{line.number}"),
        state=RefundState.SUCCEEDED,
    )
    return changed(made, **changes)


def a_settlement(
    order: Order, *, doubles: tuple[int, ...] = (), held: tuple[str, ...] = ()
) -> Settlement:
    """Of an order, all but `doubles` delivered, and of whose sellers all but `held` are paid."""
    sold = [line for line in order.lines if line.number not in doubles]
    refunds = tuple(a_refund(line) for line in order.lines if line.number in doubles)
    settlement = Settlement(tuple(line.number for line in sold), doubles, refunds=refunds)
    for share in shares_of(sold):
        lines = tuple(line.number for line in sold if line.seller_id == share.seller_id)
        facts = share.seller_id, lines, share.net
        if share.seller_id in held:
            kept = HeldShare(*facts, HoldReason.ACCOUNT, since=2)
            settlement = evolve(settlement, held=(*settlement.held, kept))
        else:
            settlement = evolve(settlement, paid=(*settlement.paid, PaidShare(*facts)))
    return settlement


def asked(*keys: str) -> tuple[OrderRequest, ...]:
    """What was asked for under these idempotency keys."""
    return tuple(OrderRequest(key, (AutomationId("aut_1"),)) for key in keys)


def an_order(order_id: str = "ord_1", **changes: object) -> Order:
    """An open order of Bea's with one line."""
    return changed(Order(OrderId(order_id), UserId("user_bea"), (a_line(),), NOON), **changes)


def a_purchase(order: Order | None = None, number: int = 1, **changes: object) -> Purchase:
    """The purchase that line `number` of `order` gives."""
    order = order or an_order()
    return changed(Purchase.of(order, order.lines[number - 1], NOON), **changes)


def a_grant(grant_id: str = "grt_1", **changes: object) -> Grant:
    """A grant under the example purchase."""
    purchase = a_purchase()
    grant = Grant(
        GrantId(grant_id),
        purchase.buyer_id,
        purchase.automation_id,
        purchase.version,
        purchase.id,
        NOON,
        NOON + timedelta(minutes=5),
    )
    return changed(grant, **changes)


def an_assignment(user_id: str = "user_ada", **changes: object) -> RoleAssignment:
    """That somebody moderates, by an admin of the settings."""
    given = RoleAssignment(UserId(user_id), Role.MODERATOR, UserId("user_ines"), NOON)
    return changed(given, **changes)


def an_audit_entry(entry_id: str = "aud_1", **changes: object) -> AuditEntry:
    """That Ines suspended the example automation."""
    entry = AuditEntry(
        AuditId(entry_id),
        NOON,
        UserId("user_ines"),
        AuditAction.SUSPEND_LISTING,
        AuditSubject("automation", "aut_1"),
        "A buyer reported it.",
        (AuditDetail("report", "rep_1"),),
    )
    return changed(entry, **changes)


def an_entry(payment_id: str = "pi_1", **changes: object) -> Entry:
    """The entry of the charge that paid the example order."""
    return changed(charge(an_order(), PaymentId(payment_id), NOON), **changes)


def a_person(user_id: str = "user_ada", **changes: object) -> Person:
    """A person named after their id."""
    name = user_id.removeprefix("user_").title()
    return changed(
        Person(UserId(user_id), name, f"{name.lower()}@example.com", None, NOON), **changes
    )
