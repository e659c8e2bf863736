"""The marketplace as one blueprint: the pages, the API, the webhooks."""

from collections.abc import Callable, Iterator
from typing import Protocol

from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.people import Credentials
from koda.entrypoints.backends.chosen import webhook_endpoints
from koda.entrypoints.health.readiness import EndpointReports, Watched
from koda.entrypoints.health.watched_backends import watched_backends
from koda.entrypoints.languages.catalogues import Languages, packaged
from koda.entrypoints.web.environments import STATIC
from koda.entrypoints.web.error_pages import ErrorPages
from koda.entrypoints.web.form_guard import guard_forms
from koda.entrypoints.web.headers import YEAR, SecurityHeaders, content_policy
from koda.entrypoints.web.language import Speaker
from koda.entrypoints.web.logins import AS_SET, Login
from koda.entrypoints.web.mounting import NAME, Entrance
from koda.entrypoints.web.pages.administration import AdministrationPages
from koda.entrypoints.web.pages.audit_log import AuditLogPages
from koda.entrypoints.web.pages.automation import AutomationPages
from koda.entrypoints.web.pages.basket import BasketPages
from koda.entrypoints.web.pages.books import BooksPages
from koda.entrypoints.web.pages.books_check import BooksCheckPages
from koda.entrypoints.web.pages.catalogue import CataloguePages
from koda.entrypoints.web.pages.debts import DebtPages
from koda.entrypoints.web.pages.disputes import DisputePages
from koda.entrypoints.web.pages.edit import EditPages
from koda.entrypoints.web.pages.files import LocalFilePages, PreviewPages, TicketPages
from koda.entrypoints.web.pages.health import HealthPages
from koda.entrypoints.web.pages.held_money import HeldMoneyPages
from koda.entrypoints.web.pages.library import LibraryPages
from koda.entrypoints.web.pages.listing_forms import ListingHelp, OwnListings
from koda.entrypoints.web.pages.order_history import OrderHistoryPages
from koda.entrypoints.web.pages.order_lists import OrderListPages
from koda.entrypoints.web.pages.orders import OrderPages
from koda.entrypoints.web.pages.own_orders import OwnOrderPages
from koda.entrypoints.web.pages.payment_events import PaymentEventPages
from koda.entrypoints.web.pages.reconciliation import ReconciliationPages
from koda.entrypoints.web.pages.refund_list import RefundListPages
from koda.entrypoints.web.pages.refunds import RefundPages
from koda.entrypoints.web.pages.release import ReleasePages
from koda.entrypoints.web.pages.requested_refunds import AskForRefundPages, RequestedRefundPages
from koda.entrypoints.web.pages.reviews import ReviewPages
from koda.entrypoints.web.pages.roles import RolePages
from koda.entrypoints.web.pages.sales import SalesPages
from koda.entrypoints.web.pages.sandbox_sign_in import SandboxPages
from koda.entrypoints.web.pages.seller_balances import SellerBalancePages
from koda.entrypoints.web.pages.selling import SellingPages
from koda.entrypoints.web.pages.sign_in import SignInPages, SignOutPages
from koda.entrypoints.web.pages.statements import StatementPages
from koda.entrypoints.web.pages.submit import SubmitPages
from koda.entrypoints.web.pages.upload_steps import UploadSteps
from koda.entrypoints.web.pages.webhooks import Webhook
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.renewal import Renewal
from koda.entrypoints.web.request_ids import RequestIds
from koda.entrypoints.web.uploads import FormFiles
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.compose import UseCases
from koda.entrypoints.wiring.container import Container
from koda.ports.files import LocalFiles, RemoteFiles


class Routed(Protocol):
    """Some pages that add their own routes."""

    def route(self, blueprint: Blueprint) -> None:
        """Add them."""


class Marketplace(Blueprint):
    """A blueprint whose static files are kept by browsers: their address changes with them."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Return for how many seconds a browser may keep `filename`."""
        return YEAR if filename else None


def bare_blueprint(
    container: Container, login: Login = AS_SET, languages: Languages | None = None
) -> Marketplace:
    """Return the routes alone, for an application that adds headers and error pages itself.

    Raises:
        InvalidValue: it is the site of a sandbox, for more than this machine.
    """
    container.settings().check_sandbox()
    blueprint = Marketplace(
        NAME, __name__, static_folder=str(STATIC), static_url_path="/koda-static"
    )
    render, use_cases = renderer(container, login, languages), container.use_cases()
    blueprint.url_value_preprocessor(Speaker(render.languages))
    for pages in (*_buying(use_cases, container, render), *_selling(use_cases, container, render)):
        pages.route(blueprint)
    for pages in _administration(use_cases, container, render):
        pages.route(blueprint)
    for pages in (*_machinery(use_cases, container, render), *_signing_in(container, render)):
        pages.route(blueprint)
    renewal = container.browser_sessions().renewal
    if renewal is not None and not login.own:
        blueprint.before_request(Renewal(render.visitors, renewal, render.site_url))
    _attach_api(blueprint, container, render.languages)
    return blueprint


def koda_blueprint(
    container: Container,
    *,
    credentials: Callable[[], Credentials] | None = None,
    sign_in_url: Callable[[str], str] | None = None,
    sign_out: Callable[[], ResponseReturnValue | None] | None = None,
    languages: Languages | None = None,
) -> Blueprint:
    """Return the whole marketplace, to be mounted in a Flask application of yours.

    The application needs a `SECRET_KEY`, and nothing else of it is read or written: not its
    configuration, nor of its sessions more than what is kept under the blueprint's name. Any
    `url_prefix` and name will do.

    Args:
        container: the marketplace.
        credentials: reads those of the request at hand, where your application signs people in;
            the container's `Identity` then says who they are of.
        sign_in_url: returns where people sign in and then come back to a path, which it is given.
        sign_out: signs the visitor out of your application; answers, or returns `None`.
        languages: those that visitors may read; by default those that come with Koda.
    """
    login = Login(credentials, sign_in_url, sign_out)
    blueprint = bare_blueprint(container, login, languages)
    RequestIds().install(blueprint)
    ErrorPages(renderer(container, login, languages)).install(blueprint)
    blueprint.after_request(security_headers(container))
    return blueprint


def renderer(
    container: Container, login: Login = AS_SET, languages: Languages | None = None
) -> Renderer:
    """Return what renders pages for the container's marketplace."""
    settings, use_cases = container.settings(), container.use_cases()
    sessions, limiter = container.browser_sessions(), container.rate_limiter()
    chooses = settings.sandboxed and not login.own
    return Renderer(
        Visitors(use_cases.authenticate, use_cases.authorize, limiter, sessions, login.credentials),
        settings.policy,
        settings.site_url,
        sandboxed=settings.sandboxed,
        login=login,
        sample_people=container.sample_people() if chooses else None,
        languages=languages or packaged(),
    )


def security_headers(container: Container) -> SecurityHeaders:
    """Return what puts the security headers on every answer.

    The pages may reach the payment provider's and, if it has a server of its own, the file store;
    a form may come to the identity provider, which renews the session of the page it leads to.
    """
    files, sessions = container.files(), container.browser_sessions()
    stores = [files.origin] if isinstance(files, RemoteFiles) else []
    renewal = [] if sessions.renewal is None else [sessions.renewal.origin]
    pages = container.payments().page_origins | container.payout_accounts().page_origins
    forms = list(dict.fromkeys([*sorted(pages), *renewal, *stores]))
    return SecurityHeaders(
        content_policy(forms, stores),
        content_policy(forms, stores, sessions.script),
    )


def _buying(use_cases: UseCases, container: Container, render: Renderer) -> Iterator[Routed]:
    who, policy, cursors = render.visitors, render.policy, container.cursors()
    yield CataloguePages(render, who, use_cases.present_catalogue, cursors, policy)
    yield AutomationPages(render, who, use_cases.view_automation, use_cases.moderate_automation)
    under_way = use_cases.view_open_orders
    yield BasketPages(render, who, use_cases.view_basket, under_way, use_cases.checkout, policy)
    ask = use_cases.ask_for_refund
    yield OrderPages(render, who, use_cases.view_order, ask, use_cases.view_basket)
    yield AskForRefundPages(render, who, ask, use_cases.withdraw_refund_request)
    yield OwnOrderPages(render, who, cursors, use_cases.view_own_orders)
    yield LibraryPages(
        render, who, cursors, use_cases.view_library, under_way, use_cases.authorize_download
    )


def _selling(use_cases: UseCases, container: Container, render: Renderer) -> Iterator[Routed]:
    who, policy, helper = render.visitors, render.policy, ListingHelp(render.policy)
    cursors = container.cursors()
    files = FormFiles(use_cases.request_upload, use_cases.accept_upload, container.files(), policy)
    yield SellingPages(
        render,
        who,
        policy,
        cursors,
        use_cases.view_seller,
        use_cases.view_listings,
        use_cases.onboard_seller,
        use_cases.confirm_onboarding,
        use_cases.open_dashboard,
    )
    steps, own = (
        UploadSteps(files, use_cases.inspect_upload),
        OwnListings(who, use_cases.view_automation),
    )
    yield SubmitPages(render, who, own, steps, helper, use_cases.submit_automation)
    yield ReleasePages(render, who, own, steps, helper, use_cases.release_version)
    yield EditPages(
        render,
        who,
        own,
        files,
        helper,
        use_cases.revise_automation,
        use_cases.withdraw_automation,
    )
    requested = use_cases.view_requested_refunds
    held = use_cases.view_held_sales
    yield SalesPages(render, who, cursors, use_cases.view_sales, held, requested)
    view, clock = use_cases.view_statement, container.clock()
    yield StatementPages(render, who, use_cases.authorize, view, clock)
    yield TicketPages(who, use_cases.request_upload)


def _administration(
    use_cases: UseCases, container: Container, render: Renderer
) -> Iterator[Routed]:
    who, cursors, authorize = render.visitors, container.cursors(), use_cases.authorize
    history, clock = use_cases.view_order_history, container.clock()
    reviews = use_cases.view_reviews
    yield AdministrationPages(render, who, authorize, use_cases.view_waiting, reviews)
    yield ReviewPages(render, who, cursors, reviews, use_cases.view_review, use_cases.decide_review)
    yield OrderListPages(render, who, cursors, authorize, use_cases.view_orders, history, clock)
    yield OrderHistoryPages(render, who, authorize, history)
    yield RefundPages(render, who, authorize, use_cases.refund_purchase, use_cases.assign_refund)
    yield DebtPages(render, who, use_cases.write_off_debt)
    yield RequestedRefundPages(
        render, who, authorize, use_cases.view_requested_refunds, use_cases.refuse_refund
    )
    yield BooksPages(render, who, authorize, use_cases.view_books, use_cases.view_revenue, clock)
    yield BooksCheckPages(render, who, authorize, use_cases.check_books, clock)
    yield ReconciliationPages(render, who, authorize, use_cases.reconcile_by_hand, clock)
    yield HeldMoneyPages(render, who, cursors, authorize, use_cases.view_held_money)
    yield SellerBalancePages(render, who, authorize, use_cases.view_seller_balances)
    yield RefundListPages(render, who, authorize, use_cases.view_refunds, clock)
    yield DisputePages(render, who, authorize, use_cases.view_disputes, use_cases.submit_evidence)
    yield PaymentEventPages(
        render,
        who,
        cursors,
        authorize,
        use_cases.view_payment_events,
        use_cases.view_payment_event,
        use_cases.replay_payment_event,
    )
    yield RolePages(render, who, use_cases.view_roles, use_cases.give_role, use_cases.take_role)
    yield AuditLogPages(render, who, cursors, authorize, use_cases.view_audit_log)


def _machinery(use_cases: UseCases, container: Container, render: Renderer) -> Iterator[Routed]:
    settings, files = container.settings(), container.files()
    for endpoint, handler in use_cases.webhooks.items():
        takes = endpoint in webhook_endpoints(settings)
        yield Webhook(endpoint, handler if takes else None)
    yield PreviewPages(render.visitors, use_cases.view_picture, files)
    if isinstance(files, LocalFiles):
        yield LocalFilePages(files)
    reports = EndpointReports(use_cases.watch_webhooks, webhook_endpoints(settings))
    probes = watched_backends(container.rooms(), container.backends(), reports).items()
    yield HealthPages({name: Watched(probe, name=name) for name, probe in probes}, reports)


def _signing_in(container: Container, render: Renderer) -> Iterator[Routed]:
    https, settings = render.site_url.startswith("https://"), container.settings()
    yield SignOutPages(render.visitors, https, render.login)
    if render.script is not None:
        yield SignInPages(render, render.visitors, render.script)
    if render.sample_people is not None:
        yield SandboxPages(
            render,
            render.visitors,
            render.sample_people,
            https=https,
            public=bool(settings.sandbox_public),
            behind_proxies=bool(settings.proxies),
        )


def _attach_api(blueprint: Blueprint, container: Container, languages: Languages) -> None:
    """Mount the API, and guard the forms of all the rest."""
    from koda.entrypoints.web.api.blueprint import api_blueprint

    api = api_blueprint(container, languages)
    blueprint.register_blueprint(api, url_prefix="/api/v1")
    blueprint.url_value_preprocessor(Entrance(blueprint, api, container.settings().policy))
    blueprint.before_request(guard_forms)
