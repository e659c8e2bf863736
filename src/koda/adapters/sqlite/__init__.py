"""Every store in one SQLite file: nothing to install, shared by all processes of one machine."""
