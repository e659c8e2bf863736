"""What there is to choose from, whatever stands behind the ports."""

from enum import StrEnum


class WebhookEndpoint(StrEnum):
    """Where signed messages come in: the last parts of addresses such as `/webhooks/stripe`."""

    STRIPE = "stripe"
    STRIPE_CONNECT = "stripe-connect"
    CLERK = "clerk"


class LogFormat(StrEnum):
    """How the log is written: for people, or as one JSON object a line."""

    CONSOLE = "console"
    JSON = "json"
