"""Numbered steps from one set of tables to the next, forward only."""
