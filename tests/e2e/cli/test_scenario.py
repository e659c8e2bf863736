from typing import Any

import pytest
import requests
from attrs import evolve

from koda.domain.model.errors import Unavailable
from koda.entrypoints.cli.demo import all_held
from koda.entrypoints.demo.scenario import Scenario
from koda.entrypoints.demo.stage import Stage, set_up
from paysandbox.steering import WebhooksControl


class Tampered(requests.Session):
    """A browser on whose way every download changes."""

    def get(self, url: str | bytes, **options: Any) -> requests.Response:
        """Answer with a byte more than was sent."""
        answer = super().get(url, **options)
        answer._content = answer.content + b" "
        return answer


def test_scenario_that_holds_is_told_in_eleven_steps() -> None:
    """Every check of every step."""
    with set_up() as stage:
        steps = list(Scenario(stage).play())

    assert len(steps) == 11
    assert all_held(steps)


def test_file_that_changed_on_its_way_is_noticed() -> None:
    """The demo does not hold then, whatever else does."""
    with set_up() as stage, Tampered() as browser:
        browser.trust_env = False
        steps = list(Scenario(evolve(stage, browser=browser)).play())

    failed = [name for step in steps for name, holds in step.checks.items() if not holds]
    assert failed == ["the bytes are identical"] * 2
    assert not all_held(steps)


def test_money_that_is_elsewhere_is_noticed() -> None:
    """A seller who was paid out meanwhile: the table shows what the provider holds."""
    with set_up() as stage:
        scenario = Scenario(stage)
        steps = []
        for step in scenario.play():
            steps.append(step)
            if len(steps) == 10:
                stage.sandbox.pay_out(next(iter(scenario.accounts.values())), 100)

    assert steps[-1].checks == {
        "the shares are the whole": True,
        "the provider's balances are the nets": False,
    }


def test_messages_that_do_not_arrive_stop_the_scenario() -> None:
    """With an error that says that the site does not answer."""
    with set_up() as stage:
        scenario = Scenario(stage)
        impatient(stage)
        with pytest.raises(Unavailable, match="site"):
            list(scenario.play())


def impatient(stage: Stage) -> None:
    """Let the sandbox say at once that its messages are still on their way."""
    known = stage.sandbox._perform
    stage.sandbox.webhooks = WebhooksControl(
        lambda name, arguments: False if name == "drain" else known(name, arguments), str
    )


def test_order_is_asked_for_in_its_time() -> None:
    """Before checkout there is none."""
    with set_up() as stage, pytest.raises(LookupError, match="before checkout"):
        _ = Scenario(stage).order
