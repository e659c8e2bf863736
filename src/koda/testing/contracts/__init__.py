"""One contract suite a port: subclass it, say how to make the adapter, and run pytest."""
