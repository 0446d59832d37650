"""Helps for tests: yours and our own. Nothing here is imported by the product itself."""
