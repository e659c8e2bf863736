"""What the use cases need of the world, one Protocol a file, in Koda's words."""
