"""What keeps a marketplace in order: tidying, and watching its webhooks."""
