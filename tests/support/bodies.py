"""What clients of the API send."""

from typing import Any

from koda.testing.examples import WORKFLOW, digest
from koda.testing.marketplace import DESCRIPTION


def announcement(content: bytes = WORKFLOW, **changes: Any) -> dict[str, Any]:
    """What is said of a workflow file before it is uploaded."""
    return {
        "kind": "artifact",
        "file_name": "flow.json",
        "content_type": "application/json",
        "size": len(content),
        "sha256": digest(content),
    } | changes


def submission(upload: str, **changes: Any) -> dict[str, Any]:
    """What is said of an automation whose file was uploaded."""
    return {
        "title": "Post to every network",
        "description": DESCRIPTION,
        "price": {"amount": 1250, "currency": "EUR"},
        "category": "Social Media",
        "platform": "n8n",
        "tags": ["posting"],
        "artifact": upload,
    } | changes
