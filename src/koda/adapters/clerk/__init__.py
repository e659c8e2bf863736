"""Clerk: who makes a request, and who people are."""
