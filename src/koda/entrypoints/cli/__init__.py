"""The terminal: `koda` and its commands, a module each."""
