"""Stripe: checkout, payouts to sellers, and messages about both."""
