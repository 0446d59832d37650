"""What the runtime's tests share: a small workflow, and processes that work on it."""
