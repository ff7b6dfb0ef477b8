"""`arende doctor`: is everything as the program needs it, and if not, what to do."""
