"""What the pages' policy allows when files lie in a store with a server of its own."""

from pathlib import Path

from attrs import evolve
from typed_settings.types import SecretStr

from koda.entrypoints.backends.s3 import S3Settings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.web.app import create_app
from koda.entrypoints.wiring.container import make_container
from tests.support.strong import STRONG

MEMORY = Settings(
    store="memory",
    files="memory",
    cache="memory",
    payments="memory",
    identity="memory",
    notices="memory",
    secret=SecretStr(STRONG),
)


def directives(settings: Settings) -> dict[str, list[str]]:
    """The directives of the policy with the sources of each."""
    client = create_app(make_container(settings)).test_client()
    policy = client.get("/", base_url=settings.site_url).headers["Content-Security-Policy"]
    words = [directive.split() for directive in policy.split("; ")]
    return {name: sources for name, *sources in words}


def test_policy_is_extended_by_the_buckets_origin_alone(tmp_path: Path) -> None:
    """Uploads go there and downloads come from there; nothing else changes."""
    s3 = S3Settings("koda-files", "eu-west-1", access_key="key", secret_key=SecretStr("secret"))
    origin = "https://koda-files.s3.eu-west-1.amazonaws.com"
    without = directives(evolve(MEMORY, data=tmp_path))

    extended = directives(evolve(MEMORY, data=tmp_path, files="s3").having(s3))

    assert extended == {
        **without,
        "connect-src": [*without["connect-src"], origin],
        "form-action": [*without["form-action"], origin],
    }
