"""What people call the apps that files of n8n, Make and Zapier name."""

import re
from collections.abc import Mapping

from koda.domain.inspection.facts.community import community_package
from koda.domain.inspection.facts.nodes import node_type

_MAKE: Mapping[str, str] = {
    "ai-local-agent": "AI Agent",
    "anthropic-claude": "Anthropic Claude",
    "builtin": "Flow control",
    "datastore": "Data store",
    "facebook-lead-ads": "Facebook Lead Ads",
    "gateway": "Webhooks",
    "google-email": "Gmail",
    "hubspotcrm": "HubSpot CRM",
    "microsoft-email": "Microsoft 365 Email",
    "openai-gpt-3": "OpenAI",
    "regexp": "Text parser",
    "scenario-service": "Scenarios",
    "util": "Tools",
}
"""Apps of Make whose names do not tell what it calls them."""
_ZAPIER: Mapping[str, str] = {
    "Code": "Code by Zapier",
    "Delay": "Delay by Zapier",
    "EmailParser": "Email Parser by Zapier",
    "Filter": "Filter by Zapier",
    "Formatter": "Formatter by Zapier",
    "Schedule": "Schedule by Zapier",
    "WebHook": "Webhooks by Zapier",
    "ZapierFormatter": "Formatter by Zapier",
}
_SPELLED: Mapping[str, str] = {
    word.lower(): word
    for word in (
        *("AI", "API", "AWS", "CRM", "CSV", "FTP", "GPT", "HTML", "HTTP", "JSON", "PDF", "RSS"),
        *("S3", "SMS", "SMTP", "SQL", "XML"),
        *("ChatGPT", "ClickUp", "DeepL", "GitHub", "GitLab", "HubSpot", "LinkedIn", "MongoDB"),
        *("MySQL", "OneDrive", "OpenAI", "PayPal", "PostgreSQL", "SendGrid", "TikTok", "WhatsApp"),
        *("WooCommerce", "WordPress", "YouTube"),
    )
}
_API = re.compile(r"(?:V\d+)?(?:CLI|Dev)*(?:V\d+)?API$")
"""What Zapier puts behind the name of an app."""
_BROKEN = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where a word begins in a name without spaces."""


def n8n_app(name: str) -> str:
    """Return the app of a type of n8n's nodes: `Google Sheets` of `n8n-nodes-base.googleSheets`.

    Of a type that is not known it is made from its name, or from that of its community package.
    """
    known = node_type(name)
    if known:
        return known.app
    package = community_package(name)
    if package:
        return _titled(package.rpartition("n8n-nodes-")[2].split("-"))
    short = name.rpartition(".")[2] or name
    return _words(short.removesuffix("Tool").removesuffix("Trigger") or short)


def make_app(module: str) -> str:
    """Return the app of a module of Make: `Google Sheets` of `google-sheets:addRow`."""
    app = module.partition(":")[0]
    return _MAKE.get(app) or _titled(re.split(r"[-_]+", app))


def zapier_app(selected_api: str) -> str:
    """Return the app of a step of a Zap: `Slack` of `SlackCLIAPI@1.2.3`, or with an action.

    Apps that only their makers see are called by their numbers, such as `App1234`.
    """
    app = re.split("[@:]", selected_api, maxsplit=1)[0]
    app = _API.sub("", app) or app
    return _ZAPIER.get(app) or _words(app)


def _words(name: str) -> str:
    """A name without spaces as people write it."""
    return _titled(_BROKEN.sub(" ", name).split())


def _titled(words: list[str]) -> str:
    joined = _SPELLED.get("".join(words).lower())
    return joined or " ".join(
        _SPELLED.get(word.lower(), word[:1].upper() + word[1:]) for word in words
    )
