"""Background work: what a marketplace does by itself now and then."""
