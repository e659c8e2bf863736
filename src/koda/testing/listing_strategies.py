"""Hypothesis strategies for listings and their files."""

from hypothesis import strategies as st

from koda.domain.model.automations import (
    Automation,
    AutomationState,
    Release,
)
from koda.domain.model.extras import LARGEST_NUMBER, Extra
from koda.domain.model.identifiers import (
    AutomationId,
    FileKey,
    UploadId,
    UserId,
)
from koda.domain.model.listings import Listing
from koda.domain.model.platforms import CATEGORIES, PLATFORMS
from koda.domain.model.redactions import Change
from koda.domain.model.reviews import Review, ReviewKind
from koda.domain.model.sizes import ARTIFACT_CEILING
from koda.domain.model.tags import MOST_TAGS, normal_tag
from koda.domain.model.uploads import (
    LARGEST_SIDE,
    CleanedArtifact,
    FileKind,
    Finding,
    Preview,
    Refused,
    SizedPicture,
    SoundArtifact,
    SoundPreview,
    StoredFile,
    Unchecked,
    UploadTicket,
)
from koda.testing.report_strategies import reports
from koda.testing.strategies import (
    IDENTIFIERS,
    amounts,
    digests,
    ids,
    names,
    sentences,
    texts,
    timestamps,
    versions,
)


def tags() -> st.SearchStrategy[tuple[str, ...]]:
    """Some different tags as a listing keeps them."""
    tag = texts(1, 30).map(normal_tag).filter(lambda text: 1 <= len(text.strip()) <= 30)
    stable = tag.filter(lambda text: text == normal_tag(text))
    return st.lists(stable, max_size=MOST_TAGS, unique=True).map(tuple)


def extras() -> st.SearchStrategy[tuple[Extra, ...]]:
    """Some extras of every kind as a listing keeps them."""
    value = st.booleans() | st.integers(-LARGEST_NUMBER, LARGEST_NUMBER) | names()
    named = st.sampled_from(("a", "b_2", "größe", "सेटअप"))
    return st.dictionaries(named, value, max_size=3).map(
        lambda values: tuple(Extra(name, values[name]) for name in sorted(values))
    )


def stored_files() -> st.SearchStrategy[StoredFile]:
    """Files as they lie in storage."""
    return st.builds(
        StoredFile,
        digests().map(lambda content_digest: FileKey(f"artifacts/{content_digest}")),
        texts(1, 100),
        st.sampled_from(["application/json", "text/x-python", "image/png"]),
        st.integers(1, ARTIFACT_CEILING),
        digests(),
    )


def previews() -> st.SearchStrategy[Preview]:
    """Pictures in one to three sizes."""
    side = st.integers(1, LARGEST_SIDE)
    sized = st.builds(SizedPicture, stored_files(), side, side)
    return st.builds(Preview, st.lists(sized, min_size=1, max_size=3).map(tuple))


def redacted_places() -> st.SearchStrategy[Change]:
    """Places of a file that a redaction changed."""
    return st.builds(Change, sentences(50), texts(1, 80), texts(0, 20), texts(0, 20))


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """What is known of an upload's content."""
    known = st.one_of(
        st.just(Unchecked()),
        st.builds(SoundArtifact, stored_files(), reports(), texts(3, 100)),
        st.builds(
            CleanedArtifact,
            stored_files(),
            reports(),
            st.lists(redacted_places(), max_size=2).map(tuple),
            st.integers(1, 500),
            st.none() | reports(),
        ),
        st.builds(SoundPreview, previews()),
        st.builds(Refused, sentences()),
    )
    return draw(known)


def listings() -> st.SearchStrategy[Listing]:
    """What sellers say of their automations."""
    return st.builds(
        Listing,
        texts(3, 100),
        texts(20, 2000),
        amounts(),
        st.sampled_from(CATEGORIES) | names(),
        st.sampled_from([platform.name for platform in PLATFORMS]) | names(),
        tags(),
        extras(),
    )


def releases() -> st.SearchStrategy[Release]:
    """Releases of any version, their notes often empty."""
    return st.builds(
        Release, versions(), stored_files(), st.just("") | texts(0, 2000), timestamps(), reports()
    )


def automations(
    automation_ids: st.SearchStrategy[str] = IDENTIFIERS,
) -> st.SearchStrategy[Automation]:
    """Automations in every state, with one to three releases."""
    return st.builds(
        Automation,
        automation_ids.map(AutomationId),
        ids("user").map(UserId),
        listings(),
        st.lists(releases(), min_size=1, max_size=3).map(tuple),
        st.none() | previews(),
        st.sampled_from(AutomationState),
        timestamps(),
        timestamps(),
        st.none() | timestamps(),
        review=st.none() | reviews(),
    )


def reviews() -> st.SearchStrategy[Review]:
    """Reasons why listings wait for a moderator."""
    others = st.none() | ids("aut").map(AutomationId)
    return st.builds(Review, st.sampled_from(ReviewKind), timestamps(), others)


def upload_tickets() -> st.SearchStrategy[UploadTicket]:
    """Upload tickets of both kinds."""
    return st.builds(
        UploadTicket,
        IDENTIFIERS.map(UploadId),
        IDENTIFIERS.map(UserId),
        st.sampled_from(FileKind),
        texts(1, 100),
        st.sampled_from(["application/json", "image/png"]),
        st.integers(1, ARTIFACT_CEILING),
        digests(),
        timestamps(),
        findings(),
    )
