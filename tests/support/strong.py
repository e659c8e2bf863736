"""Secrets that nobody guesses, two for as long as the tests run."""

import secrets

STRONG, STRONG_BEFORE = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
