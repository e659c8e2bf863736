"""What fulfils the ports: in memory, in files, and at real services."""
