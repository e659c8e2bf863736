"""One file, one use case: a frozen class whose fields are ports and whose call is the request."""
