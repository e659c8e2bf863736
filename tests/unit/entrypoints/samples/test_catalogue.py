import json
from pathlib import PurePosixPath

import pytest

from koda.domain.inspection.artifacts import check_artifact
from koda.domain.model.listings import Category, Listing, Platform
from koda.domain.model.policy import Policy
from koda.domain.model.uploads import ARTIFACT_TYPES, FileKind, check_upload
from koda.entrypoints.samples.catalogue import ADMIN, BUYER, SAMPLES, SELLERS, Sample
from paysandbox.clerk.users import DEFAULT_PEOPLE

SHAPES = {
    Platform.N8N: {"name", "nodes", "connections", "settings"},
    Platform.MAKE: {"name", "flow", "metadata"},
    Platform.ZAPIER: {"metadata", "zaps"},
    Platform.OTHER: {"steps"},
}


def test_every_platform_and_category_has_a_sample() -> None:
    """So that each filter of the catalogue shows something."""
    assert {sample.platform for sample in SAMPLES} == set(Platform)
    assert {sample.category for sample in SAMPLES} == set(Category)


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
    check_artifact(sample.file, sample.content)
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
    [sample for sample in SAMPLES if sample.platform is Platform.N8N],
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
