"""The use cases of money after the payment, over their ports."""

from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.domain.usecases.buying.ask_for_refund import AskForRefund
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.domain.usecases.buying.withdraw_refund_request import WithdrawRefundRequest
from koda.domain.usecases.money.assign_refund import AssignRefund
from koda.domain.usecases.money.check_books import CheckBooks
from koda.domain.usecases.money.compare_orders import CompareOrders
from koda.domain.usecases.money.refund_purchase import RefundPurchase
from koda.domain.usecases.money.refuse_refund import RefuseRefund
from koda.domain.usecases.money.submit_evidence import SubmitEvidence
from koda.domain.usecases.money.view_books import ViewBooks
from koda.domain.usecases.money.view_refunds import ViewRefunds
from koda.domain.usecases.money.view_requested_refunds import ViewRequestedRefunds
from koda.domain.usecases.money.view_revenue import ViewRevenue
from koda.domain.usecases.money.view_seller_balances import ViewSellerBalances
from koda.domain.usecases.money.view_statement import ViewStatement
from koda.domain.usecases.money.write_off_debt import WriteOffDebt
from koda.entrypoints.wiring.backends import Backends


class MoneyUseCases:
    """The part of `UseCases` that is about refunds, disputes and the books."""

    authorize: Authorize
    keep_audit: KeepAudit
    record_purchase: RecordPurchase

    def compose_books(self, of: Backends) -> None:
        """Those that read the books."""
        self.view_books: ViewBooks = ViewBooks(of.journal)
        self.compare_orders: CompareOrders = CompareOrders(of.journal, of.orders, of.purchases)
        self.check_books: CheckBooks = CheckBooks(
            of.journal, self.compare_orders, of.provider_ledger, of.clock
        )
        self.view_statement: ViewStatement = ViewStatement(of.journal, of.policy)
        self.view_revenue: ViewRevenue = ViewRevenue(of.journal)
        self.view_seller_balances: ViewSellerBalances = ViewSellerBalances(
            of.journal, of.people, of.clock
        )

    def compose_refunds(self, of: Backends) -> None:
        """Those about money that goes back, or may have to."""
        record, authorize, audit = self.record_purchase, self.authorize, self.keep_audit
        self.refund_purchase: RefundPurchase = RefundPurchase(
            of.payments, of.orders, record, authorize, audit, of.policy, of.clock
        )
        self.view_refunds: ViewRefunds = ViewRefunds(of.journal, of.orders, of.people, authorize)
        self.assign_refund: AssignRefund = AssignRefund(
            of.payments, of.orders, record, authorize, audit, of.clock
        )
        orders, clock = of.orders, of.clock
        self.ask_for_refund: AskForRefund = AskForRefund(orders, of.policy, clock)
        self.withdraw_refund_request: WithdrawRefundRequest = WithdrawRefundRequest(orders, clock)
        self.refuse_refund: RefuseRefund = RefuseRefund(orders, authorize, audit, clock)
        self.view_requested_refunds: ViewRequestedRefunds = ViewRequestedRefunds(
            orders, of.people, authorize, clock
        )
        self.write_off_debt: WriteOffDebt = WriteOffDebt(orders, record, authorize, audit, clock)
        self.submit_evidence: SubmitEvidence = SubmitEvidence(
            of.payments, of.orders, of.automations, of.grants, record, authorize, audit
        )
