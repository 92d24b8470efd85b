"""What several areas show. A part is found by its name: what it needs to know in <name>.py, its macros in
templates/parts/<name>.html."""
