"""The regulations and their days: what a place's texts say, and when a limit ends."""
