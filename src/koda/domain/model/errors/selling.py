"""Errors of listing, releasing and uploading."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict
from koda.domain.model.sentences import translatable


@define(slots=False, repr=False)
class PayoutsNotReady(Conflict):
    """The caller wants to sell and cannot be paid, so nothing of theirs can be listed."""

    code: ClassVar[str] = "payouts_not_ready"
    template: ClassVar[str] = translatable(
        "You cannot be paid yet; finish the set-up of your payouts, then list."
    )


@define(slots=False, repr=False)
class VersionTaken(Conflict):
    """A release whose version is not above the newest one."""

    code: ClassVar[str] = "version_taken"
    template: ClassVar[str] = translatable(
        "Version {version} is not above {newest}; choose a higher one."
    )
    version: str
    newest: str


@define(slots=False, repr=False)
class UploadMissing(Conflict):
    """The announced bytes are not in storage."""

    code: ClassVar[str] = "upload_missing"
    template: ClassVar[str] = translatable(
        "The file has not arrived in storage; upload it again and retry."
    )
    upload_id: str


@define(slots=False, repr=False)
class InspectionBusy(Conflict):
    """As many uploads as one process looks into are being looked into."""

    code: ClassVar[str] = "inspection_busy"
    template: ClassVar[str] = translatable(
        "Other files are being checked right now; wait a few seconds and try again."
    )
