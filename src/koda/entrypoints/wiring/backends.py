"""What the use cases stand on: an adapter for each port, and the marketplace's numbers."""

from attrs import frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.policy import Policy
from koda.entrypoints.backends.ports import CachePorts, IdentityPorts, PaymentPorts, StorePorts
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.ids import Ids
from koda.ports.notices import Notices
from koda.ports.pictures import Pictures
from koda.ports.secret_scanner import SecretScanner


@frozen(kw_only=True, slots=False)
class Backends(StorePorts, CachePorts, PaymentPorts, IdentityPorts):
    """An adapter for each port, under the name that the container and `Marketplace` know it by.

    `admins` are those of the settings, as the identity provider knows them, too.
    `currency_changed` says that listings may be priced in another currency than the policy's.
    """

    policy: Policy
    clock: Clock
    ids: Ids
    files: Files
    pictures: Pictures
    scanner: SecretScanner
    notices: Notices
    admins: tuple[UserId, ...] = ()
    currency_changed: bool = False
