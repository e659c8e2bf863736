"""What an operator sees where Koda runs."""
