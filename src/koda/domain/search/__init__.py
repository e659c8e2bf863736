"""What a search is: words, labels, corrections and relevance, defined once for every store."""
