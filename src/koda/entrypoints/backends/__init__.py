"""One room a technology: all that the composition root must know of it, in one module."""
