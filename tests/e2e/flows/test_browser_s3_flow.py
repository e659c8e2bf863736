"""The whole life of a purchase in a real browser, with the files in a live bucket."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from koda.adapters.s3.client import Bucket
from tests.e2e.flows.serving import Site, served
from tests.e2e.flows.test_browser_flow import FLOW_A, Arrive, Files, NewPerson, sell
from tests.servers.s3 import S3Server, free_ports

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, s3_server: S3Server, s3_bucket: Bucket
) -> Iterator[Site]:
    """A served marketplace whose bucket was prepared by `koda init` for its address."""
    port = next(iter(free_ports().values()))
    site_url = f"http://127.0.0.1:{port}"
    variables = {**s3_server.variables(s3_bucket), "KODA_SITE_URL": site_url}
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "koda.entrypoints.cli.main", "init"],
        env={**os.environ, "KODA_DATA": str(folder / "data"), **variables},
        check=True,
        capture_output=True,
        timeout=60,
    )
    with served(folder, "--port", str(port), **variables) as site:
        yield site


@pytest.fixture
def traffic(arrive: Arrive) -> tuple[Arrive, list[str]]:
    """Open windows, and note each request that leaves them: method and address."""
    seen: list[str] = []

    def watched(**context: object) -> object:
        visitor = arrive(**context)
        visitor.page.on("request", lambda asked: seen.append(f"{asked.method} {asked.url}"))
        return visitor

    watch: Callable[..., object] = watched
    return watch, seen  # type: ignore[return-value] # what it opens are visitors


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_files_travel_between_browser_and_bucket(
    traffic: tuple[Arrive, list[str]],
    new_person: NewPerson,
    files: Files,
    s3_bucket: Bucket,
    scripts: bool,
) -> None:
    """The script uploads to the bucket's address, a form to the site; downloads come from there."""
    arrive, seen = traffic
    title = f"Bucket {'scripted' if scripts else 'plain'}"
    ada = arrive(java_script_enabled=scripts)
    sell(ada, new_person("Ada"), title, "12.50", FLOW_A, files)
    sent = [one for one in seen if one.startswith(f"PUT {s3_bucket.url}/pending/")]
    assert len(sent) == (2 if scripts else 0)

    buyer = arrive(java_script_enabled=scripts)
    buyer.sign_in(new_person("Bea"))
    buyer.put_in_basket(title)
    buyer.check_out()
    buyer.press("Pay 12.50 EUR")
    buyer.says("Thank you, it is yours")

    assert buyer.download(title) == (f"{title}.json", FLOW_A)
    assert any(one.startswith(f"GET {s3_bucket.url}/artifacts/") for one in seen)


def test_picture_is_shown(arrive: Arrive, s3_bucket: Bucket) -> None:
    """The pages show pictures from the bucket by the site's own address."""
    visitor = arrive()
    visitor.go("/?q=bucket")

    picture = visitor.page.locator("article img").first
    assert picture.evaluate("one => one.complete && one.naturalWidth") == 1
    assert str(Path(str(picture.get_attribute("src"))).parent).endswith("/previews")
