"""A process run without a case: try-outs, scenarios, and finished cases replayed."""
