"""Commands for those who work on Koda."""
