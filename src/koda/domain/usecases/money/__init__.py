"""What follows from the payment provider's messages."""
