"""Clerk: people, their sessions, and the tokens that prove who asks."""
