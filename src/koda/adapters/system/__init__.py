"""What the machine itself gives: the time and chance."""
