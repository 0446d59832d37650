"""Releases: how a version of a contract earns autonomy, is watched, and is taken back."""
