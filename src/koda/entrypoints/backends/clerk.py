"""Clerk: the identity provider, or the sandbox in its place."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from attrs import evolve, frozen
from typed_settings.types import SecretStr

from koda.adapters.clerk.publishable_key import PublishableKey
from koda.domain.model.errors import InvalidValue, NotAuthenticated, Unavailable
from koda.domain.model.identifiers import UserId
from koda.domain.model.sentences import verbatim
from koda.entrypoints.backends.ports import IdentityPorts
from koda.entrypoints.backends.probe import FAR, Check, Readiness
from koda.entrypoints.backends.room import Group, IdentityRoom, SigningSecrets
from koda.entrypoints.backends.sandbox_users import SandboxUsers
from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.entrypoints.settings.faults import PREFIX, Fault
from koda.entrypoints.settings.service_settings import NO_SECRET, ServiceSettings, setting
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.settings.urls import bare, is_address, origin

if TYPE_CHECKING:
    from koda.adapters.clerk.backend import ClerkBackend
    from koda.adapters.clerk.browser_sessions import ClerkBrowserSessions
    from koda.adapters.clerk.identity import ClerkIdentity
    from koda.adapters.clerk.keys import Keys

API = "https://api.clerk.com"


@frozen
class ClerkSettings(ServiceSettings):
    """`KODA_CLERK_…`: who issues session tokens, and the key that proves it.

    `public_key` is a PEM; without it the key set at `jwks_url` is read. With a `publishable_key`
    people sign in on pages of the site, at `sign_in_url` without scripts. `secret_key` signs the
    sample people of a sandboxed site in; elsewhere it ends sessions at Clerk without scripts.
    Several webhook secrets while one is rolled; with none, Clerk's messages are not taken.
    """

    section: ClassVar[str] = "clerk"
    heading: ClassVar[str] = "Clerk"

    issuer: str = setting("", "the instance's address, as its session tokens name it")
    public_key: str = setting(
        "", "the instance's public key as a PEM, so that nothing need be fetched"
    )
    jwks_url: str = setting("", "the address of its key set, read if there is no public key")
    authorized_parties: tuple[str, ...] = setting(
        (), "the origins whose sign-ins are taken; the site's own unless set"
    )
    secret_key: SecretStr = setting(
        NO_SECRET,
        "the Backend API's key; signs people in at a sandboxed site, and ends "
        "sessions at Clerk for browsers without scripts",
    )
    webhook_secrets: tuple[SecretStr, ...] = setting(
        (),
        "the signing secrets of the endpoint `/webhooks/clerk`; with none, "
        "names and deletions at Clerk are not followed",
    )
    publishable_key: str = setting(
        "", "`pk_live_…` or `pk_test_…`: people sign in on pages of this site"
    )
    sign_in_url: str = setting(
        "", "Clerk's own sign-in page, for browsers without scripts or for all"
    )

    @property
    def configured(self) -> bool:
        """Whether there is an instance."""
        return bool(self.issuer)


class ClerkRoom(IdentityRoom):
    """An instance of Clerk."""

    name = "clerk"
    extra = "clerk"
    group: ClassVar[Group] = ClerkSettings
    remedy = (
        "see that KODA_CLERK_ISSUER and KODA_CLERK_PUBLIC_KEY are the instance's, or that this "
        "machine reaches KODA_CLERK_JWKS_URL"
    )

    @classmethod
    def faults(cls, settings: Settings) -> Iterator[Fault]:
        """Yield what may be wrong with the instance, its keys and its pages."""
        clerk = settings.of(ClerkSettings)
        yield from _key_faults(clerk, live=settings.live)
        pages = settings.sandboxed or clerk.publishable_key or clerk.sign_in_url
        yield "CLERK_SIGN_IN_URL", not pages, "or KODA_CLERK_PUBLISHABLE_KEY must be set"
        wrong = bool(clerk.sign_in_url) and not is_address(clerk.sign_in_url)
        yield "CLERK_SIGN_IN_URL", wrong, "must be like https://accounts.koda.example/sign-in"
        locked = settings.sandboxed and not clerk.secret_key
        yield "CLERK_SECRET_KEY", locked, "must be set to sign people in at the sandbox"
        if clerk.publishable_key:
            yield from _publishable_faults(clerk, settings)

    @classmethod
    def signing_secrets(cls, settings: Settings) -> Mapping[WebhookEndpoint, SigningSecrets]:
        """Return those of messages about users."""
        known = bool(settings.of(ClerkSettings).webhook_secrets)
        return {WebhookEndpoint.PEOPLE: SigningSecrets(f"{PREFIX}CLERK_WEBHOOK_SECRETS", known)}

    @classmethod
    def at_sandbox(cls, settings: Settings, told: Mapping[str, str]) -> Settings:
        """Return the settings that lead to the sandbox's Clerk."""
        leading = evolve(
            settings.of(ClerkSettings),
            issuer=told["clerk_url"],
            public_key=told["clerk_public_key"],
            secret_key=SecretStr(told["clerk_secret_key"]),
            webhook_secrets=(SecretStr(told["clerk_webhook_secret"]),),
        )
        return settings.having(leading)

    @property
    def _own(self) -> ClerkSettings:
        return self.site.settings.of(ClerkSettings)

    @cached_property
    def keys(self) -> "Keys":
        """Where the public key is found: in the settings, or else at the key set's address.

        Raises:
            InvalidValue: the key in the settings is none.
        """
        from koda.adapters.clerk.keys import FixedKey, KeySet

        if not self._own.public_key:
            return KeySet(self._own.jwks_url, self.site.clock)
        try:
            return FixedKey.from_pem(self._own.public_key)
        except InvalidValue as error:
            raise InvalidValue(f"{PREFIX}CLERK_PUBLIC_KEY", error.problem) from error

    @cached_property
    def backend(self) -> "ClerkBackend":
        """Clerk's Backend API, or the sandbox's in its place."""
        from koda.adapters.clerk.backend import ClerkBackend

        base = self._own.issuer if self.site.settings.sandboxed else API
        return ClerkBackend(str.__str__(self._own.secret_key), base)

    def identity(self) -> IdentityPorts:
        """Return who is who at Clerk, and what verifies its messages about users.

        Where sessions are not renewed, as at the sandbox, a token outlives its session by hours:
        there Clerk is asked whether somebody signed out.

        Raises:
            InvalidValue: a key or secret in the settings is none.
        """
        from koda.adapters.clerk.identity import WatchedIdentity
        from koda.adapters.clerk.people_webhooks import ClerkPeopleWebhooks

        secrets = self._own.webhook_secrets
        try:
            webhooks = ClerkPeopleWebhooks(secrets, self.site.clock)
        except InvalidValue as error:
            raise InvalidValue(f"{PREFIX}CLERK_WEBHOOK_SECRETS", error.problem) from error
        identity = self.tokens if self._renews else WatchedIdentity(self.tokens, self.backend)
        return IdentityPorts(
            identity=identity, browser_sessions=self.sessions(), people_webhooks=webhooks
        )

    @cached_property
    def tokens(self) -> "ClerkIdentity":
        """Who is who by what a session token says alone."""
        from koda.adapters.clerk.identity import ClerkIdentity

        settings = self.site.settings
        return ClerkIdentity(
            issuer=self._own.issuer,
            keys=self.keys,
            authorized_parties=self._own.authorized_parties or (origin(settings.site_url),),
            admins=tuple(map(UserId, settings.admins)),
            clock=self.site.clock,
            party_required=not settings.sandboxed,  # which signs programs in, too
        )

    def sessions(self) -> "ClerkBrowserSessions":
        """Return the sessions of browsers, as far as the settings set each part of them up."""
        from koda.adapters.clerk.browser_sessions import ClerkBrowserSessions, script_of
        from koda.adapters.clerk.handshake import ClerkHandshake

        told, key = self._own, self._own.publishable_key
        return ClerkBrowserSessions(
            renewal=ClerkHandshake(self.tokens, self._development) if self._renews else None,
            script=script_of(key, bare(told.issuer)) if key else None,
            sign_in_page=told.sign_in_url,
            backend=self.backend if told.secret_key else None,
        )

    @property
    def _renews(self) -> bool:
        """Whether sessions are Clerk's own, whose tokens last a minute and are renewed."""
        return bool(self._own.publishable_key) or not self.site.settings.sandboxed

    @property
    def _development(self) -> bool:
        """Whether the instance is one for development, as its key or else its host says."""
        if self._own.publishable_key:
            return not PublishableKey.parse(self._own.publishable_key).live
        return str(urlsplit(self._own.issuer).hostname).endswith(".accounts.dev")

    def sandbox_users(self) -> SandboxUsers | None:
        """Return the users of the sandbox's Clerk."""
        return self.backend if self.site.settings.sandboxed else None

    def checks(self, slot: str) -> Iterator[Check]:
        """Yield how the keys are looked at, and the secrets of messages."""
        yield Check(slot, self.try_keys, self.remedy, early=True)
        yield Check(
            "people",
            self.count_secrets,
            "copy the signing secret of the endpoint for users from Clerk's dashboard",
        )

    def try_keys(self) -> str:
        """Read the instance's key set; a key in the settings must be one of it."""
        from koda.adapters.clerk.keys import read_keys

        name, url = self._key_set
        try:
            keys = read_keys(url)
        except InvalidValue as error:
            raise InvalidValue(PREFIX + name, error.problem) from error
        except Unavailable:
            if self._own.public_key:
                said = f"{self._own.issuer}, by the public key alone"
                return f"{said}; {url} cannot be asked for it now"
            raise
        if self._own.public_key and self.keys(None) not in keys.values():
            raise InvalidValue(
                f"{PREFIX}CLERK_PUBLIC_KEY", verbatim(f"is none of the keys at {url}")
            )
        return f"{self._own.issuer}, public key found"

    @property
    def _key_set(self) -> tuple[str, str]:
        """The variable that the address of the key set comes from, and the address."""
        if self._own.jwks_url:
            return "CLERK_JWKS_URL", self._own.jwks_url
        # https://clerk.com/docs/guides/sessions/manual-jwt-verification
        return "CLERK_ISSUER", f"{self._own.issuer.rstrip('/')}/.well-known/jwks.json"

    def count_secrets(self) -> str:
        """Count the secrets with which changes of users are signed."""
        self.identity()
        signing = len(self._own.webhook_secrets)
        if not signing:
            return "no signing secret: names and deletions at Clerk are not followed"
        return f"{signing} signing secret(s) for changes of users"

    def readiness(self, slot: str) -> Readiness:
        """Return how the keys are asked for."""
        keys = self.keys

        def check() -> None:
            with suppress(NotAuthenticated):
                keys("readyz")  # there are keys to check a token with; none has this name

        return Readiness(check, needed=False, lifetime=FAR)


def _key_faults(clerk: ClerkSettings, *, live: bool) -> Iterator[Fault]:
    yield "CLERK_ISSUER", not is_address(clerk.issuer), "must be set, as https://…"
    for name, url in (("CLERK_ISSUER", clerk.issuer), ("CLERK_JWKS_URL", clerk.jwks_url)):
        yield name, live and url.startswith("http://"), "must be https with a live Stripe key"
    keyless = not (clerk.public_key or clerk.jwks_url)
    yield "CLERK_PUBLIC_KEY", keyless, "or KODA_CLERK_JWKS_URL must be set"
    opaque = bool(clerk.public_key) and "-----BEGIN PUBLIC KEY-----" not in clerk.public_key
    yield "CLERK_PUBLIC_KEY", opaque, "must be a PEM: -----BEGIN PUBLIC KEY----- and so on"
    lost = bool(clerk.jwks_url) and not is_address(clerk.jwks_url)
    yield "CLERK_JWKS_URL", lost, "must be an address such as https://…/.well-known/jwks.json"


def _publishable_faults(clerk: ClerkSettings, settings: Settings) -> Iterator[Fault]:
    name = "CLERK_PUBLISHABLE_KEY"
    try:
        key = PublishableKey.parse(clerk.publishable_key)
    except InvalidValue as error:
        yield name, True, str(error.problem)
        return
    foreign = key.host != urlsplit(clerk.issuer).netloc
    yield name, foreign, "is of another instance than KODA_CLERK_ISSUER"
    yield name, key.live and settings.sandboxed, "is of a live instance; the sandbox has its own"
    trial = settings.live and not key.live
    yield name, trial, "is of a development instance; a live Stripe key needs a live one"
    kind = "sk_live_" if key.live else "sk_test_"
    mixed = bool(clerk.secret_key) and not clerk.secret_key.startswith(kind)
    yield "CLERK_SECRET_KEY", mixed, f"must begin with {kind}, as the publishable key has it"
