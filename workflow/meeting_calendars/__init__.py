"""A year's meetings out of a file: one reader per format, all of them giving the same entries."""
