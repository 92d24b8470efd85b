"""The five levels of a rating, the worst first."""

RATING_LEVELS = ("very_dissatisfied", "dissatisfied", "basically_satisfied", "satisfied", "very_satisfied")
