"""Whether what a marketplace stands on works: for the start, for doctor and for readiness."""
