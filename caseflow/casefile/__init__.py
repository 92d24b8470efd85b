"""One case in the hand: read once, written once, with its journal."""
