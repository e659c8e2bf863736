"""Pure checks over the bytes of uploaded files."""
