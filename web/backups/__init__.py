"""Backup and restore of the database, whichever it is, and its attachments; the secret key stays outside.

making.py writes one, restoring.py brings one back; how a database is dumped and poured is its own module's.
"""
