"""What stands where a secret would: placeholders, and expressions that fetch it elsewhere."""

import re
from collections.abc import Iterator, Sequence

_WORDS = re.compile(
    r"your|x{4}|xxx\b|\bxxx|example|sample|placeholder|change[-_ ]?me|replace|insert|paste|dummy"
    r"|redacted|removed|hidden|masked|secret[-_ ]?key|super[-_ ]?secret|lorem|foobar"
    r"|(?<![a-z0-9])(?:fake|todo|fixme)(?![a-z0-9])|my[-_ ]?(?:api|secret|token|pass|key)"
    r"|(?:token|key|password|secret|api|value)[-_ ]?(?:goes[-_ ]?)?here|(?:_|-|\b)here\b"
    r"|demo_key|enter[-_ ]|add[-_ ]|put[-_ ]|\.\.\.|…|\*{3}|•|●|<[^<>]*>|\[[a-z_ -]+\]|➡"
    r"|(?:api|access|auth|bearer|secret)[-_ ]?(?:key|token)\b|not[-_ ]?a[-_ ]?real"
    r"|abc-?123|123-?abc|a1b2c3|abcd?1234|1a2b3c|pass(?:word|wd)?123|qwerty|letmein|hunter2"
    r"|deadbeef|s3cur3|pa55"
)
"""Substrings of placeholders, in small letters."""
_ALONE = re.compile(
    r"(?:pass(?:wor)?d?|p[a@][s$]{2}w[o0]rd|pa55word|pwd)(?:1|12|123|1234)?|secret|tokens?|key|root"
    r"|admin(?:123)?|user(?:name)?|test(?:ing)?(?:123|1234)?|guest|none|null|undefined|true|false"
    r"|string|text|bearer|basic|digest|oauth|apikey|postgres|mysql|redis|mongo(?:db)?|rabbitmq"
    r"|default|public|private|optional|required|foo|bar|changeit"
)
"""Whole values that keep nothing secret."""
_KNOWN = (
    "wJalrXUtnFEMI",  # AWS, "AWS security credentials"
    "4eC39HqLyjWDar",  # Stripe, "API keys"
    "tGN0bIwXnHdwOa",  # Stripe, older pages
    "BQokikJOvBiI2H",  # Stripe, "Authentication"
    "AAHdqTcvCH1vGW",  # Telegram, "From BotFather to 'Hello World'"
    "ABC-DEF1234ghI",  # Telegram, "Bot API"
    "QWxhZGRpbjpvcG",  # RFC 7617, "The 'Basic' Authentication Scheme"
    "vmPUZE6mv9SD5V",  # Binance, "Signed endpoint examples"
    "NhqPtmdSJYdKjV",  # Binance, the secret beside it
    "mF_9.B5f-4.1Jq",  # RFC 6750, "Bearer Token Usage"
    "IiOiIxMjM0NTY3ODkw",  # jwt.io: the subject 1234567890
    "SflKxwRJSMeKKF",  # jwt.io: its signature
)
"""Parts of the examples that providers' own documents print."""
_RUN = 7
"""Characters. Nobody draws seven neighbours or seven equals of the alphabet in a row by chance."""
_FEWEST_LETTERS = 5
"""A secret of eight characters or more has at least as many different ones."""
_LONG = 8
_TEMPLATE = re.compile(
    r"\{\{(?>(?:[^}]|\}(?!\}))*)(?:\}\}|\Z)|\$\{[^}]*+(?:\}|\Z)|<%.*?%>", re.DOTALL
)
_QUOTED = re.compile(
    r"(?<![\[(\w])\s{0,4}(?:'([^'\n]{8,500})'|\"([^\"\n]{8,500})\"|`([^`\n]{8,500})`)"
)


def is_placeholder(text: str) -> bool:
    """Tell whether `text` is no secret, but says where one belongs or is printed as an example."""
    # Addresses are read by few: an import of the domain does without their library.
    from urllib.parse import unquote  # noqa: PLC0415

    text = unquote(text)
    small = text.lower()
    if _ALONE.fullmatch(small) or _WORDS.search(small):
        return True
    if len(text) >= _LONG and len(set(small)) < _FEWEST_LETTERS:
        return True
    return _runs(small) or any(known in text for known in _KNOWN)


def _runs(text: str) -> bool:
    """Tell whether neighbours of the alphabet follow one another, or equals: 1234567, aaaaaaa."""
    codes = [*map(ord, text)]
    # Every run has a pair that begins at a multiple of its pairs, so that few are looked at.
    for at in range(0, len(codes) - 1, _RUN - 1):
        step = codes[at + 1] - codes[at]
        if step in {0, 1} and _length(codes, at, step) >= _RUN:
            return True
    return False


def _length(codes: Sequence[int], at: int, step: int) -> int:
    """How many codes follow one another by a step around a place."""
    begin, end = at, at + 1
    while begin > 0 and codes[begin] - codes[begin - 1] == step:
        begin -= 1
    while end + 1 < len(codes) and codes[end + 1] - codes[end] == step:
        end += 1
    return end - begin + 1


def literals_in(text: str) -> Iterator[tuple[str, bool]]:
    """What `text` says by itself, and what its expressions quote; those are told by True.

    An expression is what n8n and Make write between double braces, or a template of JavaScript.
    """
    text = text.removeprefix("=")
    if "{{" not in text and "${" not in text and "<%" not in text:
        yield text, False
        return
    yield from ((literal, False) for literal in _TEMPLATE.split(text))
    for template in _TEMPLATE.finditer(text):
        for quoted in _QUOTED.finditer(template[0]):
            yield next(filter(None, quoted.groups())), True
