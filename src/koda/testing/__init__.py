"""The contract kit for adapters, and the whole marketplace in memory."""
