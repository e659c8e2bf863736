"""What every setting means: the source of `koda settings` and of its page in the documents."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any

from attrs import frozen

from koda.entrypoints.environment.loading import variables, written_value
from koda.entrypoints.settings.settings import Settings

GROUPS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "": (
        "What stands behind each port, and the site",
        {
            "store": "where listings, orders and purchases are kept",
            "files": "where workflow files and preview pictures lie",
            "pictures": "what makes sizes and clean copies of preview pictures; `memory` refuses "
            "every picture, for a site that goes without",
            "cache": "what keeps the catalogue's answers; `sqlite` is shared by all processes of "
            "the machine, `redis` by all machines, which then count the rate limits together, too",
            "payments": "who takes the money",
            "identity": "who says who is who",
            "notices": "how users are told; `console` writes to the log, `smtp` sends e-mail",
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
            "admins": "the ids of the users who administer",
            "log_format": "how `koda serve` writes its log: `console` for people, `json` for "
            "programs, one object a line",
        },
    ),
    "policy": (
        "The marketplace's own numbers",
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
            "page_size": "listings on a page of the catalogue",
            "page_limit": "the most that a client may ask for on one page",
            "catalogue_lifetime": "how long an answer of the catalogue is kept",
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
            "preview": "looking at a picture",
            "payment_look": "asking the payment provider about one open order, whoever looks at it",
        },
    ),
    "mongo": (
        "MongoDB",
        {
            "uri": "the servers, as `mongodb://user:password@host,host/?replicaSet=name` or "
            "`mongodb+srv://…`; needed where the store is `mongo`",
            "database": "the name of the database; `koda init` prepares it",
        },
    ),
    "stripe": (
        "Stripe",
        {
            "secret_key": "the secret or restricted key of the platform's account",
            "webhook_secrets": "of the endpoint `/webhooks/stripe`; several while one is rolled; "
            "set it to nothing to switch the endpoint off",
            "connect_webhook_secrets": "of the endpoint `/webhooks/stripe-connect`, which listens "
            "to connected accounts; likewise",
            "country": "where the platform's account is (ISO 3166-1): from the US, the UK, Canada, "
            "Switzerland or the EEA, sellers in all of these can be paid; from elsewhere only "
            "those at home",
        },
    ),
    "clerk": (
        "Clerk",
        {
            "issuer": "the instance's address, as its session tokens name it",
            "public_key": "the instance's public key as a PEM, so that nothing need be fetched",
            "jwks_url": "the address of its key set, read if there is no public key",
            "authorized_parties": "the origins whose sign-ins are taken; the site's own unless set",
            "secret_key": "the Backend API's key; signs people in at a sandboxed site, and ends "
            "sessions at Clerk for browsers without scripts",
            "webhook_secrets": "the signing secrets of the endpoint `/webhooks/clerk`; with none, "
            "names and deletions at Clerk are not followed",
            "publishable_key": "`pk_live_…` or `pk_test_…`: people sign in on pages of this site",
            "sign_in_url": "Clerk's own sign-in page, for browsers without scripts or for all",
        },
    ),
    "s3": (
        "S3",
        {
            "bucket": "the bucket that holds the files; `koda init` sets its rules",
            "region": "where the bucket is; links are signed for it",
            "endpoint": "the address of another server than Amazon's that speaks S3",
            "access_key": "set with the secret key; without them boto3 finds credentials itself: "
            "the machine's role, its own variables, a profile",
            "secret_key": "goes with the access key",
        },
    ),
    "redis": (
        "Redis",
        {
            "url": "the server, as `redis://:password@host:6379/0`, or `rediss://` with TLS; "
            "options of redis-py may follow as a query",
            "prefix": "what every key begins with; marketplaces that share a server need "
            "different ones",
        },
    ),
    "smtp": (
        "E-mail",
        {
            "host": "the mail server; needed where notices go by `smtp`",
            "port": "its port: 587 with `starttls`, 465 with `tls`, as a rule",
            "security": "`tls` encrypts from the start, `starttls` before anything is said, `none` "
            "never, for a server on the same machine or network",
            "user": "who signs in; nobody unless set",
            "password": "goes with the user",
            "sender": "who writes, as `Koda <receipts@koda.example>`; the server must let Koda "
            "send from there",
            "reply_to": "who reads the answers, if not the sender",
        },
    ),
}
"""By group: its heading, and the meaning of each of its settings."""

_KINDS = {int: "number", timedelta: "seconds or h:m:s", tuple[str, ...]: "list, with commas"}


@frozen
class Setting:
    """A setting as the reference shows it; `default` as one would write it."""

    name: str
    default: str
    takes: str
    meaning: str


def settings_of(group: str) -> Iterator[Setting]:
    """Yield the settings of a group, each with its default and meaning."""
    meanings = GROUPS[group][1]
    defaults = Settings()
    for variable in variables():
        of_group, _, field = variable.path.rpartition(".")
        if of_group == group:
            default = written_value(attrgetter(variable.path)(defaults))
            yield Setting(variable.name, default, _takes(variable.attribute.type), meanings[field])


def _takes(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return " or ".join(kind)
    return _KINDS.get(kind, "list, with commas" if "tuple" in str(kind) else "text")


def as_markdown() -> str:
    """Return the page `docs/reference/settings.md`."""
    parts = [_HEAD]
    for group, (heading, _) in GROUPS.items():
        rows = "\n".join(_row(setting) for setting in settings_of(group))
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
