"""What visitors see: the catalogue, its listings and their pictures."""
