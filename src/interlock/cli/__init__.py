"""The command line `interlock`: one file a noun, and no rule of its own."""

from interlock.cli.app import app, main

__all__ = ["app", "main"]
