"""What a marketplace on one machine needs: a sandbox beside it, and the machine to itself."""
