"""Secrets in workflow files. Tokens are drawn or put together here, so that none is written."""

import json
import random
from itertools import islice

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.innocent_values import LOOK_ALIKES, PLACEHOLDERS
from benchmarks.planted_secrets import ALPHANUMERIC, NAMED, SHAPED, drawn, web_token
from benchmarks.secrets import SAMPLES, corpus, scored
from koda.domain.inspection.secrets.finding import secrets_in_json, secrets_in_python
from koda.domain.inspection.secrets.passages import BETWEEN
from koda.domain.model.redactions import LONGEST_PATH
from koda.domain.model.secrets import MOST_FINDINGS

CHANCE = random.Random(7)  # noqa: S311 - made-up tokens
TOKEN = SHAPED["GitHub classic"](CHANCE)
HEX = NAMED["ElevenLabs"][1](CHANCE)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda parts: (
        st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=20), parts, max_size=3)
    ),
    max_leaves=12,
)
DECLARED = {"n8n-nodes-base.crypto": frozenset({"secret"})}


def drawing(seed: str) -> random.Random:
    """A source of chance that gives the same for one seed."""
    return random.Random(seed)  # noqa: S311 - made-up tokens


def node(parameters: object, kind: str = "n8n-nodes-base.httpRequest") -> object:
    """A workflow of n8n with one node."""
    return {"nodes": [{"name": "Ask", "type": kind, "parameters": parameters}]}


def kinds_in(text: str) -> list[str]:
    """What is said of the secrets in a text that is nothing else."""
    return [str(finding.kind) for finding in secrets_in_json([text])]


def is_told(text: str) -> bool:
    """Tell whether a script with `text` in it has a secret, and so has a note."""
    in_script, in_note = bool(secrets_in_python(text)), bool(secrets_in_json({"content": text}))
    assert in_script is in_note
    return in_script


def test_recall_and_precision_are_as_the_documents_say() -> None:
    """Of the half that the detector was tuned with, and of the other one."""
    for half in scored(islice(corpus(), 0, None, SAMPLES)):
        assert half.recall >= 0.99
        assert half.precision >= 0.95


def test_names_within_the_value_of_a_name_are_few() -> None:
    """The first are looked at; a line of nothing else takes no longer than others."""
    assert is_told(f"x?token=key=api_key={HEX}")
    assert kinds_in("password=" * 10_000) == []


def test_a_finding_says_where_and_what() -> None:
    """As people read a workflow."""
    headers = [{"name": "Accept", "value": "*/*"}, {"name": "X-Api-Key", "value": HEX}]

    [finding] = secrets_in_json(node({"headers": headers}))

    steps = ('nodes[0] "Ask"', "parameters", "headers[1]", "value")
    assert finding.path == BETWEEN.join(steps)
    assert finding.masked == f"{HEX[:4]}…{HEX[-4:]}"
    assert str(finding.kind) == "looks like a secret, by the name that it goes by"


def test_a_script_is_told_by_line() -> None:
    """The first line is 1."""
    [finding] = secrets_in_python(f"import os\n\nTOKEN = '{TOKEN}'\n")

    assert finding.path == "line 3"
    assert str(finding.kind) == "looks like an access token of GitHub"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (SHAPED["private key"](CHANCE), "is a private key"),
        (SHAPED["Redis address"](CHANCE), "is an address with a password in it"),
        (f"Bearer {HEX}", "looks like an access token, by the word “Bearer” before it"),
        (
            "Basic c2hvcDpraDd4UTktcHc=",
            "is a user name with a password, by the word “Basic” before it",
        ),
        (f"smtp.login('shop', '{HEX}')", "looks like a password, beside a user name"),
        (SHAPED["Slack webhook"](CHANCE), "looks like a webhook address of Slack, with which"),
        (SHAPED["Google client"](CHANCE), "looks like a client secret of Google"),
        (SHAPED["n8n API key"](CHANCE), "looks like a JSON Web Token, which may open"),
    ],
)
def test_a_finding_tells_what_it_looks_like(text: str, kind: str) -> None:
    """In a sentence whose subject is the place."""
    [told] = kinds_in(text)

    assert told.startswith(kind)


@pytest.mark.parametrize("title", SHAPED)
def test_tokens_are_told_after_an_escape(title: str) -> None:
    """As code and addresses write line ends and marks; not in the middle of a word."""
    secret = SHAPED[title](drawing(title))

    assert kinds_in(f"%22{secret}")
    assert kinds_in(f"\\n{secret}")


def test_a_token_of_telegram_is_told_in_its_addresses() -> None:
    """Where the word `bot` stands right before it."""
    assert kinds_in(f"https://api.telegram.org/bot{SHAPED['Telegram'](CHANCE)}/getMe")


def test_no_token_begins_within_a_word() -> None:
    """Where letters stand before, it is a part of something else."""
    assert not kinds_in(f"re{TOKEN}")


@pytest.mark.parametrize(
    "text",
    [
        f'api_key = "{HEX}"',
        f"headers.set('Authorization', 'Token {HEX}')",
        f'os.environ["OPENAI_API_KEY"] = "{HEX}"',
        f'os.getenv("ACCESS_TOKEN", "{HEX}")',
        f'TOKEN: Final[str] = "{HEX}"',
        f'token = f"{HEX}"',
        f'{{\\"client_secret\\": \\"{HEX}\\"}}',
        f"The API key: {HEX}.",
        f"**Access token**: `{HEX}`",
        f"auth=('shop', '{HEX}')",
        f"Server=db;Uid=shop;Password={HEX};",
        f"https://api.acme.io/?key={HEX}",
        "the password: TestOfMine9999)",
    ],
)
def test_secrets_are_told_by_the_name_beside_them(text: str) -> None:
    """In code, in notes and in addresses."""
    assert is_told(text)


@pytest.mark.parametrize(
    "text",
    [
        "api_key = os.environ['API_KEY_2']",
        "token = response2.data.token1",
        "const token = getToken1('a1b2')",
        "def login(user, password1='', auth=None)",
        "The key: 12 letters2 and more",
        f"monkey, '{HEX}'",
        f"print(token, '{HEX}')",
        f"key = '{HEX}'",
        f"next_page_token = '{HEX}'",
        "Basic authentication and nothing else",
        "Basic dXNlcjpwYXNzd29yZA==",
        "Basic AAECAwQFBgcICQ==",
        "Bearer authentication2",
        "https://user:${PASSWORD}@acme.io",
        "https://user:password@acme.io",
        "https://shop:shop@acme.io",
        "auth=('user', 'password')",
        "password: 'short'",
        "{{ $json.password || 'devops123' }}",
        "password: 'with some space in 2 words'",
        "password: 'grün-und-blau-77'",
        "token: 0x" + "a1B2" * 10,
        "access_token: 'header-auth-2'",
    ],
)
def test_what_only_talks_of_secrets_is_let_through(text: str) -> None:
    """Names, placeholders, code and prose."""
    assert not is_told(text)


@pytest.mark.parametrize(
    "value",
    [
        "={{ $env.API_KEY }}",
        "=Bearer {{ $json.token2 }}",
        "{{1.token}}",
        "={{ $('Get Token 1').item.json['access_token1'] }}",
        "${token1}",
        "Bearer YOUR_TOKEN",
        "1234567890abcdef",
        "aaaaaaaaaaaa1",
        "ab12ab12ab12ab12",
        "={{ $json.key || 'abcdhk12e' }}",
        "%3Ctoken%3E",
        "{{ unclosed 'a1b2",
    ],
)
def test_expressions_and_placeholders_are_let_through(value: str) -> None:
    """Under any name of a secret."""
    assert not secrets_in_json({"apiKey": value, "password": value, "Authorization": value})


def test_a_literal_beside_an_expression_is_told() -> None:
    """And one that the expression itself quotes."""
    for value in (f"={{{{ $json.scheme }}}} {HEX}", f"={{{{ 'Bearer ' + '{HEX}' }}}}"):
        assert secrets_in_json({"Authorization": value})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("93817465", True),
        ("tR5-x!", True),
        ("sunny-Garden", True),
        ("sunnygarden", False),
        ("abcd efgh ijkl mnop".replace("abcd", "qzkw"), True),
        ("aQzWxRtYbNmKpLdVs", True),
        ("{{ $json.first }} {{ $json.second }}", False),
    ],
)
def test_passwords_need_less_than_tokens(value: str, told: bool) -> None:
    """Digits alone, or letters of both sizes with a mark; a word alone is none."""
    assert bool(secrets_in_json({"password": value})) is told


def test_fields_that_the_platform_declares_secret_hold_secrets() -> None:
    """Whatever is written there, but for placeholders and expressions."""
    for value, told in (
        ("grün und blau", True),
        (f"={{{{ '{HEX}' }}}}", True),
        ("={{ $json.S || 'none at all' }}", False),
        ("<secret>", False),
    ):
        file = node({"secret": value, "nested": {"value": "plain"}}, "n8n-nodes-base.crypto")
        assert bool(secrets_in_json(file, DECLARED)) is told
    assert not secrets_in_json(node({"secret": "grün und blau"}), DECLARED)
    assert not secrets_in_json({"secret": "grün und blau"}, DECLARED)
    assert not secrets_in_json(
        node({"secret": "https://acme.io"}, "n8n-nodes-base.crypto"), DECLARED
    )


def test_a_name_that_says_little_counts_in_a_pair_alone() -> None:
    """A parameter called `key` holds one; a field called so may hold anything."""
    assert secrets_in_json([{"name": "key", "value": HEX}])
    assert not secrets_in_json({"key": HEX})
    assert not secrets_in_json([{"name": "key", "value": "N8N_VERSION"}])
    assert not secrets_in_json({"value": HEX})
    assert secrets_in_json({"tokens": [], "api_key": [HEX]})


def test_json_inside_json_is_walked() -> None:
    """Three times; deeper down its text is looked at as it is."""
    value: object = {"api_key": HEX, "note": TOKEN}
    for _ in range(5):
        value = {"body": json.dumps(value)}

    assert len(secrets_in_json(value)) == 2
    [finding] = secrets_in_json({"body": f'={{"api_key": "{HEX}", "api_key": "x"}}'})
    assert finding.path == BETWEEN.join(("body[0]", "api_key"))
    assert not secrets_in_json({"body": "{not json}", "list": "[]", "number": "[" * 5000 + "]"})


def test_keys_and_titles_hold_secrets_that_are_not_shown() -> None:
    """A path leaves them out."""
    workflow = {"nodes": [{"name": f"Ask {TOKEN}", TOKEN: TOKEN, "text": f"Use {TOKEN}"}]}

    findings = secrets_in_json({"wide" * 20: workflow})

    assert len(findings) == 4
    assert not [finding for finding in findings if TOKEN[:20] in finding.path]


def test_findings_are_bounded() -> None:
    """In number and in length."""
    deep: object = TOKEN
    for _ in range(150):
        deep = {"parameters": deep}

    [finding] = secrets_in_json(deep)
    assert len(finding.path) == LONGEST_PATH
    assert len(secrets_in_json([TOKEN] * 1000)) == MOST_FINDINGS
    assert secrets_in_json({"": TOKEN})[0].path == "?"


def test_what_is_published_is_no_secret() -> None:
    """A key of Supabase for browsers, the fingerprint of a template of n8n."""
    for claims in ({"role": "anon"}, {"iss": "n8n", "creator": ""}):
        assert not kinds_in(web_token(CHANCE, claims))


def test_what_is_only_like_a_token_is_let_through() -> None:
    """Parts that decode to nothing, and a last part without a first."""
    ending = f"{drawn(CHANCE, ALPHANUMERIC, 6)}.{drawn(CHANCE, ALPHANUMERIC, 38)}"

    for text in (
        f"eyJ{drawn(CHANCE, ALPHANUMERIC, 40)}.eyJ{drawn(CHANCE, ALPHANUMERIC, 40)}.{ending[-30:]}",
        f"M{drawn(CHANCE, ALPHANUMERIC, 24)}.{ending}",
        f"see .{ending}",
    ):
        assert not kinds_in(text)


@settings(max_examples=30)
@given(JSON)
@example({"": "\ud800", "\u115f": ["{" * 9 + "}"]})
@example({"token": "\ud800" * 20, "name": None, "value": "x" * 40})
def test_no_value_is_too_odd(value: object) -> None:
    """It never raises, and says the same again."""
    assert secrets_in_json(value, DECLARED) == secrets_in_json(value, DECLARED)


@settings(max_examples=30)
@given(JSON, st.text(), st.sampled_from([*SHAPED]))
def test_a_secret_is_found_wherever_it_is(value: object, key: str, title: str) -> None:
    """Beside whatever else; and masked, it is not whole."""
    secret = SHAPED[title](drawing(title))

    findings = secrets_in_json([value, {key: {"note": f"see {secret} there"}}])

    assert findings
    assert not [finding for finding in findings if secret in repr(finding)]


@pytest.mark.parametrize("title", [*PLACEHOLDERS, *LOOK_ALIKES])
def test_look_alikes_are_let_through(title: str) -> None:
    """In the text of a note."""
    draw = {**PLACEHOLDERS, **LOOK_ALIKES}[title]

    assert not [told for _ in range(5) for told in kinds_in(f"Look at {draw(CHANCE)} first")]
