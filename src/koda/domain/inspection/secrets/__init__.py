"""What looks like a secret in a workflow file. Nothing is executed, and nothing leaves."""
