"""Ratings about oneself, appeals against them, and the decision."""
