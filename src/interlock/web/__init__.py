"""What the API and the console share: who visits, what they may see, and what changed."""
