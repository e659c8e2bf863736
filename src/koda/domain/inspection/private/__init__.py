"""What tells whose a workflow is: addresses of people, and of machines that only they reach."""
