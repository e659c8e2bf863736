"""Readers of the formats of workflow files, from decoded JSON to a `Workflow`."""
