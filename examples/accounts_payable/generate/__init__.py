"""The example's own generator: a made-up company, its books and an inbox full of invoices."""

from .company import Summary, generate

__all__ = ["Summary", "generate"]
