"""What looks like a secret and is none: placeholders, expressions, ids, and what is published."""

import base64
import random
import string
from collections.abc import Mapping

from benchmarks.planted_secrets import ALPHANUMERIC, HEX, URL_SAFE, Draw, drawn, web_token

_PLACEHOLDERS = (
    "YOUR_API_KEY",
    "your-api-key-here",
    "<token>",
    "<YOUR_TOKEN>",
    "[YOUR_KEY]",
    "Bearer YOUR_TOKEN_HERE",
    "sk" + "-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sk" + "-proj-YOUR_KEY_GOES_HERE_1234567890",
    "gh" + "p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xox" + "b-your-token-here-0000000000",
    "AK" + "IAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
    "1234567890abcdef",
    "abcdef1234567890abcdef1234567890",
    "00000000-0000-0000-0000-000000000000",
    "XXXXXXXXXXXXXXXXXXXX",
    "••••••••••••",
    "************",
    "changeme",
    "CHANGE_ME",
    "TOKEN_HERE",
    "insert-your-key",
    "REPLACE_WITH_API_KEY",
    "example-token-123",
    "https://hooks.slack.com/services/T00000000/B00000000/" + "X" * 24,
    "postgres://user:password@localhost:5432/db",
    "mongodb+srv://<user>:<password>@cluster0.mongodb.net",
    "password",
    "secret",
    "None",
)
_EXPRESSIONS = (
    "={{ $env.API_KEY }}",
    "=Bearer {{ $json.access_token }}",
    "={{ $('Get Token').item.json.token2 }}",
    "{{1.token}}",
    "Bearer {{12.data.access_token}}",
    "={{ $vars.openaiKey1 }}",
    "${process.env.TOKEN_V2}",
    "={{ $json['x-api-key'] }}",
    "{{connection.apiKey1}}",
    "=Basic {{ ($json.user + ':' + $json.password1).base64Encode() }}",
    "={{ $fromAI('api_key', 'The key of version 2', 'string') }}",
)


def _any_of(values: tuple[str, ...]) -> Draw:
    def draw(chance: random.Random) -> str:
        return chance.choice(values)

    return draw


def _identifier(chance: random.Random) -> str:
    digits = drawn(chance, HEX, 32)
    return "-".join((digits[:8], digits[8:12], f"4{digits[13:16]}", digits[16:20], digits[20:]))


def _anon(chance: random.Random) -> str:
    return web_token(chance, {"iss": "supabase", "ref": "abc", "role": "anon", "exp": 1940713684})


def _image(chance: random.Random) -> str:
    return f"data:image/png;base64,iVBORw0KGgo{base64.b64encode(chance.randbytes(1500)).decode()}"


def _sheet(chance: random.Random) -> str:
    return f"https://docs.google.com/spreadsheets/d/1{drawn(chance, URL_SAFE, 43)}/edit#gid=0"


PLACEHOLDERS: Mapping[str, Draw] = {
    "placeholder": _any_of(_PLACEHOLDERS),
    "expression": _any_of(_EXPRESSIONS),
}
"""What is written where a secret would be: under the names of secrets."""
LOOK_ALIKES: Mapping[str, Draw] = {
    "UUID": _identifier,
    "SHA-1": lambda chance: drawn(chance, HEX, 40),
    "SHA-256": lambda chance: drawn(chance, HEX, 64),
    "MD5": lambda chance: drawn(chance, HEX, 32),
    "n8n id": lambda chance: drawn(chance, ALPHANUMERIC, 16),
    "Google Sheet id": lambda chance: "1" + drawn(chance, URL_SAFE, 43),
    "Google Sheet address": _sheet,
    "Google Drive folder": lambda c: (
        f"https://drive.google.com/drive/folders/{drawn(c, URL_SAFE, 33)}"
    ),
    "Google client id": lambda c: (
        f"{drawn(c, string.digits, 12)}-{drawn(c, ALPHANUMERIC.lower(), 32)}.apps"
        ".googleusercontent.com"
    ),
    "Airtable base": lambda chance: f"app{drawn(chance, ALPHANUMERIC, 14)}",
    "Airtable record": lambda chance: (
        f"https://airtable.com/app{drawn(chance, ALPHANUMERIC, 14)}/tbl"
        f"{drawn(chance, ALPHANUMERIC, 14)}"
    ),
    "Notion page": lambda chance: f"https://www.notion.so/Plan-{drawn(chance, HEX, 32)}",
    "Slack channel": lambda chance: f"C{drawn(chance, string.ascii_uppercase + string.digits, 10)}",
    "Discord channel": lambda chance: (
        f"https://discord.com/channels/{drawn(chance, string.digits, 18)}"
    ),
    "Telegram chat": lambda chance: f"-100{drawn(chance, string.digits, 10)}",
    "Stripe publishable": lambda chance: f"pk_live_{drawn(chance, ALPHANUMERIC, 99)}",
    "Stripe object": lambda chance: f"cus_{drawn(chance, ALPHANUMERIC, 14)}",
    "Supabase publishable": lambda chance: f"sb_publishable_{drawn(chance, URL_SAFE, 31)}",
    "Supabase anon": _anon,
    "Twilio account": lambda c: (
        f"https://api.twilio.com/2010-04-01/Accounts/AC{drawn(c, HEX, 32)}/Calls"
    ),
    "n8n webhook": lambda chance: f"https://n8n.acme.io/webhook/{_identifier(chance)}",
    "commit": lambda c: f"https://github.com/acme/shop/commit/{drawn(c, HEX, 40)}",
    "e-mail": lambda chance: f"{drawn(chance, string.ascii_lowercase, 9)}2024@acme.io",
    "image": _image,
    "model": _any_of(
        ("gpt-4o-mini-2024-07-18", "claude-3-5-sonnet-20241022", "text-embedding-3-small")
    ),
    "documentation": _any_of(
        (
            "https://docs.n8n.io/integrations/builtin/credentials/openai/#using-api-key",
            "https://developers.notion.com/reference/authentication#token-v2",
            "https://platform.openai.com/api-keys",
        )
    ),
    "prose": _any_of(
        (
            "Set your API key: open Settings, then Keys 2 and copy it.",
            "The token: expires after 3600 seconds. Secret: none needed.",
            "Password: ask the owner (step 3). Basic authentication is enough.",
        )
    ),
    "code": _any_of(
        (
            "const token = $input.first().json.token2;",
            "const apiKey = process.env.API_KEY1 || getSecret('openai');",
            "const key = `${item.id}_${item.sha256}`;",
            "return items.filter(item => item.json.maxTokens1 < 2048);",
        )
    ),
    "Ethereum address": lambda chance: "0x" + drawn(chance, HEX, 40),
}
"""What is no secret anywhere."""
