"""Stripe's own OpenAPI document, as a judge of the sandbox's answers."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).parents[3]
DOCUMENT = Path(
    os.environ.get("KODA_STRIPE_OPENAPI", ROOT.parent / "shared" / "stripe" / "openapi-subset.json")
)
ADDRESS = "urn:stripe"


def as_json_schema(schema: Any) -> Any:
    """The same schema with OpenAPI 3.0's `nullable` said in JSON Schema's words."""
    if isinstance(schema, list):
        return [as_json_schema(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: as_json_schema(part) for name, part in schema.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


@cache
def document() -> Any:
    """The whole document."""
    return as_json_schema(json.loads(DOCUMENT.read_text(encoding="utf-8")))


@cache
def judge(name: str) -> Draft202012Validator:
    """The validator of one of Stripe's objects."""
    resource = DRAFT202012.create_resource(document())
    registry: Any = Registry().with_resource(ADDRESS, resource)
    reference = {"$ref": f"{ADDRESS}#/components/schemas/{name}"}
    return Draft202012Validator(reference, registry=registry)


def faults_of(name: str, body: Any) -> list[str]:
    """What is wrong with an object: breaches of its schema, and fields that it does not have."""
    known = set(document()["components"]["schemas"][name]["properties"])
    breaches = [
        f"{error.json_path}: {error.message}"[:300] for error in judge(name).iter_errors(body)
    ]
    return breaches + [f"{field}: no such field" for field in set(body) - known]
