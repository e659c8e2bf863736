"""Health checks of the services: for the start, for doctor and for readiness."""
