"""What sellers send: files, listings and releases."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from koda.domain.model.audit import LONGEST_REASON, SHORTEST_REASON
from koda.domain.model.automations import NOTES_LENGTH
from koda.domain.model.identifiers import UploadId
from koda.domain.model.listings import DESCRIPTION_LENGTH, TITLE_LENGTH
from koda.domain.model.tags import MOST_TAGS, TAG_LENGTH
from koda.domain.model.uploads import FileKind, UploadOffer
from koda.domain.search.catalogue import LONGEST_SEARCH
from koda.domain.usecases.selling.release_version import NewRelease
from koda.domain.usecases.selling.request_upload import UploadRequest
from koda.domain.usecases.selling.revise_automation import Revision
from koda.domain.usecases.selling.submit_automation import Submission
from koda.domain.usecases.selling.view_listings import MOST_READ
from koda.entrypoints.web.api.schemas.common import (
    VERSION_FORM,
    Amount,
    Identifier,
    Moment,
    PageQuery,
    given,
    moment_of,
    text_of,
)

_Title = Annotated[str, text_of(*TITLE_LENGTH)]
_Description = Annotated[str, text_of(*DESCRIPTION_LENGTH)]
_Notes = Annotated[str, text_of(0, NOTES_LENGTH[1])]
_Reason = Annotated[str, text_of(SHORTEST_REASON, LONGEST_REASON)]
_Tags = Annotated[
    tuple[Annotated[str, text_of(TAG_LENGTH[0])], ...],
    Meta(
        description=f"At most {MOST_TAGS} different ones of 1 to 30 characters.",
        extra_json_schema={"maxItems": MOST_TAGS, "uniqueItems": True},
    ),
]
_Category = Annotated[str, Meta(min_length=1, description="What the workflow is for.")]
_Platform = Annotated[str, Meta(min_length=1, description="What runs the workflow.")]
_Extras = Annotated[
    dict[str, Any],
    Meta(description="Values of the marketplace's own fields, by name; null is none."),
]
_SemanticVersion = Annotated[
    str, VERSION_FORM, Meta(description="Three numbers; above every earlier release's.")
]

_Redact = Annotated[
    bool | None,
    Meta(
        description=(
            "Of an upload of which a cleaned file was made: whether that is sold, or the original, "
            "which must have no secret. See the upload's inspection."
        )
    ),
]


class OwnListingsQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of one's own listings, and which part of their list."""

    q: Annotated[
        str,
        text_of(0, LONGEST_SEARCH),
        Meta(
            description=(
                "Words that must all be there, the last one as a beginning. A page may then be "
                f"short, or empty, and have a next one: {MOST_READ} listings are read for it."
            )
        ),
    ] = ""


class Price(Amount, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price in the marketplace's currency, within its bounds."""


class UploadBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file that is about to be uploaded."""

    kind: Annotated[
        str, Meta(extra_json_schema={"enum": [file_kind.value for file_kind in FileKind]})
    ]
    file_name: str
    content_type: Annotated[str, Meta(description="As the extension says, such as image/png.")]
    size: Annotated[int, Meta(description="In bytes.", extra_json_schema={"minimum": 1})]
    sha256: Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9a-f]{64}$"})]

    def upload_request(self) -> UploadRequest:
        """The same in the domain's words."""
        return UploadRequest(
            kind=self.kind,
            file_name=self.file_name,
            content_type=self.content_type,
            size=self.size,
            sha256=self.sha256,
        )


class UploadAnswer(Struct, frozen=True, kw_only=True):
    """How to send the file: `PUT` with `headers`, or `POST` a form of `fields`, the file last."""

    upload_id: str
    method: str
    url: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]
    expires_at: Moment


class SubmissionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new automation; `artifact` and `preview` are upload ids."""

    title: _Title
    description: _Description
    price: Price
    category: _Category
    platform: _Platform
    tags: _Tags = ()
    extras: _Extras = {}
    artifact: Identifier
    preview: Identifier | None = None
    version: _SemanticVersion = "1.0.0"
    notes: _Notes = ""
    redact: _Redact = None

    def submission(self) -> Submission:
        """The same in the domain's words."""
        return Submission(
            title=self.title,
            description=self.description,
            price=self.price.money(),
            category=self.category,
            platform=self.platform,
            tags=self.tags,
            extras=self.extras,
            artifact=UploadId(self.artifact),
            preview=None if self.preview is None else UploadId(self.preview),
            version=self.version,
            notes=self.notes,
            redact=self.redact,
        )


class RevisionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes of a listing; what is left out stays. `preview` is an upload id."""

    title: _Title | UnsetType = UNSET
    description: _Description | UnsetType = UNSET
    price: Price | UnsetType = UNSET
    category: _Category | UnsetType = UNSET
    platform: _Platform | UnsetType = UNSET
    tags: _Tags | UnsetType = UNSET
    extras: _Extras = {}
    preview: Identifier | UnsetType = UNSET

    def revision(self) -> Revision:
        """The same in the domain's words."""
        return Revision(
            title=given(self.title),
            description=given(self.description),
            price=None if isinstance(self.price, UnsetType) else self.price.money(),
            category=given(self.category),
            platform=given(self.platform),
            tags=given(self.tags),
            extras=self.extras,
            preview=None if isinstance(self.preview, UnsetType) else UploadId(self.preview),
        )


class ReleaseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new version; `artifact` is the upload id of its file."""

    version: _SemanticVersion
    artifact: Identifier
    notes: _Notes = ""
    redact: _Redact = None

    def new_release(self) -> NewRelease:
        """The same in the domain's words."""
        return NewRelease(
            version=self.version,
            artifact=UploadId(self.artifact),
            notes=self.notes,
            redact=self.redact,
        )


class ReasonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an administrative action is taken; the audit log keeps it."""

    reason: _Reason


class DecisionBody(ReasonBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a review ends so, and `seen`, the newest version that was looked at.

    With it the decision is refused as stale where the seller released a newer one meanwhile.
    """

    seen: _SemanticVersion | UnsetType = UNSET


def upload_answer(offer: UploadOffer) -> UploadAnswer:
    """Present how to send a file."""
    return UploadAnswer(
        upload_id=offer.upload_id,
        method=offer.method,
        url=offer.url,
        headers=offer.headers,
        fields=offer.fields,
        expires_at=moment_of(offer.expires_at),
    )
