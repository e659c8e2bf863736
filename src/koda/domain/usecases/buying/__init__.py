"""What buyers do: fill a basket, check out, pay, and have what they bought."""
