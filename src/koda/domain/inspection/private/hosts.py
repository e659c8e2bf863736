"""Machines in a text that only somebody's own network reaches."""

import re
from collections.abc import Iterator

from koda.domain.inspection.private.emails import beginning

_PRIVATE = re.compile(
    r"(?:10\.\d{1,3}|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))"
    r"\.\d{1,3}\.\d{1,3}|(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):[0-9a-f:.]*",
    re.IGNORECASE,
)
"""RFC 1918, 6598, 3927, 4193 and 4291."""
_EVERYBODYS = frozenset({"169.254.169.254", "100.100.100.200", "fd00:ec2::254"})
"""Where machines in clouds ask about themselves."""
_AUTHORITY = re.compile(
    r":\\?/\\?/(?:[^\s/?#@\"'<>`\\\0]{0,256}@)?(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[\w.-]{1,253})"
    r"(?=[:/?#\s\"'`<>)\],;|*\0]|\\[nrt\"/]|\Z)"
)
_SCHEME = re.compile(
    r"(?:https?|wss?|s?ftp|ssh|tcp|udp|rediss?|postgres(?:ql)?|mysql|mongodb|amqps?|mqtts?|smb|ldaps?|smtps?|imaps?|rtsp)\Z",
    re.IGNORECASE,
)
_LONGEST_SCHEME = 12
_LABEL = re.compile(r"[A-Za-z](?:[\w-]{0,61}\w)?")
_GOES_ON = frozenset("/:\\\0")
"""What follows a machine without a dot, of which code often writes the beginning alone."""
_ADDRESS = re.compile(
    r"(?:(?<![\w.-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
    r"(?:10|100|169|172|192)\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w-]|\.\d)",
    re.ASCII,
)
"""Escapes of code and of URLs may stand before it, and letters of scripts that have no spaces."""
_SURE = r"internal|corp|lan|intranet|localdomain|home\.arpa|cluster\.local"
_NAME = re.compile(rf"\.(?:{_SURE}|local|ts\.net)(?![\w-]|\.\w)", re.IGNORECASE | re.ASCII)
_INTERNAL = re.compile(rf"\.(?:{_SURE}|local|home|private|ts\.net)\.?\Z", re.IGNORECASE)
_LABELS = re.compile(r"[A-Za-z0-9.-]{1,200}")
_LONGEST_NAME = 200
_PORT = re.compile(r"(?::\d{1,5})?(?P<next>\\?.|\Z)", re.DOTALL)
_QUOTES = frozenset("\"'`\0")
_BEFORE = frozenset(" \t\n\r(<[,;:=*") | _QUOTES
_ESCAPED = re.compile(r"(?:\\.|%[0-9A-Fa-f]{2})\Z")
_IMPORTS = re.compile(r"(?:import|from|package|require)\s+\Z")
_CODE = frozenset(
    {"app", "config", "ctx", "data", "env", "item", "json", "module", "process", "self"}
    | {"settings", "this", "window"}
)
"""How names of code begin, not those of machines."""
_WELL_KNOWN = re.compile(
    r"(?:host|gateway|kubernetes)\.docker\.internal|metadata\.google\.internal"
    r"|.*(?:your|example|placeholder|xxx|<|>).*",
    re.IGNORECASE,
)
_ANYBODYS = re.compile(
    r"localhost|www|api|app|web|backend|frontend|worker|db|database|redis|postgres(?:ql)?|mysql"
    r"|mariadb|mongo(?:db)?|minio|rabbitmq|elasticsearch|opensearch|qdrant|weaviate|chroma(?:db)?"
    r"|milvus|neo4j|ollama|open-?webui|litellm|vllm|n8n|flowise|langfuse|supabase[\w-]*|kong|baserow"
    r"|nocodb|nocobase|searxng|browserless|gotenberg|crawl4ai|firecrawl[\w-]*|selenium|chrome|puppeteer"
    r"|playwright|whisper[\w-]*|kokoro[\w-]*|comfyui|docling[\w-]*|waha|evolution[\w-]*|mailhog"
    r"|traefik|nginx|grafana|prometheus|homeassistant|nextcloud|paperless[\w-]*"
    r"|source|link|foo|bar|foobar|.*[_-]ip|.*(?:host|server|domain|address|url|base|name|site|some|proxy|test|demo).*|.{1,2}|[A-Z0-9_]+"
)
"""Machines called after the product that runs on them, as in published compose files, or after
nothing."""


def hosts_in(text: str) -> Iterator[tuple[int, int]]:
    """Where internal hosts begin and end: private addresses, names of private networks.

    Those are `.internal`, `.corp`, `.lan`, `.local` and the like, and names without a dot in a URL.
    The reader's own machine (`localhost`, `127.0.0.1`, `host.docker.internal`) tells nothing of
    anybody, whatever the port, nor does a machine that is called after its product, as
    `http://qdrant:6333` is.
    """
    for match in _AUTHORITY.finditer(text):
        start, end = match.span("host")
        if _is_internal(match["host"]) or _is_machine(text, match.start(), start, end):
            yield start, end
    for match in _ADDRESS.finditer(text):
        if _is_private(match[0]):
            yield match.span()
    for match in _NAME.finditer(text):
        begin = _first(text, match.start())
        if _is_name(text, begin, match.end()):
            yield begin, match.end()


def _is_internal(host: str) -> bool:
    if host.startswith("["):
        return _is_private(host[1:-1])
    if host.replace(".", "").isdigit():
        return _is_private(host)
    return _INTERNAL.search(host) is not None and not _WELL_KNOWN.fullmatch(host)


def _is_machine(text: str, scheme_end: int, start: int, end: int) -> bool:
    """Tell whether what stands in an address without a dot is the name of a machine."""
    name = text[start:end]
    if _LABEL.fullmatch(name) is None or (end < len(text) and text[end] not in _GOES_ON):
        return False
    if _SCHEME.search(text[max(0, scheme_end - _LONGEST_SCHEME) : scheme_end]) is None:
        return False
    return not _WELL_KNOWN.fullmatch(name) and not _ANYBODYS.fullmatch(name)


def _is_private(address: str) -> bool:
    """Tell whether an address is of a machine that only a network of its own reaches."""
    is_block = address.endswith(".0") or address in _EVERYBODYS
    return not is_block and _PRIVATE.fullmatch(address) is not None


def _first(text: str, end: int) -> int:
    """Where the labels begin that stand before `end`."""
    match = _LABELS.match(text[max(0, end - _LONGEST_NAME) : end][::-1])
    begin = end - len(match[0]) if match else end
    return beginning(text, begin)


def _is_name(text: str, begin: int, end: int) -> bool:
    """Tell whether what looks like the name of a machine is not one of code."""
    name = text[begin:end]
    labels = name.split(".")
    if "" in labels or labels[0].lower() in _CODE or _WELL_KNOWN.fullmatch(name):
        return False
    before = text[begin - 1 : begin] if begin else "\0"
    if not before.isascii() or _ESCAPED.search(text, max(0, begin - 3), begin):
        before = "\n"
    port = _PORT.match(text, end)
    after = port["next"] if port else ""
    if (before in _QUOTES or before == "=") and (not after or after in _QUOTES):
        return True
    if name.lower().endswith(".local") and not name.lower().endswith(".cluster.local"):
        return False
    is_code = after in {"(", "[", "="} or _IMPORTS.search(text, max(0, begin - 12), begin)
    return before in _BEFORE and len(labels) > 2 and not is_code  # noqa: PLR2004
