"""The operations by subject: each reads a call, asks one use case and presents what it says."""
