"""Open cases out of an older system: a table, the map that says what its columns mean, and the cases they make."""
