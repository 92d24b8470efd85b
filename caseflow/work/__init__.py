"""A person's tasks: what waits for whom, taking it, help with doing it."""
