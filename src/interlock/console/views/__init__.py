"""What the pages show, as plain values; no HTML here."""
