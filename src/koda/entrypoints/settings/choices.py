"""Which adapters there are to choose from behind each port."""

from enum import StrEnum


class Store(StrEnum):
    """Where entities are kept."""

    SQLITE = "sqlite"
    MEMORY = "memory"
    MONGO = "mongo"


class FileStore(StrEnum):
    """Where files lie."""

    DIRECTORY = "directory"
    MEMORY = "memory"
    S3 = "s3"


class Cache(StrEnum):
    """What keeps the catalogue's answers.

    `sqlite` keeps them in memory, and every process of the machine invalidates all of them
    through the store's file. `redis` shares them, and the counts of the rate limits, with every
    machine.
    """

    SQLITE = "sqlite"
    MEMORY = "memory"
    REDIS = "redis"


class PictureMaker(StrEnum):
    """What makes sizes and clean copies of preview pictures; `memory` refuses every picture."""

    PILLOW = "pillow"
    MEMORY = "memory"


class PaymentProvider(StrEnum):
    """Who takes the money."""

    STRIPE = "stripe"
    MEMORY = "memory"


class IdentityProvider(StrEnum):
    """Who says who is who."""

    CLERK = "clerk"
    MEMORY = "memory"


class WebhookEndpoint(StrEnum):
    """Where signed messages come in: the last parts of addresses such as `/webhooks/stripe`."""

    STRIPE = "stripe"
    STRIPE_CONNECT = "stripe-connect"
    CLERK = "clerk"


class NoticeChannel(StrEnum):
    """How users are told."""

    CONSOLE = "console"
    MEMORY = "memory"
    SMTP = "smtp"


class LogFormat(StrEnum):
    """How the log is written: for people, or as one JSON object a line."""

    CONSOLE = "console"
    JSON = "json"


class MailSecurity(StrEnum):
    """How the conversation with the mail server is encrypted: from its start, after it, or not."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
