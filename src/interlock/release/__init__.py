"""Releases: how autonomy is earned, watched and taken back."""
