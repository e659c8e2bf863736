"""Options of commands that are about days: which, and in which time zone."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from koda.domain.model.periods import EARLIEST, Period

Command = TypeVar("Command", bound=Callable[..., object])


class Day(click.ParamType[date]):
    """A day as ISO 8601 writes it."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read a day, or fail with what is expected."""
        try:
            return date.fromisoformat(f"{value}")
        except ValueError:
            self.fail(f"{value!r} is no day such as 2026-03-31", param, ctx)


class Zone(click.ParamType[ZoneInfo]):
    """A time zone of the IANA database."""

    name = "ZONE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        """Find a zone, or fail with what is expected."""
        try:
            return ZoneInfo(f"{value}")
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"{value!r} is no time zone such as Europe/Berlin", param, ctx)


def zone_option(command: Command) -> Command:
    """Give a command the option `--zone`."""
    told = "The time zone in which days begin and end; UTC by default."
    return click.option("--zone", type=Zone(), default="UTC", help=told)(command)


def period_options(command: Command) -> Command:
    """Give a command `--from`, `--to` and `--zone`, for `period_of`."""
    first = click.option("--from", "first", type=Day(), help="The first day; all by default.")
    last = click.option("--to", "last", type=Day(), help="The last day; today by default.")
    return first(last(zone_option(command)))


def period_of(first: date | None, last: date | None, zone: ZoneInfo, now: datetime) -> Period:
    """The period that was asked for at `now`.

    Raises:
        InvalidValue: it ends before it begins, or is centuries away.
    """
    return Period.of_days(first or EARLIEST, last or now.astimezone(zone).date(), zone)
