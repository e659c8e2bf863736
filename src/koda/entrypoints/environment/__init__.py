"""Environment variables: how settings are read of them and written to them, and what each means."""
