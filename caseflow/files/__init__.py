"""Files as they come and go: where they are kept, what they are, tables to read and to write."""
