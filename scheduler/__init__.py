"""The process that wakes what is due. Run any number of them: `python -m scheduler`."""
