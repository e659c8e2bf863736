import pytest

from tests.unit.domain.inspection.report.described import BASE, asking, n8n, node

SCHEDULE = f"{BASE}.scheduleTrigger"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({}, "every day"),
        ({"field": "hours"}, "every hour"),
        ({"field": "hours", "hoursInterval": 2}, "every 2 hours"),
        ({"field": "minutes"}, "every 5 minutes"),
        ({"field": "weeks", "triggerAtDay": [1]}, "every week"),
        (
            {"field": "cronExpression", "expression": "0 9 * * 1"},
            "by the cron expression 0 9 * * 1",
        ),
        ({"field": "eons"}, "at times of its own"),
        ({"field": "days", "daysInterval": "={{ 2 }}"}, "at times of its own"),
        ({"field": "days", "daysInterval": 0}, "at times of its own"),
    ],
)
def test_schedules_are_said(rule: dict[str, object], said: str) -> None:
    """As n8n understands its rules; what is worked out is not guessed."""
    report = n8n(asking(SCHEDULE, rule={"interval": [rule]}))

    assert [str(time) for time in report.schedules] == [said]


def test_several_schedules_are_said_once_each() -> None:
    """Those of older nodes only that they are there."""
    report = n8n(
        asking(SCHEDULE, "A"),
        asking(SCHEDULE, "B", rule={"interval": [{}, {"field": "hours"}]}),
        node(f"{BASE}.cron"),
        node(f"{BASE}.if"),
    )

    said = [str(time) for time in report.schedules]
    assert said == ["every day", "every hour", "at times of its own"]
