"""What the API calls: every use case that it offers, and the ports that stand before them."""

from attrs import fields, frozen
from dependency_injector.containers import Container

from koda.domain.model.policy import Policy
from koda.domain.usecases.account.authenticate import Authenticate
from koda.domain.usecases.buying.authorize_download import AuthorizeDownload
from koda.domain.usecases.buying.checkout import Checkout
from koda.domain.usecases.buying.view_basket import ViewBasket
from koda.domain.usecases.buying.view_library import ViewLibrary
from koda.domain.usecases.buying.view_order import ViewOrder
from koda.domain.usecases.catalogue.present_catalogue import PresentCatalogue
from koda.domain.usecases.catalogue.view_automation import ViewAutomation
from koda.domain.usecases.moderation.moderate_automation import ModerateAutomation
from koda.domain.usecases.selling.confirm_onboarding import ConfirmOnboarding
from koda.domain.usecases.selling.onboard_seller import OnboardSeller
from koda.domain.usecases.selling.open_dashboard import OpenDashboard
from koda.domain.usecases.selling.release_version import ReleaseVersion
from koda.domain.usecases.selling.request_upload import RequestUpload
from koda.domain.usecases.selling.revise_automation import ReviseAutomation
from koda.domain.usecases.selling.submit_automation import SubmitAutomation
from koda.domain.usecases.selling.view_listings import ViewListings
from koda.domain.usecases.selling.view_sales import ViewSales
from koda.domain.usecases.selling.view_seller import ViewSeller
from koda.domain.usecases.selling.withdraw_automation import WithdrawAutomation
from koda.entrypoints.cursors import Cursors
from koda.ports.rate_limiter import RateLimiter


@frozen(kw_only=True)
class Services:
    """Each under the name that the container knows it by; made once, since none holds state."""

    policy: Policy
    authenticate: Authenticate
    rate_limiter: RateLimiter
    cursors: Cursors

    present_catalogue: PresentCatalogue
    view_automation: ViewAutomation
    view_basket: ViewBasket
    checkout: Checkout
    view_order: ViewOrder
    view_library: ViewLibrary
    authorize_download: AuthorizeDownload

    onboard_seller: OnboardSeller
    confirm_onboarding: ConfirmOnboarding
    view_seller: ViewSeller
    open_dashboard: OpenDashboard
    request_upload: RequestUpload
    submit_automation: SubmitAutomation
    revise_automation: ReviseAutomation
    release_version: ReleaseVersion
    withdraw_automation: WithdrawAutomation
    view_listings: ViewListings
    view_sales: ViewSales

    moderate_automation: ModerateAutomation

    @classmethod
    def of(cls, container: Container) -> "Services":
        """Ask `container` for each of them by name."""
        return cls(**{one.name: getattr(container, one.name)() for one in fields(cls)})
