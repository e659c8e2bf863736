"""The sandbox as a program of its own."""

import argparse
import json
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from paysandbox.clerk.users import DEFAULT_PEOPLE
from paysandbox.embedded import PUBLIC, SURE, Options, Sandbox
from paysandbox.errors import ApiError, ClerkError, Json

TEXTS = {
    "host": f"address to listen on (default: 127.0.0.1); others than loopback need {PUBLIC}={SURE}",
    "state": "SQLite file that keeps everything (default: memory, forgotten at the end)",
    "url": "address under which browsers reach the sandbox, if not the one it listens on",
    "webhook": "where messages about the platform go",
    "connect-webhook": "where messages about connected accounts go",
    "clerk-webhook": "where messages about people go",
    "currency": "currency of the platform's own account (default: eur)",
    "capture-delay": "seconds between a charge's success and its capture (default: 1)",
    "available-delay": "seconds between the capture and its money being available (default: 0)",
    "secret-key": "Stripe's secret key (default: made up, and kept in the state)",
    "clerk-secret-key": "Clerk's secret key",
    "webhook-secret": "signs messages about the platform",
    "connect-webhook-secret": "signs messages about connected accounts",
    "clerk-webhook-secret": "signs messages about people: whsec_ and base64",
}


def main(argv: Sequence[str] | None = None, *, prog: str = "paysandbox") -> int:
    """Serve a sandbox until interrupted or terminated.

    Prints `sandbox ready at http://HOST:PORT` once it answers. Returns the exit code: 0, or 2 if
    the arguments cannot be used. `prog` is the command that its help names.
    """
    arguments = vars(make_parser(prog).parse_args(argv))
    bound = arguments.pop("until_stdin_closes")
    try:
        options = Options(
            public=_public(), people=_people(arguments.pop("people")), **_given(arguments)
        )
        sandbox = Sandbox(options)
    except (OSError, ValueError, ApiError, ClerkError, sqlite3.Error) as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)  # noqa: T201 - a program's voice
        return 2
    stopped = threading.Event()
    _stop_on_signals(stopped)
    if bound:
        threading.Thread(target=_stop_at_end_of_input, args=(stopped,), daemon=True).start()
    with sandbox:
        sandbox.serve()
        print(f"sandbox ready at {sandbox.address}", flush=True)  # noqa: T201 - see above
        stopped.wait()
    return 0


def make_parser(prog: str = "paysandbox") -> argparse.ArgumentParser:
    """Return the parser of the command line, which also describes it."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="A stateful Stripe and Clerk on loopback. No money moves.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (0: a free one)")
    parser.add_argument(
        "--people",
        default="default",
        help="JSON file with a list of people who can sign in, or 'default' or 'none'",
    )
    parser.add_argument("--seed", type=int, help="the same seed and calls give the same ids")
    parser.add_argument(
        "--moment", type=float, help="seconds since the epoch at which the clock stands"
    )
    parser.add_argument(
        "--unordered", action="store_true", help="send messages at once and in any order"
    )
    parser.add_argument(
        "--strict", action="store_true", help="hold requests against the Stripe library's types"
    )
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="stop when standard input ends: with the program that holds the other end of it",
    )
    for name, text in TEXTS.items():
        parser.add_argument(f"--{name}", help=text)
    return parser


def _public() -> bool:
    told = os.environ.get(PUBLIC, "")
    if told not in {"", SURE}:
        raise ValueError(f"{PUBLIC} must be {SURE}, or be left out")
    return bool(told)


def _given(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _people(source: str) -> Sequence[Json]:
    if source == "default":
        return DEFAULT_PEOPLE
    if source == "none":
        return ()
    people = json.loads(Path(source).read_text(encoding="utf-8"))
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
        raise ValueError(f"{source} must hold a JSON list of objects")
    return people


def _stop_on_signals(stopped: threading.Event) -> None:
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())


def _stop_at_end_of_input(stopped: threading.Event) -> None:
    """Read the descriptor itself: a thread inside `sys.stdin` would break the interpreter's end."""
    while os.read(0, 4096):
        continue
    stopped.set()
