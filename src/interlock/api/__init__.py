"""The HTTP API: parse, one command, render. `attach` gives an application its routes."""

from interlock.api.app import attach

__all__ = ["attach"]
