"""The core of caseflow: no request, no wall clock, no commit."""

__version__ = "0.1.0"
