"""Who makes a request, and what is known of people."""
