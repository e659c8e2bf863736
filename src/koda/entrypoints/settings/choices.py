"""Closed sets of settings, such as the endpoints for webhooks."""

from enum import StrEnum


class WebhookEndpoint(StrEnum):
    """Where signed messages come in: the last parts of addresses such as `/webhooks/stripe`.

    Those of the payment provider about payments, and about the accounts of sellers; those of the
    identity provider about people.
    """

    PAYMENTS = "stripe"
    ACCOUNTS = "stripe-connect"
    PEOPLE = "clerk"


class LogFormat(StrEnum):
    """How the log is written: for people, or as one JSON object a line."""

    CONSOLE = "console"
    JSON = "json"
