"""The first day of an installation, the demo, and simulated work."""
