"""Kill parts of a working installation at random moments, and look whether anything was lost."""
