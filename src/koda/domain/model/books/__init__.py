"""The books: double-entry bookkeeping of the marketplace's money."""
