"""Redis: the catalogue's cache and the rate limits, shared by all machines of a marketplace."""
