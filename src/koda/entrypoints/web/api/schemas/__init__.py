"""What goes over the wire, by subject: requests, answers, and how answers are made of values."""
