"""What sellers do: onboard, upload, list, revise, release, withdraw, see their sales."""
