"""What we do with what the user wrote: pure functions over domain values."""
