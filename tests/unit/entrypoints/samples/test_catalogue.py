import json
from pathlib import PurePosixPath

import pytest
from attrs import evolve

from koda.adapters.memory.secret_scanner import MemorySecretScanner
from koda.domain.inspection.preparing import prepared
from koda.domain.model.announcements import ARTIFACT_TYPES, check_upload
from koda.domain.model.identifiers import UploadId
from koda.domain.model.listings import Listing
from koda.domain.model.platforms import CATEGORIES, PLATFORMS, Platform
from koda.domain.model.policy import Policy
from koda.domain.model.uploads import FileKind
from koda.entrypoints.samples.catalogue import ADMIN, BUYER, SAMPLES, SELLERS, Sample
from paysandbox.clerk.users import DEFAULT_PEOPLE

SHAPES = {
    "n8n": {"name", "nodes", "connections", "settings"},
    "Make": {"name", "flow", "metadata"},
    "Zapier": {"metadata", "zaps"},
    "Other": {"steps"},
}


def test_every_platform_and_category_has_a_sample() -> None:
    """So that each filter of the catalogue shows something."""
    assert {sample.platform for sample in SAMPLES} == {platform.name for platform in PLATFORMS}
    assert {sample.category for sample in SAMPLES} == set(CATEGORIES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
def test_sample_is_a_listing_that_the_marketplace_takes(sample: Sample) -> None:
    """Its words, its price and its file pass every check of a real one."""
    policy = Policy()
    kind = ARTIFACT_TYPES[PurePosixPath(sample.file).suffix]

    listing = Listing.propose(
        policy,
        title=sample.title,
        description=sample.description,
        price=sample.price,
        category=sample.category,
        platform=sample.platform,
        tags=sample.tags,
    )

    assert listing.tags == sample.tags
    assert prepared(sample.file, sample.content, MemorySecretScanner().scan).redaction.changes == ()
    name = check_upload(FileKind.ARTIFACT, sample.file, kind, len(sample.content), policy)
    assert name == sample.file


@pytest.mark.parametrize(
    "sample",
    [sample for sample in SAMPLES if sample.file.endswith(".json")],
    ids=lambda sample: sample.file,
)
def test_export_has_the_shape_of_its_platform(sample: Sample) -> None:
    """What the platform's own import reads is there."""
    assert SHAPES[sample.platform] <= set(json.loads(sample.content))


@pytest.mark.parametrize(
    "sample",
    [sample for sample in SAMPLES if sample.platform == "n8n"],
    ids=lambda sample: sample.file,
)
def test_connections_of_n8n_lead_to_nodes(sample: Sample) -> None:
    """No step hangs in the air, and no two have the same name or id."""
    flow = json.loads(sample.content)
    names = [node["name"] for node in flow["nodes"]]
    targets = [
        target["node"]
        for outputs in flow["connections"].values()
        for output in outputs["main"]
        for target in output
    ]

    assert len(set(names)) == len({node["id"] for node in flow["nodes"]}) == len(names)
    assert {*targets, names[0]} == set(names)
    assert set(flow["connections"]) < set(names)


def test_people_of_the_samples_are_those_of_the_sandbox() -> None:
    """All but those that the seeding makes, who have an address for that."""
    known = {
        person["id"]: f"{person['first_name']} {person['last_name']}" for person in DEFAULT_PEOPLE
    }

    made = [person for person in (*SELLERS, BUYER, ADMIN) if person.id not in known]

    assert [person.email for person in made] == ["lina@example.com"]
    assert all(
        known[person.id] == person.name for person in (BUYER, ADMIN, *SELLERS) if person not in made
    )


@pytest.mark.parametrize(
    ("platforms", "category", "of"),
    [
        (("make:make",), "productivity", ("make", "productivity")),
        (("Own:make", "Rest:none"), "Sales", ("Own", "Sales")),
        (("Own:n8n", "Rest:python"), "Homes", ("Rest", "Homes")),
    ],
)
def test_a_sample_is_of_what_the_marketplace_has(
    platforms: tuple[str, ...], category: str, of: tuple[str, str]
) -> None:
    """The same name in any case, or a platform whose files are read alike, or the last one."""
    policy = Policy(platforms=tuple(map(Platform.parse, platforms)), categories=(category,))
    sample = evolve(SAMPLES[0], platform="Make", category="Productivity")
    submission = sample.submission(policy, UploadId("upl_1"))

    assert (submission.platform, submission.category) == of
