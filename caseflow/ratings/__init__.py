"""A review comes in: its fields, what is wrong with it, whose it is, the case it opens."""
