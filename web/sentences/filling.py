"""How a sentence takes its facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext
from flask_babel.speaklater import LazyString


def filled(template: LazyString | str, facts: Mapping[str, object]) -> str:
    """The template with its %(name)s filled; of a fact that is several all, in their order."""
    return str(template) % {name: listed(map(str, fact)) if isinstance(fact, tuple) else fact
                            for name, fact in facts.items()}


def listed(texts: Iterable[str]) -> str:
    """Several texts as a list in the reader's language."""
    return gettext("、").join(texts)


def either(names: Iterable[str]) -> str:
    """Several names of which any will do; the quotes at both ends are the sentence's."""
    return gettext("”或“").join(names)
