"""Releases: how a version earns its autonomy, keeps it, and loses it."""
