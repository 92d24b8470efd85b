"""The workshop: processes as they are deployed, and drafts on their way to a second person.

Designers, approvers and auditors see it, each for their regulation; the core decides who may change what.
"""
