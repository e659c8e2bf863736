"""Trying every configured service, and what to do where one fails: `koda doctor` and `serve`."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from attrs import evolve, frozen

from koda.domain.model.errors import InvalidValue, KodaError, Refused, Unavailable
from koda.domain.model.sentences import verbatim
from koda.entrypoints.backends import chosen
from koda.entrypoints.backends.preparation import Unprepared
from koda.entrypoints.backends.probe import Check, Probe, Warned
from koda.entrypoints.backends.room import SLOTS
from koda.entrypoints.embedded.sandbox import leading_to, with_running_sandbox
from koda.entrypoints.health.delivery_probes import try_deliveries
from koda.entrypoints.health.inbox_probes import try_inbox
from koda.entrypoints.health.probes import early_checks, try_messages
from koda.entrypoints.health.store_probes import try_index, try_records
from koda.entrypoints.settings.data_directory import wider
from koda.entrypoints.settings.faults import PREFIX
from koda.entrypoints.settings.loopback import is_loopback
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close

FEW = 3
"""Names of files that are told."""
PREPARE = "run 'koda init' with rights to prepare it, or set by hand what that shows as refused"
SETTINGS = "correct the variable; 'koda settings' says what each one takes"

UNTOLD = "where 'koda serve' listens, since KODA_SITE_URL is not set"
"""What is known of the address of a site whose settings name none."""


@frozen
class Finding:
    """What came of trying a service; `error` is missing if it works.

    `todo` is what to do about it then; `lasting` says that it does not come back by itself.
    `warning` says what to do about what works and perhaps not as it should.
    """

    service: str
    detail: str
    error: KodaError | None = None
    todo: str = ""
    lasting: bool = False
    warning: str = ""

    @property
    def remedy(self) -> str:
        """What to do, if anything."""
        if isinstance(self.error, Unprepared):
            return PREPARE
        return self.warning if self.error is None else self.todo

    @property
    def passing(self) -> bool:
        """Whether it failed in a way that may be over soon, without anybody's doing."""
        failed = isinstance(self.error, Unavailable) and not isinstance(self.error, Refused)
        return failed and not self.lasting

    @property
    def advice(self) -> str:
        """What is wrong and what to do, in one line."""
        return f"{self.detail.rstrip('.')}. To do: {self.remedy}."


def examine(settings: Settings, *, site_told: bool = True) -> Iterator[Finding]:
    """Try every service that `settings` choose; a finding each, in the order of the start.

    What would fail for the same reason as something before it is left out.

    Without Stripe and Clerk configured, the sandbox of a running 'koda serve' is asked, or else one
    that is started for the purpose and forgotten. Unless `site_told`, nothing says where the site
    is but how it is started.
    """
    if settings.embedded:
        refused = _tried(_settings(lambda: _local(settings)))
        if refused.error is not None:
            yield refused
            return
    with _complete(settings) as complete:
        fitting = _tried(_settings(lambda: _settle(complete)))
        yield fitting
        if fitting.error is None:
            container = make_container(complete)
            try:
                checks = list(_checks(container, embedded=settings.embedded, site_told=site_told))
                yield from _in_turn(container, checks)
            finally:
                close(container)


def _in_turn(container: Container, checks: Iterable[Check]) -> Iterator[Finding]:
    failed = set()
    for check in checks:
        if check.needs not in failed:
            finding = _tried(check, lasting=_lasts(container, check.service))
            failed |= {check.service} if finding.error else set()
            yield finding


def before_start(container: Container) -> tuple[Finding, ...]:
    """Try at once what a site stands on; return what is out of service for now, and warnings.

    It takes as long as the slowest of the services, whose clients all have time-outs: ten to twenty
    seconds where nothing answers.

    Raises:
        InvalidValue: a service will not be better soon; names it and says what to do.
    """
    checks = list(early_checks(container))
    lasting = [_lasts(container, check.service) for check in checks]
    with ThreadPoolExecutor(len(checks)) as threads:
        tried = list(
            threads.map(lambda check, lasts: _tried(check, lasting=lasts), checks, lasting)
        )
    failed = {finding.service for finding in tried if finding.error}
    findings = [
        finding for check, finding in zip(checks, tried, strict=True) if check.needs not in failed
    ]
    for finding in findings:
        if finding.error is not None and not finding.passing:
            raise InvalidValue(finding.service, verbatim(finding.advice)) from finding.error
    return tuple(finding for finding in findings if finding.remedy)


def _lasts(container: Container, service: str) -> bool:
    """Whether what fails there does not come back by itself, as what is on this machine."""
    return service in SLOTS and container.rooms().chosen(service).on_this_machine


def _settings(probe: Probe) -> Check:
    return Check("settings", probe, SETTINGS)


def _settle(settings: Settings) -> str:
    chosen.check(settings)
    return "they fit one another"


def _local(settings: Settings) -> str:
    settings.check_sandbox()
    chosen.check_policy(settings)
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
    from paysandbox.embedded import Sandbox

    with Sandbox.start(currency=settings.policy.currency.lower()) as sandbox:
        yield leading_to(settings, sandbox)


def _tried(check: Check, *, lasting: bool = False) -> Finding:
    try:
        said = check.probe()
    except KodaError as error:
        return Finding(check.service, str(error), error, check.remedy, lasting)
    if isinstance(said, Warned):
        return Finding(check.service, said.detail, warning=said.remedy)
    return Finding(check.service, said)


def _checks(container: Container, *, embedded: bool, site_told: bool) -> Iterator[Check]:
    settings, rooms = container.settings(), container.rooms()
    remedy = "set KODA_SITE_URL to the https address that visitors use"
    yield Check("site", lambda: _site(settings) if site_told else UNTOLD, remedy)
    yield from early_checks(container)
    yield from _kept_checks(container)
    late = (check for check in rooms.checks() if not check.early)
    yield from late if embedded else map(_with_registration, late)
    if chosen.webhook_endpoints(settings) and rooms.store.shared:
        remedy = "see what is said of the store"
        yield Check("messages", lambda: try_messages(container), remedy, needs="store")
    if settings.sandboxed:
        remedy = "start it with 'koda sandbox', or leave KODA_SANDBOX_URL out"
        yield Check("sandbox", lambda: _sandbox(settings), remedy)


def _kept_checks(container: Container) -> Iterator[Check]:
    settings = container.settings()
    if container.rooms().store.shared:
        remedy = (
            "restore them from a backup, since each is left out of every list until then; "
            "'koda index rebuild' mends entries of the index"
        )
        yield Check("records", lambda: try_records(container), remedy, needs="store")
        remedy = "see what is said of the store"
        yield Check("index", lambda: try_index(container), remedy, needs="store")
        yield Check("inbox", lambda: try_inbox(container), remedy, needs="store")
        yield Check("deliveries", lambda: try_deliveries(container), remedy, needs="store")
    if settings.data.exists():
        remedy = "take the rights of others away: chmod -R go= on the directory KODA_DATA"
        yield Check("data", lambda: _data(settings), remedy)


def _with_registration(check: Check) -> Check:
    """The check, and what somebody must have set up at the vendor."""
    if check.registration is None:
        return check
    return evolve(check, probe=partial(_joined, check.probe, check.registration))


def _joined(probe: Probe, registration: Probe) -> str:
    return f"{probe()}; {registration()}"


def _site(settings: Settings) -> str:
    parts = urlsplit(settings.site_url)
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise InvalidValue(
            f"{PREFIX}SITE_URL", verbatim("is not https, so that anybody can read along")
        )
    return settings.site_url


def _data(settings: Settings) -> str:
    exposed = ["the directory itself" if name == "." else name for name in wider(settings.data)]
    if exposed:
        shown = ", ".join(exposed[:FEW]) + (
            f" and {len(exposed) - FEW} more" if exposed[FEW:] else ""
        )
        raise InvalidValue(f"{PREFIX}DATA", verbatim(f"is open to others than its owner: {shown}"))
    return f"{settings.data} is its owner's alone"


def _sandbox(settings: Settings) -> str:
    from paysandbox.control import SandboxControl, SandboxError

    try:
        return f"{SandboxControl(settings.sandbox_url).info()['url']} answers"
    except SandboxError as error:
        raise Unavailable("sandbox") from error
