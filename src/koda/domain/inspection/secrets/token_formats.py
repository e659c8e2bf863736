"""The formats of tokens, as their providers document them; each line names where.

Where a provider documents a prefix and no length, the length is that of its examples, with room.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator

from attrs import frozen

from koda.domain.inspection.secrets.placeholders import is_placeholder
from koda.domain.inspection.secrets.web_tokens import grants
from koda.domain.model.sentences import Sentence, sentence

_ENDS = r"(?![A-Za-z0-9_-])"
_CLOSED = re.compile(r"[A-Za-z0-9]")
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2}|\\[nrt]|\\u[0-9a-fA-F]{4}|bot)\Z")
_LONGEST_BEFORE = 40
_LONG_WORD = re.compile(r"\S{20,}+")
"""What a token may be in: the shortest that is told by its shape is AWS's, of 20 characters."""
Match = tuple[int, int, Sentence]
"""Where a token begins and ends in a text, and what it looks like."""


@frozen
class Shape:
    """The shape of a token: what it holds at once, and the pattern from there on.

    `before` is what else must stand before the anchor, where no token starts with it.
    """

    kind: Sentence
    anchor: str
    pattern: re.Pattern[str]
    before: re.Pattern[str] | None = None
    holds: Callable[[str], bool] = bool


def matches_in(text: str, plain: str) -> Iterator[Match]:
    """Every token of a known shape in `text` that is no placeholder.

    `plain` is the text with a question mark for what is not ASCII, which is searched faster.
    """
    long_words = "\n".join({*_LONG_WORD.findall(plain)})
    for shape in _SHAPES:
        if shape.anchor in (plain if " " in shape.anchor else long_words):
            yield from _matches(shape, text)


def _matches(shape: Shape, text: str) -> Iterator[Match]:
    for match in shape.pattern.finditer(text):
        start, end = match.start(), match.end()
        if shape.before is not None:
            before = shape.before.search(text, max(0, start - _LONGEST_BEFORE), start)
            if before is None:
                continue
            start = before.start()
        if not _begins(text, start):
            continue
        token = text[start:end]
        if not is_placeholder(token) and shape.holds(token):
            yield start, end, shape.kind


def _begins(text: str, start: int) -> bool:
    """Tell whether a word begins at `start`: nothing of one stands before, but for an escape.

    Telegram's addresses have `bot` before the token (core.telegram.org/bots/api).
    """
    if not start or not _CLOSED.match(text, start - 1):
        return True
    return _ESCAPED.search(text, max(0, start - 6), start) is not None


def _key(provider: str, anchor: str, rest: str, holds: Callable[[str], bool] = bool) -> Shape:
    return _shape(
        sentence("looks like an API key of {provider}", provider=provider), anchor, rest, holds
    )


def _token(provider: str, anchor: str, rest: str, holds: Callable[[str], bool] = bool) -> Shape:
    kind = sentence("looks like an access token of {provider}", provider=provider)
    return _shape(kind, anchor, rest, holds)


def _client(provider: str, anchor: str, rest: str) -> Shape:
    return _shape(
        sentence("looks like a client secret of {provider}", provider=provider), anchor, rest
    )


def _hook(provider: str, anchor: str, rest: str) -> Shape:
    kind = sentence(
        "looks like a webhook address of {provider}, with which anybody can post", provider=provider
    )
    return _shape(kind, anchor, rest)


def _shape(kind: Sentence, anchor: str, rest: str, holds: Callable[[str], bool] = bool) -> Shape:
    return Shape(kind, anchor, re.compile(re.escape(anchor) + rest + _ENDS), holds=holds)


def _tail(
    kind: Sentence, before: str, anchor: str, rest: str, holds: Callable[[str], bool] = bool
) -> Shape:
    pattern = re.compile(re.escape(anchor) + rest + _ENDS)
    return Shape(kind, anchor, pattern, re.compile(rf"{before}\Z"), holds)


def _mixed(token: str) -> bool:
    """Tell whether letters and digits are both among the last sixty, as in what was drawn."""
    last = token[-60:]
    return any(map(str.isdigit, last)) and any(map(str.isalpha, last))


def _numeric(token: str) -> bool:
    """Tell whether the first part of a Discord token is the id of an account."""
    part = token.partition(".")[0]
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).isdigit()
    except (ValueError, binascii.Error):
        return False


_WORD, _DASHED, _HEX = "[A-Za-z0-9]", "[A-Za-z0-9_-]", "[0-9a-f]"

_SHAPES: tuple[Shape, ...] = (
    # github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available,
    # and 2026-05-15 for `ghs_` with dots: up to 255 characters, and longer.
    _token("GitHub", "ghp_", f"{_WORD}{{36,251}}"),
    _token("GitHub", "gho_", f"{_WORD}{{36,251}}"),
    _token("GitHub", "ghu_", f"{_WORD}{{36,251}}"),
    _token("GitHub", "ghs_", r"[A-Za-z0-9._-]{36,1000}"),
    _token("GitHub", "ghr_", f"{_WORD}{{36,251}}"),
    _token("GitHub", "github_pat_", "[A-Za-z0-9_]{36,244}"),
    # docs.gitlab.com/security/tokens, "Token prefixes"; routable ones have dots.
    _token("GitLab", "glpat-", r"[A-Za-z0-9_.-]{20,300}"),
    _token("GitLab", "gldt-", r"[A-Za-z0-9_.-]{20,300}"),
    _token("GitLab", "glptt-", r"[A-Za-z0-9_.-]{20,300}"),
    _token("GitLab", "glrt-", r"[A-Za-z0-9_.-]{20,300}"),
    # docs.anthropic.com/en/api/admin-api/apikeys: `sk-ant-api03-…`, `sk-ant-admin01-…`.
    _key("Anthropic", "sk-ant-", f"{_DASHED}{{32,200}}"),
    # openrouter.ai/docs/api-reference/authentication: `sk-or-v1-` and 64 hexadecimal digits.
    _key("OpenRouter", "sk-or-v1-", f"{_HEX}{{64}}"),
    # platform.openai.com/docs/api-reference/authentication: `sk-…`, `sk-proj-…`, `sk-svcacct-…`,
    # `sk-admin-…`; DeepSeek's and others' begin with `sk-`, too.
    _key("OpenAI", "sk-proj-", f"{_DASHED}{{20,250}}", _mixed),
    _key("OpenAI", "sk-svcacct-", f"{_DASHED}{{20,250}}", _mixed),
    _key("OpenAI", "sk-admin-", f"{_DASHED}{{20,250}}", _mixed),
    _key("OpenAI or another model", "sk-", f"{_WORD}{{32,250}}"),
    # cloud.google.com/docs/authentication/api-keys: 39 characters in all.
    _key("Google", "AIza", f"{_DASHED}{{35}}"),
    # developers.google.com/identity/protocols/oauth2: client secrets, access and refresh tokens.
    _client("Google", "GOCSPX-", f"{_DASHED}{{28}}"),
    _token("Google", "ya29.", f"{_DASHED}{{30,1000}}", _mixed),
    _token("Google", "1//0", f"{_DASHED}{{40,200}}", _mixed),
    # docs.slack.dev/authentication/tokens, and .../sending-messages-using-incoming-webhooks.
    _token("Slack", "xoxb-", r"[A-Za-z0-9-]{20,250}"),
    _token("Slack", "xoxp-", r"[A-Za-z0-9-]{20,250}"),
    _token("Slack", "xoxa-", r"[A-Za-z0-9-]{20,250}"),
    _token("Slack", "xoxr-", r"[A-Za-z0-9-]{20,250}"),
    _token("Slack", "xoxs-", r"[A-Za-z0-9-]{20,250}"),
    _token("Slack", "xoxe", r"(?:\.xox[bp])?-[A-Za-z0-9-]{20,250}"),
    _token("Slack", "xapp-", r"[A-Za-z0-9-]{20,250}"),
    _hook(
        "Slack",
        "hooks.slack.com/",
        r"(?:services|workflows|triggers)/[A-Z0-9]{8,15}/[A-Za-z0-9]{8,20}/[A-Za-z0-9]{16,64}",
    ),
    # docs.stripe.com/keys and docs.stripe.com/webhooks; `pk_` keys are published.
    _key("Stripe", "sk_live_", f"{_WORD}{{16,250}}"),
    _key("Stripe", "rk_live_", f"{_WORD}{{16,250}}"),
    _key("Stripe", "sk_test_", f"{_WORD}{{16,250}}"),
    _key("Stripe", "rk_test_", f"{_WORD}{{16,250}}"),
    _client("Stripe", "whsec_", r"[A-Za-z0-9+/=]{24,100}"),
    # docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html, "Unique ID prefixes".
    _key("AWS", "AKIA", "[A-Z2-7]{16}"),
    _key("AWS", "ASIA", "[A-Z2-7]{16}"),
    # core.telegram.org/bots/tutorial: the bot's number, a colon, and 35 characters.
    _tail(
        sentence("looks like an access token of {provider}", provider="Telegram"),
        r"\d{6,12}",
        ":A",
        f"{_DASHED}{{34}}",
    ),
    # www.twilio.com/docs/iam/api-keys: `SK` and 32 hexadecimal digits.
    _key("Twilio", "SK", f"{_HEX}{{32}}"),
    # www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys: 69 characters, `SG.…`.
    _key("SendGrid", "SG.", rf"{_DASHED}{{16,32}}\.{_DASHED}{{32,64}}"),
    # developers.brevo.com/docs/getting-started: `xkeysib-…`.
    _key("Brevo", "xkeysib-", r"[A-Za-z0-9-]{60,100}"),
    # developers.notion.com/page/changelog: `ntn_` since 2024-09, `secret_` before.
    _token("Notion", "ntn_", f"{_WORD}{{40,60}}"),
    _token("Notion", "secret_", f"{_WORD}{{43}}"),
    # airtable.com/developers/web/api/authentication: an id of 17 characters, a dot and 64 digits.
    _token("Airtable", "pat", rf"{_WORD}{{14}}\.{_HEX}{{64}}"),
    # developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview: `pat-na1-` and a UUID.
    _token(
        "HubSpot",
        "pat-",
        rf"[a-z]{{2}}\d-{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}",
    ),
    # docs.discord.com/developers/reference#authentication and .../resources/webhook.
    _tail(
        sentence("looks like an access token of {provider}", provider="Discord"),
        f"[MNO]{_DASHED}{{22,27}}",
        ".",
        rf"{_DASHED}{{6}}\.{_DASHED}{{27,40}}",
        _numeric,
    ),
    _hook("Discord", "discord.com/api/", rf"(?:v\d+/)?webhooks/\d{{16,20}}/{_DASHED}{{60,80}}"),
    _hook("Discord", "discordapp.com/api/", rf"(?:v\d+/)?webhooks/\d{{16,20}}/{_DASHED}{{60,80}}"),
    # documentation.mailgun.com/docs/mailgun/api-reference/authentication: `key-` and 32 digits.
    _key("Mailgun", "key-", f"{_HEX}{{32}}"),
    # mailchimp.com/developer/marketing/docs/fundamentals: 32 digits and the data centre.
    _tail(
        sentence("looks like an API key of {provider}", provider="Mailchimp"),
        f"{_HEX}{{32}}",
        "-us",
        r"\d{1,2}",
    ),
    # docs.npmjs.com/about-access-tokens, and pypi.org/help#apitoken.
    _token("npm", "npm_", f"{_WORD}{{36}}"),
    _token("PyPI", "pypi-", f"{_DASHED}{{50,500}}"),
    # docs.digitalocean.com/reference/api/create-personal-access-token: prefix and 64 digits.
    _token("DigitalOcean", "dop_v1_", f"{_HEX}{{64}}"),
    _token("DigitalOcean", "doo_v1_", f"{_HEX}{{64}}"),
    # huggingface.co/docs/hub/security-tokens, console.groq.com/docs, replicate.com/docs/topics,
    # docs.pinecone.io/guides/projects/manage-api-keys.
    _token("Hugging Face", "hf_", "[A-Za-z0-9]{30,40}"),
    _key("Groq", "gsk_", f"{_WORD}{{40,64}}"),
    _token("Replicate", "r8_", f"{_WORD}{{37,40}}"),
    _key("Pinecone", "pcsk_", "[A-Za-z0-9_]{40,90}"),
    # supabase.com/docs/guides/api/api-keys and .../reference/api/introduction.
    _token("Supabase", "sbp_", f"{_HEX}{{40}}"),
    _key("Supabase", "sb_secret_", f"{_DASHED}{{20,64}}", _mixed),
    # shopify.dev/docs/apps/build/authentication-authorization/access-tokens, 32 digits.
    _token("Shopify", "shpat_", "[0-9a-fA-F]{32}"),
    _token("Shopify", "shpca_", "[0-9a-fA-F]{32}"),
    _token("Shopify", "shppa_", "[0-9a-fA-F]{32}"),
    _client("Shopify", "shpss_", "[0-9a-fA-F]{32}"),
    # developers.cloudflare.com/fundamentals/api/get-started/token-formats: 40 and a checksum.
    _key("Cloudflare", "cfk_", f"{_WORD}{{40,56}}"),
    _token("Cloudflare", "cfut_", f"{_WORD}{{40,56}}"),
    _token("Cloudflare", "cfat_", f"{_WORD}{{40,56}}"),
    # linear.app/developers/graphql, developers.figma.com/docs/rest-api/authentication.
    _key("Linear", "lin_api_", f"{_WORD}{{32,60}}"),
    _token("Figma", "figd_", f"{_DASHED}{{36,60}}"),
    # developer.squareup.com/docs/build-basics/access-tokens.
    _token("Square", "sq0atp-", f"{_DASHED}{{22}}"),
    _client("Square", "sq0csp-", f"{_DASHED}{{43}}"),
    _token("Square", "EAAA", f"{_DASHED}{{60}}"),
    # developers.facebook.com/docs/facebook-login/guides/access-tokens: "EAA…", opaque beyond.
    _token("Meta", "EAA", f"{_WORD}{{80,500}}", _mixed),
    # docs.tavily.com, docs.perplexity.ai, docs.x.ai, docs.firecrawl.dev, docs.apify.com.
    _key("Tavily", "tvly-", f"{_DASHED}{{28,64}}", _mixed),
    _key("Perplexity", "pplx-", f"{_WORD}{{40,64}}"),
    _key("xAI", "xai-", f"{_WORD}{{60,100}}"),
    _key("Firecrawl", "fc-", f"{_HEX}{{32}}"),
    _token("Apify", "apify_api_", f"{_WORD}{{30,50}}"),
    # RFC 7519: a header, claims and a signature in base64url. n8n's API keys are such tokens.
    _shape(
        sentence("looks like a JSON Web Token, which may open somebody's account"),
        "eyJ",
        r"[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{20,700}",
        grants,
    ),
    # RFC 7468: the textual encodings of private keys.
    Shape(
        sentence("is a private key"),
        "-----BEGIN ",
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[^\0-]{40,8000}"
        ),
    ),
)
