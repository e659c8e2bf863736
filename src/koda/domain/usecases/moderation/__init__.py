"""What admins decide about listings."""
