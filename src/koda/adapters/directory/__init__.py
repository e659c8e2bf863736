"""Files in a directory on this machine."""
