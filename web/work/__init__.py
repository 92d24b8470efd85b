"""My work: the list of what waits, and the page on which one task is done."""
