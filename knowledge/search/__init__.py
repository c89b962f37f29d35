"""Finding entries: their words, the index of them, and the ranking."""
