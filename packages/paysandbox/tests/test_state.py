import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import connect, open_seller, session_of
from paysandbox import Sandbox, SandboxControl
from paysandbox.command import main
from paysandbox.state import State


def start_process(*arguments: str) -> "tuple[subprocess.Popen[str], SandboxControl]":
    """A sandbox in a process of its own, and its control."""
    process = subprocess.Popen(
        [sys.executable, "-m", "paysandbox", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("sandbox ready at http://127.0.0.1:")
    return process, SandboxControl(line.split()[-1])


def remote_client(control: SandboxControl) -> stripe.StripeClient:
    """The Stripe library speaking to another process."""
    return stripe.StripeClient(control.secret_key, base_addresses={"api": control.stripe_url})


def test_killed_process_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """Sessions, money, keys and secrets are there after kill -9."""
    state = str(tmp_path / "state.sqlite")
    process, control = start_process("--state", state, "--people", "none")
    client = remote_client(control)
    key: Any = {"idempotency_key": "k"}
    session = client.v1.checkout.sessions.create(session_of(1000), key)
    control.pay(session.id)
    control.capture(session.id)
    before = (control.balances(), control.secret_key, control.webhook_secret)
    token_key = control.clerk.public_key()
    process.kill()
    process.communicate(timeout=10)

    process, control = start_process("--state", state, "--people", "none")
    again = remote_client(control).v1.checkout.sessions.create(session_of(1000), key)
    after = (control.balances(), control.secret_key, control.webhook_secret)
    control.assert_balanced()
    assert control.clerk.public_key() == token_key
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)

    assert process.returncode == 0
    assert after == before
    assert again.id == session.id


def test_restart_keeps_what_was_set_up(tmp_path: Path) -> None:
    """Accounts, people, clock and endpoints; new values given at the start replace old ones."""
    state = str(tmp_path / "state.sqlite")
    with Sandbox.start(state=state, webhook="http://127.0.0.1:9/") as first:
        seller = open_seller(first, connect(first))
        first.add_person(id="user_zoe", first_name="Zoe")
        first.clock.fix(1_800_000_000)
        secret = first.webhook_secret

    with Sandbox.start(state=state, secret_key="sk_test_new") as second:
        account = connect(second).v1.accounts.retrieve(seller)

        assert account.payouts_enabled is True
        assert second.clock.now() == 1_800_000_000
        assert [row["id"] for row in second.objects("user")][-1] == "user_zoe"
        assert [row["url"] for row in second.objects("webhook_endpoint")] == ["http://127.0.0.1:9/"]
        assert (second.webhook_secret, second.secret_key) == (secret, "sk_test_new")


def test_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    """Nor does it run what was to follow."""
    state = State(str(tmp_path / "state.sqlite"))
    followed: list[int] = []
    state.when_kept(lambda: followed.append(0))

    def change_and_fail() -> None:
        with state.transaction():
            state.put("thing", {"id": "a"})
            state.when_kept(lambda: followed.append(1))
            with state.transaction():
                state.put("thing", {"id": "b"})
            raise RuntimeError("too late")

    with pytest.raises(RuntimeError):
        change_and_fail()
    with state.transaction():
        state.when_kept(lambda: followed.append(2))

    assert state.find("thing") == []
    assert followed == [0, 2]
    state.close()


def test_what_is_read_can_be_changed_without_effect(tmp_path: Path) -> None:
    """Only `put` keeps a change; the order is that of the first `put`."""
    state = State()
    state.put("thing", {"id": "a", "list": []})
    state.put("thing", {"id": "b"})
    read = state.get("thing", "a")
    assert read is not None
    read["list"].append(1)
    state.put("thing", {"id": "a", "list": []})

    assert state.find("thing") == [{"id": "a", "list": []}, {"id": "b"}]
    assert state.first("thing", id="c") is None
    state.close()


@pytest.mark.parametrize("content", ["{", "{}", "[1]"])
def test_unusable_people_file_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    """With one sentence and exit code 2."""
    people = tmp_path / "people.json"
    people.write_text(content)

    assert main(["--people", str(people)]) == 2
    assert "The sandbox cannot start:" in capsys.readouterr().err


def test_taken_port_and_broken_state_stop_the_start(
    tmp_path: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """Likewise."""
    broken = tmp_path / "state.sqlite"
    broken.write_text("this is no database, but long enough to be looked at " * 100)

    assert main(["--port", sandbox.url.rpartition(":")[2]]) == 2
    assert main(["--state", str(broken)]) == 2
    assert capsys.readouterr().err.count("cannot start") == 2


def test_program_ends_with_the_one_that_holds_its_input() -> None:
    """However that one ends: its end of the pipe closes with it."""
    process, control = start_process("--until-stdin-closes", "--people", "none")
    assert control.objects("user") == []

    process.communicate(timeout=10)

    assert process.returncode == 0


def test_people_come_from_a_file(tmp_path: Path) -> None:
    """The program serves until it is interrupted."""
    people = tmp_path / "people.json"
    people.write_text(json.dumps([{"id": "user_file", "first_name": "Fay"}]))
    process, control = start_process("--people", str(people), "--url", "http://localhost:9")

    named = [row["first_name"] for row in control.objects("user")]
    assert control.url == "http://localhost:9"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)

    assert (named, process.returncode) == (["Fay"], 0)
