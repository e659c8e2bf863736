"""Trying every configured service, and what to do where one fails: `koda doctor` and `serve`."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from attrs import frozen

from koda.domain.model.errors import InvalidValue, KodaError, Refused, Unavailable
from koda.entrypoints.backends.probe import Probe, Warned
from koda.entrypoints.embedded.sandbox import leading_to, with_running_sandbox
from koda.entrypoints.health.probes import probes, try_messages, try_people, try_webhooks
from koda.entrypoints.health.store_probes import try_records, try_rules
from koda.entrypoints.settings.choices import FileStore, IdentityProvider, PaymentProvider, Store
from koda.entrypoints.settings.data_directory import wider
from koda.entrypoints.settings.loopback import is_loopback
from koda.entrypoints.settings.settings import PREFIX, Settings
from koda.entrypoints.wiring.building import check_charged
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import Unprepared, close
from koda.sandbox.control import SandboxControl, SandboxError
from koda.sandbox.embedded import Sandbox

LOCAL = frozenset({"sqlite", "directory"})
"""Adapters of this machine: what fails there does not come back by itself."""

REMEDIES: Mapping[str, str] = {
    "settings": "correct the variable; 'koda settings' says what each one takes",
    "site": "set KODA_SITE_URL to the https address that visitors use",
    "store": "see that KODA_DATA is a directory on a disk with room that this user can write",
    "store mongo": "see that KODA_MONGO_URI names the servers, that this machine reaches them, and "
    "that the user may read and write the database",
    "currency": "set KODA_POLICY_CURRENCY back, or name the currencies of these listings in "
    "KODA_CURRENCIES_BEFORE: nobody can buy them then until their sellers set a new price",
    "records": "restore them from a backup; each is left out of every list until then",
    "data": "take the rights of others away: chmod -R go= on the directory KODA_DATA",
    "files": "see that KODA_DATA is a directory on a disk with room that this user can write",
    "files s3": "see that KODA_S3_BUCKET is in KODA_S3_REGION, that this machine reaches it, and "
    "that the keys may get and put its objects and list the bucket",
    "bucket": "see that KODA_S3_BUCKET is in KODA_S3_REGION, and that this machine reaches it",
    "cache": "see that KODA_REDIS_URL leads to a Redis which answers this machine within 50 ms and "
    "lets Koda run scripts, and write keys that begin with KODA_REDIS_PREFIX",
    "payments": "see that KODA_STRIPE_SECRET_KEY is the platform's, may read the balance, Checkout "
    "Sessions and accounts, and that this machine reaches Stripe",
    "webhooks": "register both addresses at Stripe, with the types of events that docs/how-to/"
    "go-live.md lists, and copy their signing secrets to KODA_STRIPE_WEBHOOK_SECRETS and "
    "KODA_STRIPE_CONNECT_WEBHOOK_SECRETS",
    "identity": "see that KODA_CLERK_ISSUER and KODA_CLERK_PUBLIC_KEY are the instance's, or that "
    "this machine reaches KODA_CLERK_JWKS_URL",
    "messages": "see what is said of the store",
    "people": "copy the signing secret of the endpoint for users from Clerk's dashboard",
    "notices": "see that KODA_SMTP_HOST and KODA_SMTP_PORT lead to a mail server that speaks "
    "KODA_SMTP_SECURITY, that its certificate is the host's, and that KODA_SMTP_USER may sign in",
    "sandbox": "start it with 'koda sandbox', or leave KODA_SANDBOX_URL out",
}


FEW = 3
"""Names of files that are told."""
PREPARE = "run 'koda init' with rights to prepare it, or set by hand what that shows as refused"
NEEDS: Mapping[str, str] = {
    "bucket": "files",
    "webhooks": "payments",
    "messages": "store",
    "records": "store",
    "currency": "store",
}
"""What need not be tried where something else failed."""


@frozen
class Finding:
    """What came of trying a service; `error` is missing if it works.

    `adapter` is the chosen one, as its setting names it, where there is a choice. `warning` says
    what to do about what works and perhaps not as it should.
    """

    service: str
    detail: str
    error: KodaError | None = None
    adapter: str = ""
    warning: str = ""

    @property
    def remedy(self) -> str:
        """What to do, if anything."""
        if isinstance(self.error, Unprepared):
            return PREPARE
        particular = f"{self.service} {self.adapter}"
        if self.error is None:
            return self.warning
        return REMEDIES.get(particular, REMEDIES[self.service])

    @property
    def passing(self) -> bool:
        """Whether it failed in a way that may be over soon, without anybody's doing."""
        failed = isinstance(self.error, Unavailable) and not isinstance(self.error, Refused)
        return failed and self.adapter not in LOCAL

    @property
    def advice(self) -> str:
        """What is wrong and what to do, in one line."""
        return f"{self.detail.rstrip('.')}. To do: {self.remedy}."


def examine(settings: Settings) -> Iterator[Finding]:
    """Try every service that `settings` choose; a finding each, in the order of the start.

    What would fail for the same reason as something before it is left out.

    Without Stripe and Clerk configured, the sandbox of a running 'koda serve' is asked, or else one
    that is started for the purpose and forgotten.
    """
    if settings.embedded:
        refused = _tried("settings", settings, lambda: _local(settings))
        if refused.error is not None:
            yield refused
            return
    with _complete(settings) as complete:
        found = _tried("settings", complete, lambda: _settle(complete))
        yield found
        if found.error is None:
            container = make_container(complete)
            try:
                yield from _in_turn(complete, _checks(container, embedded=settings.embedded))
            finally:
                close(container)


def _in_turn(settings: Settings, checks: Mapping[str, Probe]) -> Iterator[Finding]:
    failed = set()
    for service, check in checks.items():
        if NEEDS.get(service) not in failed:
            found = _tried(service, settings, check)
            failed |= {service} if found.error else set()
            yield found


def before_start(container: Container) -> tuple[Finding, ...]:
    """Try at once what a site stands on; return what is out of service for now, and warnings.

    It takes as long as the slowest of the services, whose clients all have time-outs: ten to twenty
    seconds where nothing answers.

    Raises:
        InvalidValue: a service will not be better soon; names it and says what to do.
    """
    settings, chosen = container.settings(), probes(container)
    with ThreadPoolExecutor(len(chosen)) as threads:
        tried = list(
            threads.map(
                lambda chosen_probe: _tried(chosen_probe[0], settings, chosen_probe[1]),
                chosen.items(),
            )
        )
    failed = {finding.service for finding in tried if finding.error}
    found = [finding for finding in tried if NEEDS.get(finding.service) not in failed]
    for finding in found:
        if finding.error is not None and not finding.passing:
            raise InvalidValue(finding.service, finding.advice) from finding.error
    return tuple(finding for finding in found if finding.remedy)


def _settle(settings: Settings) -> str:
    settings.check()
    return "they fit one another"


def _local(settings: Settings) -> str:
    settings.check_sandbox()
    check_charged(settings.policy)
    return "the sandbox is for this machine alone"


@contextmanager
def _complete(settings: Settings) -> Iterator[Settings]:
    if not settings.embedded:
        yield settings
        return
    running = with_running_sandbox(settings)
    if running is not None:
        yield running
        return
    with Sandbox.start(currency=settings.policy.currency.lower()) as sandbox:
        yield leading_to(settings, sandbox)


def _tried(service: str, settings: Settings, check: Probe) -> Finding:
    adapter = str(getattr(settings, service, ""))
    try:
        found = check()
    except KodaError as error:
        return Finding(service, str(error), error, adapter)
    if isinstance(found, Warned):
        return Finding(service, found.detail, adapter=adapter, warning=found.remedy)
    return Finding(service, found, adapter=adapter)


def _checks(container: Container, *, embedded: bool) -> Mapping[str, Probe]:
    settings = container.settings()
    checks: dict[str, Probe] = {"site": lambda: _site(settings), **probes(container)}
    if settings.store != Store.MEMORY:
        checks["records"] = lambda: try_records(container)
    if settings.data.exists():
        checks["data"] = lambda: _data(settings)
    if settings.files == FileStore.S3:
        checks["bucket"] = lambda: try_rules(container)
    if settings.payments == PaymentProvider.STRIPE:
        # Where `koda serve` starts the sandbox, it tells it the addresses, too.
        checks["webhooks"] = partial(try_webhooks, container, registered=not embedded)
    if settings.identity == IdentityProvider.CLERK:
        checks["people"] = lambda: try_people(container)
    if settings.webhook_endpoints and settings.store != Store.MEMORY:
        checks["messages"] = lambda: try_messages(container)
    if settings.sandboxed:
        checks["sandbox"] = lambda: _sandbox(settings)
    return checks


def _site(settings: Settings) -> str:
    parts = urlsplit(settings.site_url)
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise InvalidValue(f"{PREFIX}SITE_URL", "is not https, so that anybody can read along")
    return settings.site_url


def _data(settings: Settings) -> str:
    found = ["the directory itself" if name == "." else name for name in wider(settings.data)]
    if found:
        shown = ", ".join(found[:FEW]) + (f" and {len(found) - FEW} more" if found[FEW:] else "")
        raise InvalidValue(f"{PREFIX}DATA", f"is open to others than its owner: {shown}")
    return f"{settings.data} is its owner's alone"


def _sandbox(settings: Settings) -> str:
    try:
        return f"{SandboxControl(settings.sandbox_url).info()['url']} answers"
    except SandboxError as error:
        raise Unavailable("sandbox") from error
