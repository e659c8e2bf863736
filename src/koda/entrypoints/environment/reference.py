"""What every setting means: the source of `koda settings` and of its page in the documents."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from attrs import frozen

from koda.entrypoints.backends.registry import fillers, groups
from koda.entrypoints.backends.room import SLOTS
from koda.entrypoints.environment.loading import Variable, variables, written_value
from koda.entrypoints.settings.service_settings import MEANING
from koda.entrypoints.settings.settings import Settings

OWN: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "": (
        "What stands behind each port, and the site",
        {
            "store": "where listings, orders and purchases are kept",
            "files": "where workflow files and preview pictures lie",
            "pictures": "what makes sizes and clean copies of preview pictures",
            "scanner": "who looks for secrets in workflow files beside Koda itself",
            "cache": "what keeps the catalogue's answers",
            "payments": "who takes the money",
            "identity": "who says who is who",
            "notices": "how users are told",
            "data": "the directory of the embedded adapters, made if it is missing",
            "site_url": "the address that visitors use; `koda serve` takes its own unless set, and "
            "none with a path",
            "proxies": "how many proxies of your own stand before the site, each adding whom it "
            "was asked by to `X-Forwarded-For`; with 0 that header is not believed",
            "processes": "how many processes on this machine share the work, each of which allows "
            "its share of a limit unless the cache is `redis`; `koda serve` tells its own",
            "cache_bytes": "the bytes of the catalogue's answers that a process keeps, or that all "
            "keep together in `redis`",
            "sandbox_url": "the address of a sandbox that stands in for Stripe and Clerk; "
            "`koda serve` starts one where neither is configured",
            "sandbox_public": "`yes-i-know` lets a sandboxed site listen on more than loopback, as "
            "in a container whose ports are published to its host alone",
            "secret": "the keys that sign sessions and links are derived of it: at least 32 bytes "
            "once decoded; made in the data directory unless set",
            "currencies_before": "currencies in which listings were priced before "
            "`KODA_POLICY_CURRENCY` was changed: such listings are off sale until their sellers "
            "set a new price, and the site starts all the same",
            "secret_before": "the secret that `KODA_SECRET` has just replaced: what it signed is "
            "still taken, so that nobody is signed out",
            "admins": "the ids of the users who administer whatever roles are given in the "
            "marketplace",
            "log_format": "how `koda serve` writes its log: `console` for people, `json` for "
            "programs, one object a line",
        },
    ),
    "policy": (
        "The marketplace's own numbers, and what its listings are of",
        {
            "fee_basis_points": "the marketplace's share of each price, in hundredths of a percent",
            "currency": "the one currency of all prices",
            "minimum_price": "the lowest price, in minor units",
            "maximum_price": "the highest price, in minor units",
            "artifact_bytes": "the largest workflow file, in bytes",
            "script_bytes": "the largest Python file, in bytes, at most 256 KiB",
            "preview_bytes": "the largest preview picture as it is uploaded, in bytes",
            "upload_lifetime": "how long an upload may take",
            "download_lifetime": "how long a download link opens, at most five minutes",
            "checkout_lifetime": "how long a checkout can be paid, 0:40:00 to 23:50:00",
            "order_lines": "the most automations in one order",
            "support_refund": "the most that the support may refund of an order, in minor units",
            "refund_window": "how long after the payment a buyer may ask for a refund; "
            "0 lets nobody ask",
            "refund_answer": "how long a seller has to answer a buyer who asks for a refund "
            "until it is overdue",
            "page_size": "listings on a page of the catalogue",
            "page_limit": "the most that a client may ask for on one page",
            "catalogue_lifetime": "how long an answer of the catalogue is kept",
            "payload_lifetime": "how long the bytes of the payment provider's messages are kept "
            "once they were handled, at least 720:00:00",
            "categories": "what listings are sorted by; earlier listings keep theirs",
            "platforms": "what runs the files of listings: each a name, a colon and what the files "
            "are read as (`n8n`, `make`, `zapier`, `python` or `none`); earlier listings keep "
            "theirs",
            "extras": "fields that listings have here beside their own: each a name, a colon and "
            "`text`, `number`, `yes/no` or choices such as `easy|hard`",
        },
    ),
    "limits": (
        "How often one caller may do a thing",
        {
            "checkout": "going to pay",
            "download": "asking for a download link",
            "upload": "asking for an upload ticket",
            "submit": "submitting, revising or releasing, each of which may look into a file",
            "onboarding": "going to the payment provider's pages",
            "sign_in": "signing in to a sandboxed site",
            "search": "searching for what the cache does not hold",
            "suggest": "asking for suggestions while typing a search",
            "preview": "looking at a picture",
            "payment_look": "asking the payment provider about one open order, whoever looks at it",
        },
    ),
}
"""By group of the marketplace's own settings: its heading, and the meaning of each."""

_KINDS = {int: "number", timedelta: "seconds or h:m:s", tuple[str, ...]: "list, with commas"}


@frozen
class Setting:
    """A setting as the reference shows it; `default` as one would write it."""

    name: str
    default: str
    takes: str
    meaning: str


def headings() -> Mapping[str, str]:
    """Return the heading of each group of settings by its section, in the order of the page.

    Raises:
        InvalidValue: a room that a package brings cannot be used.
    """
    own = {section: heading for section, (heading, _) in OWN.items()}
    return own | {group.section: group.heading for group in groups()}


def settings_of(section: str) -> Iterator[Setting]:
    """Yield the settings of a group, each with its default and meaning."""
    defaults = Settings()
    for variable in variables():
        of_section, _, name = variable.path.rpartition(".")
        if of_section == section:
            default = written_value(variable.of(defaults))
            yield Setting(variable.name, default, _takes(variable), _meaning(variable, name))


def _meaning(variable: Variable, name: str) -> str:
    if variable.group is not None:
        return str(variable.attribute.metadata[MEANING])
    meaning = OWN[variable.path.rpartition(".")[0]][1][name]
    return "; ".join([meaning, *_choices(variable.path)]) if variable.path in SLOTS else meaning


def _choices(slot: str) -> Iterator[str]:
    """What the rooms that a setting may choose say of it."""
    for name, room in fillers(slot).items():
        if slot in room.about:
            yield f"`{name}` {room.about[slot]}"


def _takes(variable: Variable) -> str:
    kind: Any = variable.attribute.type
    if variable.path in SLOTS:
        return " or ".join(fillers(variable.path))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return " or ".join(kind)
    return _KINDS.get(kind, "list, with commas" if "tuple" in str(kind) else "text")


def as_markdown() -> str:
    """Return the page `docs/reference/settings.md`."""
    parts = [_HEAD]
    for section, heading in headings().items():
        rows = "\n".join(_row(setting) for setting in settings_of(section))
        parts.append(f"## {heading}\n\n{_COLUMNS}\n{rows}\n")
    return "\n".join(parts)


_HEAD = """# Settings

Koda is told everything by environment variables; all of them are optional. With none set it is
embedded: one machine, an SQLite file, a directory, and Stripe and Clerk of the sandbox. A wrong or
missing setting stops the start with one sentence that names it.

An empty variable is as good as none, but for Stripe's two lists of webhook secrets. Lists are
separated by commas, lifetimes are seconds or `hours:minutes:seconds`, limits are such as
`30/minute`.

This page is made by `koda settings --markdown`.
"""
_COLUMNS = "| variable | default | takes | meaning |\n|---|---|---|---|"


def _row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default else ""
    return f"| `{setting.name}` | {default} | {setting.takes} | {setting.meaning} |"
