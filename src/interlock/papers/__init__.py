"""Papers: what people read and keep: timelines, documents made readable, the case file."""
