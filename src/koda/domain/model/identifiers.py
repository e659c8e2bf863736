"""Identity by type: every id is text, and no id passes for another."""

from typing import NewType

UserId = NewType("UserId", str)
AutomationId = NewType("AutomationId", str)
OrderId = NewType("OrderId", str)
PurchaseId = NewType("PurchaseId", str)
UploadId = NewType("UploadId", str)
GrantId = NewType("GrantId", str)
AuditId = NewType("AuditId", str)
"""An entry of the audit log."""
AccountId = NewType("AccountId", str)
"""A seller's account at the payment provider."""
CheckoutSessionId = NewType("CheckoutSessionId", str)
"""A checkout session at the payment provider."""
PaymentId = NewType("PaymentId", str)
"""A payment at the payment provider, once there is one."""
TransferId = NewType("TransferId", str)
RefundId = NewType("RefundId", str)
ReversalId = NewType("ReversalId", str)
DisputeId = NewType("DisputeId", str)
FraudWarningId = NewType("FraudWarningId", str)
LedgerLineId = NewType("LedgerLineId", str)
"""A change of the marketplace's balance at the payment provider."""
EventId = NewType("EventId", str)
"""A message of the payment provider."""
FileKey = NewType("FileKey", str)
"""Where the file store keeps a file."""
