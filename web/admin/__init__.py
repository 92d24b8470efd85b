"""Administration: offices, people, imports, messages that did not arrive, the system's journal.

Whoever has one of the separated duties sees it as far as the duty reaches; each may change what is theirs alone.
"""
