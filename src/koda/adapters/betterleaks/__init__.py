"""Secrets by Betterleaks, in a process of its own."""
