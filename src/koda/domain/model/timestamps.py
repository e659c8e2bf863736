"""Timestamps as whole milliseconds since 1970, the precision that every store keeps."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_milliseconds(moment: datetime) -> int:
    """An aware time as whole milliseconds since 1970; what is finer is cut off."""
    return (moment - _EPOCH) // _MILLISECOND


def from_milliseconds(count: int) -> datetime:
    """The UTC time that is `count` milliseconds after the beginning of 1970."""
    return _EPOCH + count * _MILLISECOND
