"""What pages call the accounts of the books, and what changes them."""

from collections.abc import Mapping

from koda.domain.model.books.accounts import AccountKind
from koda.domain.model.books.checking import DifferenceCode
from koda.domain.model.books.entries import Cause
from koda.domain.model.provider_ledger import LedgerKind
from koda.domain.model.sentences import translatable

ACCOUNTS: Mapping[AccountKind, str] = {
    AccountKind.PROVIDER: translatable("Balance at the payment provider"),
    AccountKind.DISPUTED: translatable("Taken out by disputes"),
    AccountKind.BANK: translatable("Taken out by the marketplace"),
    AccountKind.DEBTS: translatable("Owed by sellers"),
    AccountKind.BUYERS: translatable("To go back to buyers"),
    AccountKind.PAYABLE: translatable("Due to sellers"),
    AccountKind.HELD: translatable("Held from sellers"),
    AccountKind.REVENUE: translatable("Fees of the marketplace"),
    AccountKind.PROVIDER_FEES: translatable("Fees of the payment provider"),
    AccountKind.LOSSES: translatable("Losses"),
}

SUBJECTS: Mapping[LedgerKind, str] = {
    LedgerKind.CHARGE: translatable("Payment"),
    LedgerKind.REFUND: translatable("Refund"),
    LedgerKind.REFUND_FAILED: translatable("Refund"),
    LedgerKind.TRANSFER: translatable("Transfer to a seller"),
    LedgerKind.REVERSAL: translatable("Taken back"),
    LedgerKind.APPLICATION_FEE: translatable("Fee"),
    LedgerKind.FEE_REFUND: translatable("Fee given back"),
    LedgerKind.DISPUTE: translatable("Dispute"),
    LedgerKind.DISPUTE_REVERSAL: translatable("Dispute"),
    LedgerKind.BANK: translatable("Taken out by the marketplace"),
    LedgerKind.PROVIDER_FEE: translatable("Fee of the payment provider"),
    LedgerKind.OTHER: translatable("Something else"),
}

DIFFERENCES: Mapping[DifferenceCode, str] = {
    DifferenceCode.UNBOOKED: translatable("not in the books"),
    DifferenceCode.NOT_AT_PROVIDER: translatable("not at the payment provider"),
    DifferenceCode.AMOUNT: translatable("another amount"),
}

CAUSES: Mapping[Cause, str] = {
    Cause.CHARGE: translatable("Sold"),
    Cause.PROVIDER_FEE: translatable("Fee of the payment provider"),
    Cause.BANKED: translatable("Taken out by the marketplace"),
    Cause.TRANSFER: translatable("Passed on"),
    Cause.REVERSAL: translatable("Taken back"),
    Cause.REFUND: translatable("Refunded to the buyer"),
    Cause.DOUBLE_REFUNDED: translatable("Refunded, was no sale"),
    Cause.REFUND_UNMATCHED: translatable("Refunded at the payment provider"),
    Cause.REFUND_FAILED: translatable("A refund failed"),
    Cause.FEE_RETURNED: translatable("Fee given back"),
    Cause.DISPUTE_OPENED: translatable("Disputed"),
    Cause.DISPUTE_WON: translatable("Dispute won"),
    Cause.DISPUTE_LOST: translatable("Dispute lost"),
    Cause.DISPUTE_OVERTURNED: translatable("Lost dispute won after all"),
    Cause.SHARE_HELD: translatable("Held"),
    Cause.SHARE_RELEASED: translatable("Held no longer"),
    Cause.DEBT_MADE: translatable("Owed"),
    Cause.DEBT_RECOVERED: translatable("Debt paid by a sale"),
    Cause.WRITTEN_OFF: translatable("Debt given up"),
    Cause.WRITE_OFF_UNDONE: translatable("Given up debt settled after all"),
}
