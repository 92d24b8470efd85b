"""Parts that several pages show: rating, deadlines, timeline, files, contacts, one case."""
