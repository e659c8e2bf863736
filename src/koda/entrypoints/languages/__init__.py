"""Languages: catalogues of gettext, what is said in them, and data as each locale writes them."""
