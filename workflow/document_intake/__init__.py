"""Documents coming in: one reader per format, and what a tjänsteskrivelse says once it is text."""
