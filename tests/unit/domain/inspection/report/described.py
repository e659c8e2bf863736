"""Small files of the three platforms, described."""

from typing import Any

from koda.domain.inspection.recognition import recognised
from koda.domain.inspection.report.describing import report_of
from koda.domain.model.reports import WorkflowReport

BASE, AI = "n8n-nodes-base", "@n8n/n8n-nodes-langchain"


def node(kind: str, name: str = "", /, **others: Any) -> dict[str, Any]:
    """A node of n8n's, called as its type if it has no other name."""
    return {"name": name or kind, "type": kind, "typeVersion": 1, "parameters": {}, **others}


def asking(kind: str, name: str = "", /, **parameters: object) -> dict[str, Any]:
    """A node with parameters."""
    return node(kind, name, parameters=parameters)


def n8n(*nodes: dict[str, Any], **connections: Any) -> WorkflowReport:
    """The report of a workflow of n8n's."""
    return report_of(recognised({"nodes": [*nodes], "connections": connections}))


def make(*modules: dict[str, Any]) -> WorkflowReport:
    """The report of a blueprint of Make's."""
    numbered = [{"id": number, **module} for number, module in enumerate(modules, 1)]
    return report_of(recognised({"name": "It", "flow": numbered, "metadata": {"version": 1}}))


def zapier(*steps: dict[str, Any]) -> WorkflowReport:
    """The report of a Zap whose steps follow one another."""
    nodes = {
        f"{number}": {
            "id": number,
            "parent_id": number - 1 or None,
            "root_id": 1,
            "type_of": "write" if number > 1 else "read",
            **step,
        }
        for number, step in enumerate(steps, 1)
    }
    zap = {"id": 1, "title": "It", "nodes": nodes}
    return report_of(recognised({"metadata": {"version": 2}, "zaps": [zap]}))
