"""Made-up secrets as their providers' documents describe them, and what is none.

Written from the documents alone: nothing here is taken from the patterns of the detector. Every
token is drawn at run time, so that no file of this repository holds one.
"""

import base64
import json
import random
import string
import uuid
from collections.abc import Callable, Mapping

Draw = Callable[[random.Random], str]

ALPHANUMERIC = string.ascii_letters + string.digits
URL_SAFE = ALPHANUMERIC + "-_"
BASE64 = ALPHANUMERIC + "+/"
HEX = string.digits + "abcdef"
BASE32 = string.ascii_uppercase + "234567"


def drawn(chance: random.Random, alphabet: str, length: int) -> str:
    """Text of `length` characters of `alphabet`."""
    return "".join(chance.choice(alphabet) for _ in range(length))


def _prefixed(prefix: str, alphabet: str, shortest: int, longest: int = 0) -> Draw:
    def draw(chance: random.Random) -> str:
        return prefix + drawn(chance, alphabet, chance.randint(shortest, longest or shortest))

    return draw


def _identifier(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def web_token(chance: random.Random, claims: Mapping[str, object]) -> str:
    """A JSON Web Token of `claims`, signed with something drawn."""
    header = _encoded({"alg": "HS256", "typ": "JWT"})
    return f"{header}.{_encoded(claims)}.{drawn(chance, URL_SAFE, 43)}"


def _user_token(chance: random.Random) -> str:
    return web_token(chance, {"sub": _identifier(chance), "iss": "n8n", "aud": "public-api"})


def _service_role(chance: random.Random) -> str:
    return web_token(chance, {"iss": "supabase", "role": "service" + "_role", "exp": 1940713684})


def _stateless(chance: random.Random) -> str:
    return "gh" + "s_" + web_token(chance, {"iss": chance.randint(1, 999_999)})


def _routable(chance: random.Random) -> str:
    return f"glpat-{drawn(chance, URL_SAFE, 27)}.01.{drawn(chance, HEX, 9)}"


def _slack_bot(chance: random.Random) -> str:
    numbers = (drawn(chance, string.digits, 12) for _ in range(2))
    return f"xox{chance.choice('bp')}-{'-'.join(numbers)}-{drawn(chance, ALPHANUMERIC, 24)}"


def _slack_app(chance: random.Random) -> str:
    ids = drawn(chance, string.ascii_uppercase + string.digits, 10)
    return f"xapp-1-A{ids}-{drawn(chance, string.digits, 13)}-{drawn(chance, HEX, 64)}"


def _slack_hook(chance: random.Random) -> str:
    large = string.ascii_uppercase + string.digits
    ids = f"T{drawn(chance, large, 10)}/B{drawn(chance, large, 10)}"
    return f"https://hooks.slack.com/services/{ids}/{drawn(chance, ALPHANUMERIC, 24)}"


def _telegram(chance: random.Random) -> str:
    return f"{chance.randint(10**8, 10**10)}:AA{drawn(chance, URL_SAFE, 33)}"


def _discord_bot(chance: random.Random) -> str:
    account = base64.urlsafe_b64encode(str(chance.randint(10**17, 10**18)).encode()).decode()
    return f"{account.rstrip('=')}.G{drawn(chance, URL_SAFE, 5)}.{drawn(chance, URL_SAFE, 38)}"


def _discord_hook(chance: random.Random) -> str:
    number = chance.randint(10**17, 10**18)
    return f"https://discord.com/api/webhooks/{number}/{drawn(chance, URL_SAFE, 68)}"


def _sendgrid(chance: random.Random) -> str:
    return f"SG.{drawn(chance, URL_SAFE, 22)}.{drawn(chance, URL_SAFE, 43)}"


def _airtable(chance: random.Random) -> str:
    return f"pat{drawn(chance, ALPHANUMERIC, 14)}.{drawn(chance, HEX, 64)}"


def _hubspot(chance: random.Random) -> str:
    return f"pat-{chance.choice(('na1', 'eu1', 'na2'))}-{_identifier(chance)}"


def _mailchimp(chance: random.Random) -> str:
    return f"{drawn(chance, HEX, 32)}-us{chance.randint(1, 21)}"


def _anthropic(chance: random.Random) -> str:
    return f"sk-ant-{chance.choice(('api03', 'admin01'))}-{drawn(chance, URL_SAFE, 93)}AA"


def _openai(chance: random.Random) -> str:
    kind = chance.choice(("proj", "svcacct", "admin"))
    return f"sk-{kind}-{drawn(chance, URL_SAFE, 74)}T3BlbkFJ{drawn(chance, URL_SAFE, 74)}"


def _private_key(chance: random.Random) -> str:
    kind = chance.choice(("", "RSA ", "EC ", "OPENSSH "))
    lines = "\n".join(drawn(chance, BASE64, 64) for _ in range(12))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----\n"


def _service_account(chance: random.Random) -> str:
    account = {"type": "service_account", "project_id": "sales", "private_key_id": "none"}
    return json.dumps({**account, "private_key": _private_key(chance)})


def _database(scheme: str) -> Draw:
    def draw(chance: random.Random) -> str:
        password = drawn(chance, ALPHANUMERIC, chance.randint(10, 24))
        return f"{scheme}://shop:{password}@db.acme.io/orders"

    return draw


def _password(chance: random.Random) -> str:
    marks = drawn(chance, "!%*+-_~", 2)
    return f"{drawn(chance, ALPHANUMERIC, 9)}{chance.choice(string.digits)}k{marks}"


SHAPED: Mapping[str, Draw] = {
    "GitHub classic": _prefixed("gh" + "p_", ALPHANUMERIC, 36),
    "GitHub OAuth": _prefixed("gh" + "o_", ALPHANUMERIC, 36),
    "GitHub user": _prefixed("gh" + "u_", ALPHANUMERIC, 36),
    "GitHub installation": _prefixed("gh" + "s_", ALPHANUMERIC, 36),
    "GitHub stateless": _stateless,
    "GitHub refresh": _prefixed("gh" + "r_", ALPHANUMERIC, 76),
    "GitHub fine-grained": _prefixed("github" + "_pat_", ALPHANUMERIC, 82),
    "GitLab": _prefixed("gl" + "pat-", URL_SAFE, 20),
    "GitLab routable": _routable,
    "OpenAI project": _openai,
    "OpenAI older": _prefixed("sk" + "-", ALPHANUMERIC, 48),
    "DeepSeek": _prefixed("sk" + "-", HEX, 32),
    "OpenRouter": _prefixed("sk" + "-or-v1-", HEX, 64),
    "Anthropic": _anthropic,
    "Google API": _prefixed("AI" + "za", URL_SAFE, 35),
    "Google client": _prefixed("GO" + "CSPX-", URL_SAFE, 28),
    "Google access": _prefixed("ya" + "29.a0", URL_SAFE, 120, 200),
    "Google service account": _service_account,
    "Slack bot or user": _slack_bot,
    "Slack app": _slack_app,
    "Slack webhook": _slack_hook,
    "Stripe secret": _prefixed("sk" + "_live_", ALPHANUMERIC, 24, 99),
    "Stripe restricted": _prefixed("rk" + "_live_", ALPHANUMERIC, 24, 99),
    "Stripe webhook": _prefixed("wh" + "sec_", ALPHANUMERIC, 32),
    "AWS key id": _prefixed("AK" + "IA", BASE32, 16),
    "AWS temporary id": _prefixed("AS" + "IA", BASE32, 16),
    "Telegram": _telegram,
    "Twilio key": _prefixed("S" + "K", HEX, 32),
    "SendGrid": _sendgrid,
    "Brevo": lambda chance: (
        f"xkey{'sib'}-{drawn(chance, HEX, 64)}-{drawn(chance, ALPHANUMERIC, 16)}"
    ),
    "Notion": _prefixed("nt" + "n_", ALPHANUMERIC, 46),
    "Notion older": _prefixed("sec" + "ret_", ALPHANUMERIC, 43),
    "Airtable": _airtable,
    "HubSpot": _hubspot,
    "Discord bot": _discord_bot,
    "Discord webhook": _discord_hook,
    "Mailgun": _prefixed("k" + "ey-", HEX, 32),
    "Mailchimp": _mailchimp,
    "npm": _prefixed("np" + "m_", ALPHANUMERIC, 36),
    "PyPI": _prefixed("py" + "pi-AgEIcHlwaS5vcmc", URL_SAFE, 120, 160),
    "DigitalOcean": _prefixed("do" + "p_v1_", HEX, 64),
    "Hugging Face": _prefixed("h" + "f_", string.ascii_letters, 34),
    "Groq": _prefixed("gs" + "k_", ALPHANUMERIC, 52),
    "Replicate": _prefixed("r" + "8_", ALPHANUMERIC, 37),
    "Pinecone": lambda chance: (
        f"pc{'sk'}_{drawn(chance, ALPHANUMERIC, 6)}_{drawn(chance, ALPHANUMERIC, 63)}"
    ),
    "Supabase access": _prefixed("sb" + "p_", HEX, 40),
    "Supabase secret": _prefixed("sb" + "_secret_", URL_SAFE, 31),
    "Supabase service role": _service_role,
    "n8n API key": _user_token,
    "Shopify": _prefixed("shp" + "at_", HEX, 32),
    "Cloudflare": lambda chance: (
        f"cf{'ut'}_{drawn(chance, ALPHANUMERIC, 40)}{drawn(chance, HEX, 8)}"
    ),
    "Linear": _prefixed("lin" + "_api_", ALPHANUMERIC, 40),
    "Figma": _prefixed("fi" + "gd_", URL_SAFE, 40),
    "Square": _prefixed("EA" + "AA", URL_SAFE, 60),
    "Meta": _prefixed("EA" + "A", ALPHANUMERIC, 180, 220),
    "PostgreSQL address": _database("postgres"),
    "MySQL address": _database("mysql"),
    "MongoDB address": _database("mongodb+srv"),
    "Redis address": _database("rediss"),
    "AMQP address": _database("amqps"),
    "private key": _private_key,
}
"""Secrets that are told by their shape, wherever they are."""
NAMED: Mapping[str, tuple[str, Draw]] = {
    "AWS secret": ("aws_secret_access_key", lambda chance: drawn(chance, BASE64, 40)),
    "Twilio": ("auth_token", lambda chance: drawn(chance, HEX, 32)),
    "Make": ("api_token", _identifier),
    "ElevenLabs": ("xi-api-key", lambda chance: drawn(chance, HEX, 32)),
    "RapidAPI": ("X-RapidAPI-Key", lambda chance: drawn(chance, ALPHANUMERIC, 50)),
    "OAuth": ("client_secret", lambda chance: drawn(chance, URL_SAFE, 40)),
    "refresh token": ("refreshToken", lambda chance: drawn(chance, URL_SAFE, 64)),
    "password": ("password", _password),
    "short key": ("apiKey", lambda chance: "V" + drawn(chance, BASE32, 15)),
}
"""Secrets that look like ids, and are told by their names."""
