"""Administration: offices, people, imports, messages that did not arrive, the system's journal.

Whoever has one of the separated duties sees it as far as the duty reaches; each may change what is theirs alone.
"""

from __future__ import annotations

from web.admin import deliveries, imports, journal, people, units
from web.admin.frame import blueprint

__all__ = ["blueprint", "deliveries", "imports", "journal", "people", "units"]
