"""The JSON API: a table of operations, from which both its routes and its document are made."""
