"""What a marketplace is told from outside: one variable a setting, all of them optional."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from attrs import evolve, field, frozen
from typed_settings.types import SecretStr

from koda.domain.model.errors import InvalidValue
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import verbatim
from koda.domain.model.sizes import MEBIBYTE
from koda.entrypoints.settings.choices import LogFormat
from koda.entrypoints.settings.data_directory import own_secret
from koda.entrypoints.settings.faults import PREFIX, Fault, refuse
from koda.entrypoints.settings.limits import LimitSettings
from koda.entrypoints.settings.loopback import OPEN_HOST, OPEN_SITE, SURE, is_loopback
from koda.entrypoints.settings.service_settings import NO_SECRET, ServiceSettings
from koda.entrypoints.settings.signing import derived, fault_of
from koda.entrypoints.settings.urls import bare, is_address

Group = TypeVar("Group", bound=ServiceSettings)

_NO_PATH = (
    "must have no path, since 'koda serve' answers at the root of a host; to serve the marketplace "
    "below a path, mount koda_blueprint in an application of yours"
)
_EMBEDDED = ("stripe", "clerk")
"""Who takes the money and who says who is who where a sandbox may stand in for both."""
_MOST_PROXIES = 9
_MOST_PROCESSES = 1024
_LEAST_CACHE = MEBIBYTE
_MOST_CACHE = 1024 * MEBIBYTE

_CURRENCY = re.compile(r"[A-Z]{3}")


@frozen
class Settings:
    """All settings. With none set, Koda is embedded: one machine, nothing to install.

    The first ones choose by name what stands behind the ports; `services` holds what each service
    is told, as far as it is told anything.
    """

    store: str = "sqlite"
    files: str = "directory"
    pictures: str = "pillow"
    scanner: str = "memory"
    cache: str = "sqlite"
    payments: str = "stripe"
    identity: str = "clerk"
    notices: str = "console"
    data: Path = Path("koda-data")
    site_url: str = field(default="http://127.0.0.1:8000", converter=bare)
    proxies: int = 0
    processes: int = 1
    cache_bytes: int = 32 * MEBIBYTE
    sandbox_url: str = field(default="", converter=bare)
    sandbox_public: str = ""
    secret: SecretStr = NO_SECRET
    secret_before: SecretStr = NO_SECRET
    admins: tuple[str, ...] = ()
    currencies_before: tuple[str, ...] = ()
    log_format: LogFormat = LogFormat.CONSOLE
    policy: Policy = field(factory=Policy)
    limits: LimitSettings = field(factory=LimitSettings)
    services: tuple[ServiceSettings, ...] = ()

    def of(self, group: type[Group]) -> Group:
        """Return what the service of a group is told; the defaults where that is nothing."""
        told = (service for service in self.services if isinstance(service, group))
        return next(told, group())

    def having(self, *services: ServiceSettings) -> "Settings":
        """Return these settings with other ones of some services."""
        told = {type(service): service for service in (*self.services, *services)}
        said = [service for kind, service in told.items() if service != kind()]
        return evolve(self, services=tuple(sorted(said, key=lambda service: service.section)))

    def signing_keys(self, purpose: str) -> tuple[bytes, ...]:
        """Return the keys of one purpose, of 32 bytes each: the first signs, all of them verify.

        They are derived of the secret, which is made in the data directory if it is not set, and
        of the one before it, if that is told.

        Raises:
            InvalidValue: a secret is easy to guess, or that of the data directory cannot be made.
        """
        refuse(self._secret_faults())
        secrets = [self.secret.encode() or own_secret(self.data)]
        if self.secret_before:
            secrets.append(self.secret_before.encode())
        return tuple(derived(secret, purpose) for secret in secrets)

    @property
    def live(self) -> bool:
        """Whether real money moves."""
        return any(service.live for service in self.services)

    @property
    def sandboxed(self) -> bool:
        """Whether Stripe and Clerk are those of the sandbox."""
        return bool(self.sandbox_url)

    def check_sandbox(self, address: str = "127.0.0.1") -> None:
        """Refuse a sandbox, where anybody signs in as anybody, for more than this machine.

        `address` is what the site listens on, where that is known.

        Raises:
            InvalidValue: names the variable or option that lets others in.
        """
        due = self.sandboxed or self.embedded
        if due and not (is_loopback(address) or self.sandbox_public):
            raise InvalidValue("--host", verbatim(OPEN_HOST.format(address)))
        refuse(chain(self._address_faults(), self._sandbox_faults()))

    def check_root(self) -> None:
        """Refuse an address that is not of a site at the root of its host.

        Raises:
            InvalidValue: it has a path, or cannot be read.
        """
        refuse(self._address_faults())
        if urlsplit(self.site_url).path:
            raise InvalidValue(f"{PREFIX}SITE_URL", verbatim(_NO_PATH))

    @property
    def embedded(self) -> bool:
        """Whether Stripe and Clerk are chosen and nothing is said of where: a sandbox is due."""
        told = self.sandboxed or any(service.configured for service in self.services)
        return (self.payments, self.identity) == _EMBEDDED and not told

    @property
    def currency_changed(self) -> bool:
        """Whether listings may be priced in another currency than the policy's."""
        return bool(self.currencies_before)

    def check_site(self) -> None:
        """Refuse what is wrong with the site and its secrets, whatever stands behind the ports.

        Raises:
            InvalidValue: names the first variable that is wrong or does not fit another.
        """
        refuse(self._address_faults())
        refuse(self._site_faults())
        refuse(self._sandbox_faults())
        refuse(self._secret_faults())

    def _site_faults(self) -> Iterator[Fault]:
        many = f"must be the number of proxies before the site, at most {_MOST_PROXIES}"
        yield "PROXIES", self.proxies not in range(_MOST_PROXIES + 1), many
        alone = self.processes not in range(1, _MOST_PROCESSES + 1)
        yield "PROCESSES", alone, f"must be a number of processes, 1 to {_MOST_PROCESSES}"
        cramped = not _LEAST_CACHE <= self.cache_bytes <= _MOST_CACHE
        yield "CACHE_BYTES", cramped, f"must be between {_LEAST_CACHE} and {_MOST_CACHE} bytes"
        unknown = not all(map(_CURRENCY.fullmatch, self.currencies_before))
        yield "CURRENCIES_BEFORE", unknown, "must be currencies, such as USD,GBP"

    def _address_faults(self) -> Iterator[Fault]:
        yield "SITE_URL", not is_address(self.site_url), "must be like https://koda.example"

    def _sandbox_faults(self) -> Iterator[Fault]:
        misled = self.sandboxed and not is_address(self.sandbox_url)
        yield "SANDBOX_URL", misled, "must be like http://127.0.0.1:8001"
        both = self.sandboxed and self.live
        yield "SANDBOX_URL", both, "and a live Stripe key exclude each other; remove one"
        away = self.sandboxed and not is_loopback(urlsplit(self.sandbox_url).hostname)
        yield "SANDBOX_URL", away, "must be on this machine, such as http://127.0.0.1:8001"
        due = self.sandboxed or self.embedded
        yield "SITE_URL", due and not is_loopback(urlsplit(self.site_url).hostname), OPEN_SITE
        unsure = self.sandbox_public not in {"", SURE}
        yield "SANDBOX_PUBLIC", unsure, f"must be {SURE}, or be left out"

    def _secret_faults(self) -> Iterator[Fault]:
        for name, secret in (("SECRET", self.secret), ("SECRET_BEFORE", self.secret_before)):
            weak = fault_of(str.__str__(secret)) if secret else ""
            yield name, bool(weak), weak
        lone = bool(self.secret_before) and not self.secret
        yield "SECRET_BEFORE", lone, "goes with KODA_SECRET, the new one"
