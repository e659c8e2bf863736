"""Stripe: the payment provider, or the sandbox in its place."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from attrs import evolve, frozen
from typed_settings.types import SecretStr

from koda.domain.model.countries import Country
from koda.domain.model.errors import InvalidValue, Refused
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import verbatim
from koda.entrypoints.backends.libraries import needing
from koda.entrypoints.backends.ports import PaymentPorts
from koda.entrypoints.backends.probe import FAR, SET_CLOCK, Check, Readiness
from koda.entrypoints.backends.room import Group, PaymentsRoom, SigningSecrets
from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.entrypoints.settings.faults import PREFIX, Fault
from koda.entrypoints.settings.service_settings import NO_SECRET, ServiceSettings, setting
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.settings.urls import origin

if TYPE_CHECKING:
    from stripe import StripeClient

    from koda.adapters.stripe.payment_webhooks import StripePaymentWebhooks
    from koda.adapters.stripe.probe import StripeProbe

_LIVE_KEYS = ("sk_live_", "rk_live_")
"""How live secret and restricted keys begin."""
_SERVER_KEYS = ("sk_", "rk_")
"""How secret and restricted keys begin; a publishable one begins otherwise."""
_NO_PAYMENTS = "payments off: one is recorded only when its buyer comes back"
_NO_ACCOUNTS = "sellers' accounts off: a change is seen only when the seller asks"
_MOST_OFF = 60
"""Seconds by which clocks may differ: requests take their time, and headers tell whole seconds."""

_WITHOUT = "set it to nothing to go without"
_COUNTRY = re.compile(r"[A-Z]{2}")

Secrets = tuple[SecretStr, ...] | None


@frozen
class StripeSettings(ServiceSettings):
    """`KODA_STRIPE_…`: keys of the account; several webhook secrets while one is rolled.

    No webhook secrets at all (`()`) switch the endpoint off on purpose; `None` is an oversight.
    `country` is the account's own, which decides where sellers can be paid.
    """

    section: ClassVar[str] = "stripe"
    heading: ClassVar[str] = "Stripe"

    secret_key: SecretStr = setting(
        NO_SECRET, "the secret or restricted key of the platform's account"
    )
    webhook_secrets: tuple[SecretStr, ...] | None = setting(
        None,
        "of the endpoint `/webhooks/stripe`; several while one is rolled; "
        "set it to nothing to switch the endpoint off",
    )
    connect_webhook_secrets: tuple[SecretStr, ...] | None = setting(
        None,
        "of the endpoint `/webhooks/stripe-connect`, which listens to connected accounts; likewise",
    )
    country: str = setting(
        "DE",
        "where the platform's account is (ISO 3166-1): from the US, the UK, Canada, "
        "Switzerland or the EEA, sellers in all of these can be paid; from elsewhere only "
        "those at home",
    )

    @property
    def live(self) -> bool:
        """Whether the key moves real money."""
        return self.secret_key.startswith(_LIVE_KEYS)

    @property
    def configured(self) -> bool:
        """Whether there is a key."""
        return bool(self.secret_key)


class StripeRoom(PaymentsRoom):
    """An account of Stripe Connect."""

    name = "stripe"
    extra = "stripe"
    group: ClassVar[Group] = StripeSettings
    remedy = (
        "see that KODA_STRIPE_SECRET_KEY is the platform's, may read the balance, Checkout "
        "Sessions and accounts, and that this machine reaches Stripe"
    )

    @classmethod
    def faults(cls, settings: Settings) -> Iterator[Fault]:
        """Yield what may be wrong with the keys, the country and the webhook secrets."""
        stripe = settings.of(StripeSettings)
        yield "STRIPE_SECRET_KEY", not stripe.secret_key, "must be set"
        foreign = not stripe.secret_key.startswith(_SERVER_KEYS)
        yield "STRIPE_SECRET_KEY", foreign, "must be a secret key: it begins with sk_ or rk_"
        homeless = not _COUNTRY.fullmatch(stripe.country)
        yield "STRIPE_COUNTRY", homeless, "must be a country's two letters, such as DE"
        unpaid = f"must be set, or only buyers who come back have what they paid for; {_WITHOUT}"
        yield "STRIPE_WEBHOOK_SECRETS", stripe.webhook_secrets is None, unpaid
        unseen = f"must be set, or restricted sellers go on selling; {_WITHOUT}"
        missing = stripe.connect_webhook_secrets is None
        yield "STRIPE_CONNECT_WEBHOOK_SECRETS", missing, unseen
        insecure = stripe.live and not settings.site_url.startswith("https://")
        yield "SITE_URL", insecure, "must be https with a live Stripe key"

    @classmethod
    def signing_secrets(cls, settings: Settings) -> Mapping[WebhookEndpoint, SigningSecrets]:
        """Return those of both endpoints."""
        stripe, variable = settings.of(StripeSettings), f"{PREFIX}STRIPE_WEBHOOK_SECRETS"
        connect = f"{PREFIX}STRIPE_CONNECT_WEBHOOK_SECRETS"
        return {
            WebhookEndpoint.PAYMENTS: SigningSecrets(variable, bool(stripe.webhook_secrets)),
            WebhookEndpoint.ACCOUNTS: SigningSecrets(connect, bool(stripe.connect_webhook_secrets)),
        }

    @classmethod
    def at_sandbox(cls, settings: Settings, told: Mapping[str, str]) -> Settings:
        """Return the settings that lead to the sandbox's Stripe."""
        leading = evolve(
            settings.of(StripeSettings),
            secret_key=SecretStr(told["secret_key"]),
            webhook_secrets=(SecretStr(told["webhook_secret"]),),
            connect_webhook_secrets=(SecretStr(told["connect_webhook_secret"]),),
        )
        return settings.having(leading)

    @classmethod
    def check_policy(cls, policy: Policy) -> None:
        """Refuse a currency or a price that Stripe would never charge.

        Raises:
            InvalidValue: names the variable of the policy to change.
            MissingLibrary: Stripe's library is not installed.
        """
        with needing(cls.extra):
            from koda.adapters.stripe.amounts import CHARGED, limits_of

        if policy.currency not in CHARGED:
            name, problem = f"{PREFIX}POLICY_CURRENCY", "which Stripe does not charge, unlike EUR"
            raise InvalidValue(name, verbatim(f"is {policy.currency}, {problem}"))
        least, most = limits_of(policy.currency)
        if policy.money(policy.minimum_price) < least:
            raise _priced("MINIMUM", f"must be at least {least.minor}: Stripe charges from {least}")
        if policy.money(policy.maximum_price) > most:
            raise _priced("MAXIMUM", f"must be at most {most.minor}: Stripe charges up to {most}")

    @property
    def _own(self) -> StripeSettings:
        return self.site.settings.of(StripeSettings)

    @cached_property
    def client(self) -> "StripeClient":
        """The client of Stripe, or of the sandbox."""
        from koda.adapters.stripe.client import make_client

        return make_client(self._own.secret_key, base_url=self.site.settings.sandbox_url)

    @property
    def probe(self) -> "StripeProbe":
        """What reads the state of the account."""
        from koda.adapters.stripe.probe import StripeProbe

        return StripeProbe(self.client)

    def payments(self) -> PaymentPorts:
        """Return the payments, if Stripe charges the currency and every price of the policy.

        Buyers come back from checkout to their order, and sellers to the selling pages.

        Raises:
            InvalidValue: names the variable of the policy to change.
        """
        from koda.adapters.stripe.checkout import CheckoutPages
        from koda.adapters.stripe.countries import paid_from
        from koda.adapters.stripe.payments import CHECKOUT, StripePayments
        from koda.adapters.stripe.payout_accounts import CONNECT, StripePayoutAccounts
        from koda.adapters.stripe.provider_ledger import StripeLedger

        settings, told = self.site.settings, self._own
        self.check_policy(settings.policy)
        sandbox = frozenset(map(origin, filter(None, [settings.sandbox_url])))
        site, selling = settings.site_url, f"{settings.site_url}/selling/onboarding"
        pages = CheckoutPages(
            success_url=f"{site}/orders/{{order_id}}", cancel_url=f"{site}/basket"
        )
        return PaymentPorts(
            payments=StripePayments(self.client, pages, sandbox or CHECKOUT),
            provider_ledger=StripeLedger(self.client),
            payout_accounts=StripePayoutAccounts(
                self.client,
                return_url=f"{selling}/return",
                refresh_url=f"{selling}/refresh",
                countries=paid_from(told.country),
                page_origins=sandbox or CONNECT,
            ),
            payment_webhooks=self._webhooks(told.webhook_secrets, connect=False),
            connect_webhooks=self._webhooks(told.connect_webhook_secrets, connect=True),
        )

    def _webhooks(self, secrets: Secrets, *, connect: bool) -> "StripePaymentWebhooks":
        from koda.adapters.stripe.payment_webhooks import StripePaymentWebhooks

        live = self.site.settings.live
        return StripePaymentWebhooks(secrets or (), self.site.clock, live=live, connect=connect)

    @property
    def home(self) -> Country:
        """The country of the account."""
        return Country(self._own.country)

    def moves_money(self) -> bool:
        """Read the balance, which says so."""
        return self.probe.live()

    def doubts(self) -> Mapping[str, str]:
        """Return what may be wrong with the clock and the currency, and what to do about each."""
        try:
            platform = self.probe.platform()
        except Refused:
            return {}  # a restricted key need not read the platform's own account
        currency, doubts = self.site.settings.policy.currency, dict[str, str]()
        if platform.answered_at is not None:
            off = round((self.site.clock() - platform.answered_at).total_seconds())
            if abs(off) > _MOST_OFF:
                way = "ahead of" if off > 0 else "behind"
                doubts[f"this machine's clock is {abs(off)} seconds {way} Stripe's"] = SET_CLOCK
        if currency not in {platform.currency, *platform.balances}:
            doubts[f"prices are in {currency}, and the account is kept in {platform.currency}"] = (
                f"set {PREFIX}POLICY_CURRENCY to {platform.currency}, or add a bank account for "
                f"{currency} at Stripe, which otherwise converts every payment for a fee"
            )
        return doubts

    def checks(self, slot: str) -> Iterator[Check]:
        """Yield how the endpoints of its messages are looked at."""
        secrets = (self._own.webhook_secrets, self._own.connect_webhook_secrets)
        yield Check(
            "webhooks",
            self.count_secrets,
            "register both addresses at Stripe, with the types of events that docs/how-to/"
            "go-live.md lists, and copy their signing secrets to KODA_STRIPE_WEBHOOK_SECRETS and "
            "KODA_STRIPE_CONNECT_WEBHOOK_SECRETS",
            needs="payments",
            registration=self.try_registration if any(secrets) else None,
        )

    def readiness(self, slot: str) -> Readiness:
        """Return how the account is asked."""
        return Readiness(self.probe.live, needed=False, lifetime=FAR)

    def count_secrets(self) -> str:
        """Count the signing secrets of both endpoints."""
        own, connected = self._own.webhook_secrets, self._own.connect_webhook_secrets
        payments = f"{len(own)} signing secret(s) for payments" if own else _NO_PAYMENTS
        accounts = f"{len(connected)} for sellers' accounts" if connected else _NO_ACCOUNTS
        return f"{payments}, {accounts}"

    def try_registration(self) -> str:
        """See that Stripe has the addresses of the endpoints that are on."""
        from koda.adapters.stripe.probe import CONNECT_EVENTS, PLATFORM_EVENTS

        hooks, wanted = f"{self.site.settings.site_url}/webhooks", {}
        if self._own.webhook_secrets:
            wanted[f"{hooks}/stripe"] = PLATFORM_EVENTS
        if self._own.connect_webhook_secrets:
            wanted[f"{hooks}/stripe-connect"] = CONNECT_EVENTS
        try:
            faults = list(self.probe.webhook_faults(wanted))
        except Refused:
            return "whether Stripe has the addresses cannot be seen: the key may not read endpoints"
        if faults:
            raise InvalidValue("Stripe", verbatim("; ".join(faults)))
        return "Stripe has their addresses"


def _priced(bound: str, problem: str) -> InvalidValue:
    return InvalidValue(f"{PREFIX}POLICY_{bound}_PRICE", verbatim(problem))
