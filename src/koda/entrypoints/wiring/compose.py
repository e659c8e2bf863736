"""Every use case over its ports: plain constructor calls, which the type checker compares."""

from collections.abc import Callable, Mapping

from koda.domain.model.payments import PaymentEvent
from koda.domain.model.subscribers import Subscriber, Subscribers
from koda.domain.usecases.account.authenticate import Authenticate
from koda.domain.usecases.account.follow_people import FollowPeople
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.give_role import GiveRole
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.domain.usecases.administration.take_role import TakeRole
from koda.domain.usecases.administration.view_audit_log import ViewAuditLog
from koda.domain.usecases.administration.view_disputes import ViewDisputes
from koda.domain.usecases.administration.view_held_money import ViewHeldMoney
from koda.domain.usecases.administration.view_order_history import ViewOrderHistory
from koda.domain.usecases.administration.view_orders import ViewOrders
from koda.domain.usecases.administration.view_roles import ViewRoles
from koda.domain.usecases.administration.view_waiting import ViewWaiting
from koda.domain.usecases.buying.authorize_download import AuthorizeDownload
from koda.domain.usecases.buying.checkout import Checkout
from koda.domain.usecases.buying.close_checkout import (
    SUPERSEDING,
    CloseCheckout,
    CloseSuperseded,
)
from koda.domain.usecases.buying.give_back import GiveBack
from koda.domain.usecases.buying.pass_on import PassOn
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.domain.usecases.buying.remember_moved import RememberMoved
from koda.domain.usecases.buying.settle_payment import SettlePayment
from koda.domain.usecases.buying.view_basket import ViewBasket
from koda.domain.usecases.buying.view_library import ViewLibrary
from koda.domain.usecases.buying.view_open_orders import ViewOpenOrders
from koda.domain.usecases.buying.view_order import ViewOrder
from koda.domain.usecases.buying.view_own_orders import ViewOwnOrders
from koda.domain.usecases.moderation.decide_review import DecideReview
from koda.domain.usecases.moderation.find_copies import FindCopies
from koda.domain.usecases.moderation.moderate_automation import ModerateAutomation
from koda.domain.usecases.moderation.view_review import ViewReview
from koda.domain.usecases.moderation.view_reviews import ViewReviews
from koda.domain.usecases.money.book_provider_ledger import BookProviderLedger
from koda.domain.usecases.money.handle_payment_event import HandlePaymentEvent
from koda.domain.usecases.money.reconcile_by_hand import ReconcileByHand
from koda.domain.usecases.money.reconcile_payments import ReconcilePayments
from koda.domain.usecases.money.record_fraud_warning import RecordFraudWarning
from koda.domain.usecases.money.replay_payment_event import ReplayPaymentEvent
from koda.domain.usecases.money.retry_refused import RETRYING, RetryRefused
from koda.domain.usecases.money.take_back_doubles import TakeBackDouble
from koda.domain.usecases.operations.deliver_events import DeliverEvents
from koda.domain.usecases.operations.rebuild_index import RebuildIndex
from koda.domain.usecases.operations.refresh_catalogue import SHOWN, RefreshCatalogue
from koda.domain.usecases.operations.send_notices import TOLD, SendNotices
from koda.domain.usecases.operations.tidy import Tidy
from koda.domain.usecases.operations.view_payment_event import ViewPaymentEvent
from koda.domain.usecases.operations.view_payment_events import ViewPaymentEvents
from koda.domain.usecases.operations.watch_webhooks import (
    Verifier,
    WatchedWebhooks,
    WatchWebhooks,
)
from koda.domain.usecases.selling.accept_upload import AcceptUpload
from koda.domain.usecases.selling.confirm_onboarding import ConfirmOnboarding
from koda.domain.usecases.selling.inspect_upload import InspectUpload
from koda.domain.usecases.selling.onboard_seller import OnboardSeller
from koda.domain.usecases.selling.open_dashboard import OpenDashboard
from koda.domain.usecases.selling.release_version import ReleaseVersion
from koda.domain.usecases.selling.request_upload import RequestUpload
from koda.domain.usecases.selling.revise_automation import ReviseAutomation
from koda.domain.usecases.selling.submit_automation import SubmitAutomation
from koda.domain.usecases.selling.view_held_sales import ViewHeldSales
from koda.domain.usecases.selling.view_listings import ViewListings
from koda.domain.usecases.selling.view_sales import ViewSales
from koda.domain.usecases.selling.view_seller import ViewSeller
from koda.domain.usecases.selling.withdraw_automation import WithdrawAutomation
from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.compose_catalogue import CatalogueUseCases
from koda.entrypoints.wiring.compose_money import MoneyUseCases

NOTICES, CATALOGUE = "koda.notices", "koda.catalogue"
CHECKOUTS, HELD = "koda.checkouts", "koda.refused"
"""The names of Koda's own subscribers, which the store keeps."""


def compose(backends: Backends, subscribers: Subscribers | None = None) -> "UseCases":
    """Return every use case over `backends`; nothing is opened or asked.

    Domain events are told to Koda's own subscribers and to `subscribers`.
    """
    return UseCases(backends, subscribers or Subscribers())


class UseCases(CatalogueUseCases, MoneyUseCases):
    """Every use case of a marketplace, ready to call: a line each, by subject."""

    def __init__(self, backends: Backends, subscribers: Subscribers) -> None:
        self._compose_account(backends)
        self._compose_administration(backends)
        self._compose_selling(backends)
        self.compose_catalogue(backends)
        self._compose_buying(backends)
        self.compose_books(backends)
        self._compose_reconciliation(backends)
        self.compose_refunds(backends)
        self._compose_operations(backends)
        self._compose_events(backends, subscribers)
        self._compose_webhooks(backends)

    def _compose_account(self, of: Backends) -> None:
        self.authenticate: Authenticate = Authenticate(of.identity, of.people)

    def _compose_administration(self, of: Backends) -> None:
        authorize, audit = Authorize(of.roles), KeepAudit(of.audit_log, of.clock, of.ids)
        self.authorize: Authorize = authorize
        self.keep_audit: KeepAudit = audit
        self.view_roles: ViewRoles = ViewRoles(of.roles, of.people, authorize, of.admins)
        self.give_role: GiveRole = GiveRole(of.roles, of.people, authorize, audit, of.clock)
        self.take_role: TakeRole = TakeRole(of.roles, of.people, authorize, audit, of.admins)
        self.view_audit_log: ViewAuditLog = ViewAuditLog(
            of.audit_log, of.people, authorize, of.policy
        )
        self.view_order_history: ViewOrderHistory = ViewOrderHistory(
            of.orders,
            of.purchases,
            of.grants,
            of.journal,
            of.payment_inbox,
            of.audit_log,
            of.people,
            authorize,
        )
        self.view_orders: ViewOrders = ViewOrders(of.orders, of.people, authorize, of.policy)
        self.view_held_money: ViewHeldMoney = ViewHeldMoney(
            of.orders, of.journal, of.people, authorize, of.policy, of.clock
        )
        self.view_disputes: ViewDisputes = ViewDisputes(of.orders, authorize, of.clock)
        self.view_waiting: ViewWaiting = ViewWaiting(
            of.orders,
            of.payment_inbox,
            of.webhook_health,
            self.view_disputes,
            authorize,
            (WebhookEndpoint.PAYMENTS.value, WebhookEndpoint.ACCOUNTS.value),
        )
        self.moderate_automation: ModerateAutomation = ModerateAutomation(
            of.automations, authorize, audit, of.clock
        )
        known = of.automations, of.people, authorize
        self.view_reviews: ViewReviews = ViewReviews(*known, of.policy)
        self.view_review: ViewReview = ViewReview(*known)
        self.decide_review: DecideReview = DecideReview(of.automations, authorize, audit, of.clock)

    def _compose_selling(self, of: Backends) -> None:
        automations, sellers, accounts = of.automations, of.sellers, of.payout_accounts
        policy, clock = of.policy, of.clock
        self.onboard_seller: OnboardSeller = OnboardSeller(sellers, accounts, of.people, clock)
        self.confirm_onboarding: ConfirmOnboarding = ConfirmOnboarding(sellers, accounts, clock)
        self.view_seller: ViewSeller = ViewSeller(sellers)
        self.open_dashboard: OpenDashboard = OpenDashboard(sellers, accounts)
        self.request_upload: RequestUpload = RequestUpload(
            sellers, of.uploads, of.files, policy, clock, of.ids
        )
        accept = AcceptUpload(of.uploads, of.files, of.pictures, of.scanner, clock)
        self.accept_upload: AcceptUpload = accept
        self.inspect_upload: InspectUpload = InspectUpload(accept, automations, policy)
        copies = FindCopies(automations, clock)
        self.find_copies: FindCopies = copies
        self.submit_automation: SubmitAutomation = SubmitAutomation(
            automations, sellers, accept, copies, policy, clock
        )
        self.revise_automation: ReviseAutomation = ReviseAutomation(
            automations, accept, policy, clock
        )
        self.release_version: ReleaseVersion = ReleaseVersion(
            automations, accept, copies, policy, clock
        )
        self.withdraw_automation: WithdrawAutomation = WithdrawAutomation(automations, clock)
        self.view_listings: ViewListings = ViewListings(automations, policy)
        self.view_sales: ViewSales = ViewSales(of.purchases, of.orders, policy)
        self.view_held_sales: ViewHeldSales = ViewHeldSales(of.orders)

    def _compose_buying(self, of: Backends) -> None:
        automations, purchases, orders = of.automations, of.purchases, of.orders
        policy, clock = of.policy, of.clock
        self.view_basket: ViewBasket = ViewBasket(automations, of.sellers, purchases, policy)
        close = CloseCheckout(orders, of.payments, clock)
        self.checkout: Checkout = Checkout(
            automations, of.sellers, purchases, orders, of.payments, close, policy, clock, of.ids
        )
        self.close_superseded: CloseSuperseded = CloseSuperseded(
            automations, of.sellers, orders, close
        )
        self.give_back: GiveBack = GiveBack(of.payments)
        self.pass_on: PassOn = PassOn(of.payments)
        self.remember_moved: RememberMoved = RememberMoved(of.payments)
        self.settle_payment: SettlePayment = SettlePayment(
            self.remember_moved, self.give_back, self.pass_on, clock
        )
        self.record_purchase: RecordPurchase = RecordPurchase(
            of.payments, automations, orders, purchases, self.settle_payment, of.journal, clock
        )
        self.retry_refused: RetryRefused = RetryRefused(of.sellers, orders, self.record_purchase)
        self.view_order: ViewOrder = ViewOrder(orders, self.record_purchase, of.rate_limiter)
        self.view_open_orders: ViewOpenOrders = ViewOpenOrders(orders)
        self.view_own_orders: ViewOwnOrders = ViewOwnOrders(orders, purchases, policy)
        self.view_library: ViewLibrary = ViewLibrary(purchases, automations, policy)
        self.authorize_download: AuthorizeDownload = AuthorizeDownload(
            automations, purchases, of.files, of.grants, policy, clock, of.ids
        )

    def _compose_reconciliation(self, of: Backends) -> None:
        self.book_provider_ledger: BookProviderLedger = BookProviderLedger(
            of.provider_ledger, of.journal
        )
        self.record_fraud_warning: RecordFraudWarning = RecordFraudWarning(
            of.payments, of.orders, of.clock
        )
        self.take_back_double: TakeBackDouble = TakeBackDouble(of.payments, of.journal, of.clock)
        self.reconcile_payments: ReconcilePayments = ReconcilePayments(
            of.payments,
            of.orders,
            self.record_purchase,
            CloseCheckout(of.orders, of.payments, of.clock),
            self.take_back_double,
            self.record_fraud_warning,
            self.compare_orders,
            self.book_provider_ledger,
            of.clock,
        )
        self.reconcile_by_hand: ReconcileByHand = ReconcileByHand(
            self.reconcile_payments, self.authorize, self.keep_audit
        )

    def _compose_operations(self, of: Backends) -> None:
        self.watch_webhooks: WatchWebhooks = WatchWebhooks(of.webhook_health, of.clock)
        self.rebuild_index: RebuildIndex = RebuildIndex(of.index_builder, of.cache)
        self.tidy: Tidy = Tidy(
            of.automations,
            of.uploads,
            of.files,
            of.orders,
            of.payment_inbox,
            of.outbox,
            self.record_purchase,
            of.policy,
            of.clock,
        )

    def _compose_events(self, of: Backends, subscribers: Subscribers) -> None:
        self.send_notices: SendNotices = SendNotices(of.orders, of.automations, of.notices)
        self.refresh_catalogue: RefreshCatalogue = RefreshCatalogue(of.cache)
        own = (
            Subscriber(NOTICES, TOLD, self.send_notices),
            Subscriber(CATALOGUE, SHOWN, self.refresh_catalogue),
            Subscriber(CHECKOUTS, SUPERSEDING, self.close_superseded),
            Subscriber(HELD, RETRYING, self.retry_refused),
        )
        self.deliver_events: DeliverEvents = DeliverEvents(of.outbox, own, subscribers, of.clock)

    def _compose_webhooks(self, of: Backends) -> None:
        watch, people = self.watch_webhooks, of.people_webhooks
        watched = WatchedWebhooks(people, watch, WebhookEndpoint.PEOPLE.value)
        self.follow_people: FollowPeople = FollowPeople(watched, of.people)
        own = WatchedWebhooks(of.payment_webhooks, watch, WebhookEndpoint.PAYMENTS.value)
        self.handle_payment_event: HandlePaymentEvent = self._handler(own, of)
        self.replay_payment_event: ReplayPaymentEvent = ReplayPaymentEvent(
            of.payment_inbox,
            of.payment_webhooks,
            self.handle_payment_event,
            self.authorize,
            self.keep_audit,
        )
        self.view_payment_event: ViewPaymentEvent = ViewPaymentEvent(
            of.payment_inbox, self.authorize
        )
        self.view_payment_events: ViewPaymentEvents = ViewPaymentEvents(of.payment_inbox, of.policy)
        theirs = WatchedWebhooks(of.connect_webhooks, watch, WebhookEndpoint.ACCOUNTS.value)
        self.handle_connect_event: HandlePaymentEvent = self._handler(theirs, of)

    @property
    def webhooks(self) -> Mapping[WebhookEndpoint, Callable[[bytes, Mapping[str, str]], object]]:
        """What takes in the messages of each endpoint: their bytes and headers."""
        return {
            WebhookEndpoint.PAYMENTS: self.handle_payment_event,
            WebhookEndpoint.ACCOUNTS: self.handle_connect_event,
            WebhookEndpoint.PEOPLE: self.follow_people,
        }

    def _handler(self, verifier: Verifier[PaymentEvent], of: Backends) -> HandlePaymentEvent:
        return HandlePaymentEvent(
            verifier,
            of.payment_inbox,
            self.record_purchase,
            self.record_fraud_warning,
            self.confirm_onboarding,
            of.sellers,
            of.clock,
        )
