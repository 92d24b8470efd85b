"""The five levels of a rating, the worst first, and in what a bad one is handled."""

RATING_LEVELS = ("very_dissatisfied", "dissatisfied", "basically_satisfied", "satisfied", "very_satisfied")
HANDLED_IN = "rectification"     # the kind of case that handles a bad rating, and its process, which every place has
