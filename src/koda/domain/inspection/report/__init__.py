"""Describing a workflow: what it does, what it needs, and where it runs."""
