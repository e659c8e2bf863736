"""Work that nobody waits for: what a marketplace does by itself now and then."""
