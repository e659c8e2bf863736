"""Grants: download links that were made, kept as evidence in disputes."""

from datetime import datetime

from attrs import field, frozen

from koda.domain.model.identifiers import AutomationId, GrantId, PurchaseId, UserId
from koda.domain.model.validation import identifier, utc
from koda.domain.model.versions import Version


@frozen
class Grant:
    """A minted download link: who, which release, until when (UTC); evidence in a dispute.

    `purchase_id` is missing where sellers download their own file.
    """

    id: GrantId = field(validator=identifier)
    user_id: UserId = field(validator=identifier)
    automation_id: AutomationId = field(validator=identifier)
    version: Version
    purchase_id: PurchaseId | None
    granted_at: datetime = field(validator=utc)
    expires_at: datetime = field(validator=utc)
