"""What systems call: the feed of ratings, and its description."""
