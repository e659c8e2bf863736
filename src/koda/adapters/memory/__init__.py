"""Every port in memory: nothing to install, nothing kept after the process ends."""
