"""The checks, one family a file; each gives every problem it finds and never raises."""
