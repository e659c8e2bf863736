"""The sample catalogue: people, listings and workflow files, all written for the purpose."""
