"""Who may do what in the marketplace, and what was done with that."""
