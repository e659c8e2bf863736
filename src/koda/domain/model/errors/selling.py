"""Errors of listing, releasing and uploading."""

from typing import ClassVar

from attrs import define

from koda.domain.model.errors.roots import Conflict


@define(slots=False)
class PayoutsNotReady(Conflict):
    """The caller wants to sell and cannot be paid, so nothing of theirs can be listed."""

    code: ClassVar[str] = "payouts_not_ready"

    @property
    def message(self) -> str:
        return "You cannot be paid yet; finish the set-up of your payouts, then list."


@define(slots=False)
class VersionTaken(Conflict):
    """A release whose version is not above the newest one."""

    code: ClassVar[str] = "version_taken"
    version: str
    newest: str

    @property
    def message(self) -> str:
        return f"Version {self.version} is not above {self.newest}; choose a higher one."


@define(slots=False)
class UploadMissing(Conflict):
    """The announced bytes are not in storage."""

    code: ClassVar[str] = "upload_missing"
    upload_id: str

    @property
    def message(self) -> str:
        return "The file has not arrived in storage; upload it again and retry."


@define(slots=False)
class InspectionBusy(Conflict):
    """As many uploads as one process looks into are being looked into."""

    code: ClassVar[str] = "inspection_busy"

    @property
    def message(self) -> str:
        return "Other files are being checked right now; wait a few seconds and try again."
