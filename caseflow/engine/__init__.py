"""The process engine: SpiffWorkflow behind a gate, without a database and without a clock.

This is the only package that imports SpiffWorkflow.
"""
