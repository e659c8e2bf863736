"""CPU of pages and API operations, as multiples of an empty Flask request in the same run.

Requests go straight to the WSGI applications, since Flask's test client costs more than most pages.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import WSGIApplication

from attrs import asdict, evolve, frozen
from flask import Flask
from rich.table import Table

from benchmarks.scenarios import Stage, stage
from benchmarks.timing import Cost, interleaved
from koda.adapters.memory.browser_sessions import SESSION
from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.entrypoints.settings.limits import LimitSettings
from koda.entrypoints.web.app import create_app
from tests.support.bodies import announcement

HOST = "127.0.0.1:8000"


@frozen
class Asked:
    """One request: as whom (a token), with which body, and the status that must answer it."""

    path: str
    method: str = "GET"
    token: str = ""
    body: Any = None
    status: int = 200


def _environ(asked: Asked, payload: bytes) -> dict[str, Any]:
    path, _, query = asked.path.partition("?")
    host, _, port = HOST.partition(":")
    return {
        "REQUEST_METHOD": asked.method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": HOST,
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json" if payload else "",
        "CONTENT_LENGTH": str(len(payload)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **_credentials(asked),
    }


def _credentials(asked: Asked) -> dict[str, str]:
    if not asked.token:
        return {}
    if asked.path.startswith("/api/"):
        return {"HTTP_AUTHORIZATION": f"Bearer {asked.token}"}
    return {"HTTP_COOKIE": f"{SESSION}={asked.token}"}


def caller(application: WSGIApplication, asked: Asked) -> Callable[[], object]:
    """Return what sends a request to an application, and fails if the answer is another one."""
    payload = b"" if asked.body is None else json.dumps(asked.body).encode()
    answered: list[str] = []

    def start(status: str, *_: Any) -> Callable[[bytes], object]:
        answered.append(status)
        return lambda _: None

    environ = _environ(asked, payload)

    def call() -> None:
        answered.clear()
        body: Iterable[bytes] = application({**environ, "wsgi.input": io.BytesIO(payload)}, start)
        for _ in body:
            pass
        getattr(body, "close", lambda: None)()
        if int(answered[0][:3]) != asked.status:
            raise AssertionError(f"{asked.path} answered {answered[0]}, not {asked.status}")

    return call


def _requests(on: Stage) -> Iterator[tuple[str, Asked]]:
    market = on.market
    bea, ada = (market.identity.sign_in(person.user_id) for person in (on.bea, on.ada))
    order = market.buy(on.bea, *on.listed[:3])
    owned, other = on.listed[0].id, on.listed[5].id
    yield "page: catalogue, cached", Asked("/")
    yield "page: catalogue, cached, signed in", Asked("/", token=bea)
    yield "page: automation", Asked(f"/automations/{other}")
    yield "page: automation, signed in", Asked(f"/automations/{other}", token=bea)
    yield "page: basket", Asked("/basket", token=bea)
    yield "page: order", Asked(f"/orders/{order.id}", token=bea)
    yield "page: library", Asked("/library", token=bea)
    yield "page: selling", Asked("/selling", token=ada)
    yield "page: sales", Asked("/sales", token=ada)
    yield "API: catalogue, cached", Asked("/api/v1/automations")
    yield "API: automation", Asked(f"/api/v1/automations/{other}", token=bea)
    yield "API: basket", Asked("/api/v1/basket", "POST", bea, {"automation_ids": [other]})
    yield (
        "API: checkout again",
        Asked("/api/v1/checkout", "POST", bea, {"automation_ids": [other]}, 201),
    )
    yield "API: order", Asked(f"/api/v1/orders/{order.id}", token=bea)
    yield "API: library", Asked("/api/v1/library", token=bea)
    yield "API: download", Asked(f"/api/v1/library/{owned}/download", "POST", bea)
    yield "API: upload ticket", Asked("/api/v1/uploads", "POST", ada, announcement(), 201)
    yield "API: sales", Asked("/api/v1/sales", token=ada)


def _empty() -> Flask:
    application = Flask("empty")
    application.add_url_rule("/", view_func=lambda: "")
    return application


def run() -> Table:
    """Measure on the marketplace in memory, and return the table."""
    limits = dict.fromkeys(asdict(LimitSettings()), "1000000/second")
    bare = stage()
    on = evolve(bare, market=bare.market.but(rate_limiter=MemoryRateLimiter(limits)))
    application = create_app(on.market.container)
    calls = {"empty Flask request": caller(_empty(), Asked("/"))}
    calls |= {name: caller(application, asked) for name, asked in _requests(on)}
    costs = interleaved(calls, number=100)
    table = Table(title="Pages and API on memory adapters: CPU of one request")
    for heading in ("request", "microseconds", "empty requests"):
        table.add_column(heading, justify="left" if heading == "request" else "right")
    empty = costs["empty Flask request"]
    for name, cost in costs.items():
        table.add_row(name, f"{cost.median:.0f}", _multiple(cost, empty))
    return table


def _multiple(cost: Cost, empty: Cost) -> str:
    return f"{cost.median / empty.median:.1f}"
