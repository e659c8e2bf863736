import pytest

from koda.domain.inspection.private.hosts import hosts_in


def hosts(text: str) -> list[str]:
    """The internal hosts in a text, each once."""
    return [text[start:end] for start, end in sorted({*hosts_in(text)})]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://10.0.3.17:8080/x", "10.0.3.17"),
        ("Ask 172.20.1.9, or call.", "172.20.1.9"),
        ("http://[fd12:3456::1]:80", "[fd12:3456::1]"),
        ("https://nas.local/x", "nas.local"),
        ("https://shop:{{x}}@jira.corp.internal/x", "jira.corp.internal"),
        ("Our board is on jira.corp.internal, as ever", "jira.corp.internal"),
        ("jira.lan", "jira.lan"),
        ("{'host': 'db.corp:5432'}", "db.corp"),
        (r"{\"text\":\"a\njira.berlin.corp\"}", "jira.berlin.corp"),
        (r"{\"text\":\"a\n10.0.3.17\"}", "10.0.3.17"),
        ("https://example.com/?a=%2010.0.3.17", "10.0.3.17"),
        ("https://example.com/?a=on%20jira.berlin.corp", "jira.berlin.corp"),
        ("\u8bbf\u95ee10.0.3.17\u67e5\u770b", "10.0.3.17"),
        ("\u8bbf\u95eejira.berlin.corp\u67e5\u770b", "jira.berlin.corp"),
        ("smb://fileserv01/share", "fileserv01"),
        ("=http://crm-berg", "crm-berg"),
        ("http://n8n.team.svc.cluster.local", "n8n.team.svc.cluster.local"),
    ],
)
def test_host_of_a_private_network_is_seen(text: str, host: str) -> None:
    """By its address, its name, or a name without a dot in an address."""
    assert hosts(text) == [host]


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:11434 http://127.0.0.1:8000 http://[::1]/ http://0.0.0.0:80",
        "http://host.docker.internal:11434 http://metadata.google.internal/x",
        "http://169.254.169.254/latest",
        "http://ollama:11434 http://qdrant:6333/x redis://redis:6379",
        "https://example.com http://your-server:80 http://YOUR_HOST/x http://10.0.0.0/8",
        "https://api.slack.com https://{{ $json.host }}/x https://${host} https://",
        "startsWith('https://video-') match('http://cdn') `https://www.${x}`",
        "this.config.internal settings.local .env.local data.user.internal = 1",
        "from koda.app.internal import x; a.b.internal(c)",
        "192.0.2.1 8.8.8.8 Chrome/120.0.0.0 version 10.2.1 1.10.0.3.17 10.999",
        "s3://backups/x chrome-extension://abc/x",
        "127.0.0.1 http://1.2.3.4/x",
    ],
)
def test_what_tells_of_no_network_is_let_through(text: str) -> None:
    """The reader's own machine, products, placeholders, public hosts, and names of code."""
    assert hosts(text) == []
