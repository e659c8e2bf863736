"""The room of a technology: everything that the composition root must know of it.

A room is a class, and what it knows before anything is opened stands in the class. An instance is
one marketplace's: it opens the clients, builds the adapters over them, tries, prepares and closes
them. Whoever writes one inherits from the class of each setting that may choose it, such as
`NoticesRoom`; libraries are imported in its methods, since not everybody chooses it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Protocol

from attrs import frozen

from koda.domain.model.countries import Country
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.policy import Policy
from koda.domain.model.uploads import StoredFile
from koda.entrypoints.backends.ports import CachePorts, IdentityPorts, PaymentPorts, StorePorts
from koda.entrypoints.backends.preparation import Step
from koda.entrypoints.backends.probe import Check, Readiness
from koda.entrypoints.backends.sandbox_users import SandboxUsers
from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.entrypoints.settings.faults import Fault
from koda.entrypoints.settings.service_settings import ServiceSettings
from koda.entrypoints.settings.settings import Settings
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.notices import Notices
from koda.ports.people import People
from koda.ports.pictures import Pictures
from koda.ports.secret_scanner import SecretScanner

Group = type[ServiceSettings] | None
"""The settings of a room, if it has any."""
DATA_REMEDY = "see that KODA_DATA is a directory on a disk with room that this user can write"


class Site(Protocol):
    """What a room may ask of the marketplace that it is part of."""

    @property
    def settings(self) -> Settings:
        """What an operator said."""

    @property
    def clock(self) -> Clock:
        """The marketplace's time."""

    @property
    def people(self) -> People:
        """The names and addresses of users, in whatever store was chosen."""


@frozen
class SigningSecrets:
    """The variable of an endpoint's signing secrets, and whether any is `known`."""

    variable: str
    known: bool


class Room:
    """What all rooms have; each method is an optional power, and does nothing unless overridden.

    `name` is the value that chooses the room, `extra` the extra of Koda that brings its libraries,
    if it needs any, and `group` its settings, if it has any. `about` says, by the setting that
    chooses it, what it does then: half a sentence of the reference. Processes that choose a room
    which is not `shared` hold what they are given each for itself. `remedy` says what to do where
    the service fails, `on_this_machine` that it does not come back by itself then.
    """

    name: ClassVar[str]
    extra: ClassVar[str] = ""
    group: ClassVar[Group] = None
    about: ClassVar[Mapping[str, str]] = {}
    shared: ClassVar[bool] = True
    on_this_machine: ClassVar[bool] = False
    remedy: ClassVar[str] = "see that the service runs, and that this machine reaches it"

    def __init__(self, site: Site) -> None:
        self.site = site

    @classmethod
    def faults(cls, settings: Settings) -> Iterator[Fault]:
        """Yield what may be wrong with the settings, where they choose this room."""
        yield from ()

    @classmethod
    def folders(cls, settings: Settings) -> Iterable[Path]:
        """Return the directories in which data lies, for one `koda serve` alone to use."""
        return ()

    @classmethod
    def signing_secrets(
        cls,
        settings: Settings,
    ) -> Mapping[WebhookEndpoint, SigningSecrets]:
        """Return the endpoints whose messages are signed with secrets out of the settings."""
        return {}

    @classmethod
    def at_sandbox(cls, settings: Settings, told: Mapping[str, str]) -> Settings:
        """Return the settings that lead to the sandbox's own service in place of this one.

        `told` are addresses and keys, as the sandbox names them; what has no place there is as it
        was.
        """
        return settings

    def checks(self, slot: str) -> Iterator[Check]:
        """Yield how the service is tried as what `slot` chooses, in the order of the tries."""
        yield from ()

    def readiness(self, slot: str) -> Readiness | None:
        """Return how a site that runs asks the service as what `slot` chooses, if it does."""
        return None

    def prepare(self) -> Iterator[Step]:
        """Make what is missing there, for `koda init`, and yield each step when it is done.

        Raises:
            InvalidValue: something cannot be made as the settings say.
            Unavailable: the service cannot be reached.
        """
        yield from ()

    def check_prepared(self) -> None:
        """Refuse a service that `koda init` has not prepared for this version of Koda.

        Raises:
            Unprepared: says what it lacks.
            Unavailable: it cannot be reached.
        """

    def close(self) -> None:
        """Let go of connections, which a child process must not share, as far as any are open."""


class StoreRoom(Room, ABC):
    """A room that `KODA_STORE` may choose."""

    @abstractmethod
    def store(self) -> StorePorts:
        """Return where entities are kept."""

    def examine(self, most: int) -> Iterator[tuple[str, CorruptRecord | None]]:
        """Read the records, at most so many of a kind; yield each one's kind and fault, if any.

        A store that has no records of Koda's to look into yields none.
        """
        yield from ()


class FilesRoom(Room, ABC):
    """A room that `KODA_FILES` may choose."""

    @abstractmethod
    def files(self) -> Files:
        """Return where files lie."""

    def try_links(self, files: Files, file: StoredFile, content: bytes) -> str:
        """Try what browsers do with a file that was kept, and say so in half a sentence."""
        return ""


class PicturesRoom(Room, ABC):
    """A room that `KODA_PICTURES` may choose."""

    @abstractmethod
    def pictures(self) -> Pictures:
        """Return what makes sizes and clean copies of preview pictures."""


class ScannerRoom(Room, ABC):
    """A room that `KODA_SCANNER` may choose."""

    @abstractmethod
    def scanner(self) -> SecretScanner:
        """Return what looks for secrets in workflow files beside Koda itself."""


class CacheRoom(Room, ABC):
    """A room that `KODA_CACHE` may choose.

    Whoever shares answers among machines wants one count of what callers do there, too.
    """

    @abstractmethod
    def cache(self) -> CachePorts:
        """Return what keeps the catalogue's answers."""


class PaymentsRoom(Room, ABC):
    """A room that `KODA_PAYMENTS` may choose."""

    @classmethod
    def check_policy(cls, policy: Policy) -> None:
        """Refuse a currency or a price that the provider would never charge.

        Raises:
            InvalidValue: names the variable of the policy to change.
            MissingLibrary: its library is not installed.
        """

    @abstractmethod
    def payments(self) -> PaymentPorts:
        """Return who takes the money."""

    @property
    def home(self) -> Country:
        """The country of the marketplace's own account, or else one whose sellers it can pay."""
        return min(self.payments().payout_accounts.countries)

    def moves_money(self) -> bool:
        """Ask the provider whether real money moves."""
        return False

    def doubts(self) -> Mapping[str, str]:
        """Return what may be wrong at the provider, and what to do about each."""
        return {}


class IdentityRoom(Room, ABC):
    """A room that `KODA_IDENTITY` may choose."""

    @abstractmethod
    def identity(self) -> IdentityPorts:
        """Return who says who is who."""

    def sandbox_users(self) -> SandboxUsers | None:
        """Return whoever people may choose to be, where a sandbox stands in for the provider."""
        return None


class NoticesRoom(Room, ABC):
    """A room that `KODA_NOTICES` may choose."""

    @abstractmethod
    def notices(self) -> Notices:
        """Return how users are told."""


SLOTS: Mapping[str, type[Room]] = {
    "store": StoreRoom,
    "files": FilesRoom,
    "pictures": PicturesRoom,
    "scanner": ScannerRoom,
    "cache": CacheRoom,
    "payments": PaymentsRoom,
    "identity": IdentityRoom,
    "notices": NoticesRoom,
}
"""What settings choose by name, in the order in which it is tried, and who may be chosen."""
