"""The objects of the Stripe API: what each call does, and what a person can make happen."""
