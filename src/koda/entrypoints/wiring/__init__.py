"""The composition root: which adapter stands behind each port, and every use case over them."""
