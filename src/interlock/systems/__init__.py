"""Adapters to systems of record and channels; each may import `domain` and `errors` only."""
