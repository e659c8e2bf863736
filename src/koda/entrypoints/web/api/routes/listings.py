"""Selling: uploads, listings and releases."""

from koda.domain.model.errors import (
    Expired,
    InspectionBusy,
    InvalidForm,
    InvalidValue,
    NotFound,
    PayoutsNotReady,
    StaleWrite,
    UploadMissing,
    VersionTaken,
    WrongState,
)
from koda.domain.model.identifiers import AutomationId, UploadId
from koda.entrypoints.web.api.operations import Access, AnyOperation, Call, Operation
from koda.entrypoints.web.api.schemas.automations import (
    AutomationAnswer,
    ListingsAnswer,
    automation_answer,
    listings_answer,
)
from koda.entrypoints.web.api.schemas.common import Nothing, given
from koda.entrypoints.web.api.schemas.inspections import (
    InspectionAnswer,
    InspectionQuery,
    inspection_answer,
)
from koda.entrypoints.web.api.schemas.listings import (
    OwnListingsQuery,
    ReleaseBody,
    RevisionBody,
    SubmissionBody,
    UploadAnswer,
    UploadBody,
    upload_answer,
)


def request_upload(call: Call[Nothing, UploadBody]) -> UploadAnswer:
    """Answer how to send a file straight to storage."""
    return upload_answer(call.use_cases.request_upload(call.principal, call.body.upload_request()))


def inspect_upload(call: Call[InspectionQuery, Nothing]) -> InspectionAnswer:
    """Answer what is found in an upload."""
    release_of = given(call.query.automation_id)
    automation_id = None if release_of is None else AutomationId(release_of)
    upload_id = UploadId(call.path["upload_id"])
    return inspection_answer(
        call.use_cases.inspect_upload(call.principal, upload_id, automation_id)
    )


def submit(call: Call[Nothing, SubmissionBody]) -> AutomationAnswer:
    """Put an automation up for sale."""
    automation = call.use_cases.submit_automation(call.principal, call.body.submission())
    return automation_answer(automation, call.preview)


def revise(call: Call[Nothing, RevisionBody]) -> AutomationAnswer:
    """Change what is said of a listing."""
    revision = call.body.revision()
    automation = call.use_cases.revise_automation(call.principal, call.automation_id, revision)
    return automation_answer(automation, call.preview)


def release(call: Call[Nothing, ReleaseBody]) -> AutomationAnswer:
    """Add a release."""
    new = call.body.new_release()
    automation = call.use_cases.release_version(call.principal, call.automation_id, new)
    return automation_answer(automation, call.preview)


def withdraw(call: Call[Nothing, Nothing]) -> AutomationAnswer:
    """Take a listing off sale."""
    automation = call.use_cases.withdraw_automation(call.principal, call.automation_id)
    return automation_answer(automation, call.preview)


def list_own(call: Call[OwnListingsQuery, Nothing]) -> ListingsAnswer:
    """Answer a page of the caller's own listings."""
    cursor, limit = given(call.query.cursor), given(call.query.limit)
    page = call.use_cases.view_listings(call.principal, cursor, limit, call.query.q)
    return listings_answer(page, call.preview)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        name="request_upload",
        method="POST",
        path="/uploads",
        subject="Selling",
        summary="Announce a file and learn how to send it straight to storage",
        access=Access.REQUIRED,
        query=Nothing,
        body=UploadBody,
        answer=UploadAnswer,
        handle=request_upload,
        status=201,
        errors=(InvalidValue, PayoutsNotReady),
        limit="upload",
    ),
    Operation(
        name="inspect_upload",
        method="GET",
        path="/uploads/{upload_id}/inspection",
        subject="Selling",
        summary="See what is in an uploaded workflow file, and what is taken out of it for buyers",
        access=Access.REQUIRED,
        query=InspectionQuery,
        body=Nothing,
        answer=InspectionAnswer,
        handle=inspect_upload,
        errors=(InvalidValue, NotFound, Expired, UploadMissing, InspectionBusy),
    ),
    Operation(
        name="submit_automation",
        method="POST",
        path="/automations",
        subject="Selling",
        summary="Put an uploaded automation up for sale",
        access=Access.REQUIRED,
        query=Nothing,
        body=SubmissionBody,
        answer=AutomationAnswer,
        handle=submit,
        status=201,
        errors=(
            InvalidValue,
            InvalidForm,
            NotFound,
            PayoutsNotReady,
            Expired,
            UploadMissing,
            InspectionBusy,
        ),
        limit="submit",
    ),
    Operation(
        name="revise_automation",
        method="PATCH",
        path="/automations/{automation_id}",
        subject="Selling",
        summary="Change what is said of one's own listing, its price or picture",
        access=Access.REQUIRED,
        query=Nothing,
        body=RevisionBody,
        answer=AutomationAnswer,
        handle=revise,
        errors=(
            InvalidValue,
            InvalidForm,
            NotFound,
            WrongState,
            StaleWrite,
            Expired,
            UploadMissing,
            InspectionBusy,
        ),
        limit="submit",
    ),
    Operation(
        name="release_version",
        method="POST",
        path="/automations/{automation_id}/releases",
        subject="Selling",
        summary="Release a new version of one's own automation",
        access=Access.REQUIRED,
        query=Nothing,
        body=ReleaseBody,
        answer=AutomationAnswer,
        handle=release,
        status=201,
        errors=(
            InvalidValue,
            NotFound,
            VersionTaken,
            WrongState,
            StaleWrite,
            Expired,
            UploadMissing,
            InspectionBusy,
        ),
        limit="submit",
    ),
    Operation(
        name="withdraw_automation",
        method="POST",
        path="/automations/{automation_id}/withdraw",
        subject="Selling",
        summary="Take one's own listing off sale for good; buyers keep their files",
        access=Access.REQUIRED,
        query=Nothing,
        body=Nothing,
        answer=AutomationAnswer,
        handle=withdraw,
        errors=(NotFound, WrongState, StaleWrite),
    ),
    Operation(
        name="view_listings",
        method="GET",
        path="/seller/automations",
        subject="Selling",
        summary="List one's own automations in every state, newest first",
        access=Access.REQUIRED,
        query=OwnListingsQuery,
        body=Nothing,
        answer=ListingsAnswer,
        handle=list_own,
        errors=(InvalidValue, InvalidForm),
    ),
)
