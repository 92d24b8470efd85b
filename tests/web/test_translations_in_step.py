"""Every Chinese sentence of the screens has its English one, and no catalogue keeps what is no longer said.

`make messages` brings the catalogue in step; the English words are for a person to write.
"""

from __future__ import annotations

from functools import cache

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests import source

WEB = source.ROOT / "web"
CATALOGUES = sorted(WEB.glob("translations/*/LC_MESSAGES/messages.po"))
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}


@cache
def said() -> frozenset:
    with (source.ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(WEB, methods, options, keywords=KEYWORDS)
    return frozenset((context, _texts(message)) for _file, _line, message, _comments, context in found if message)


def told_by(catalogue) -> dict:
    return {(_text(message.context), _texts(message.id)): message for message in catalogue if message.id}


def test_there_is_an_english_catalogue():
    assert [path.parts[-3] for path in CATALOGUES] == ["en"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_catalogue_says_all_that_is_said_and_nothing_else(path):
    with path.open("rb") as file:
        told = told_by(read_po(file))
    assert sorted(map(str, said() - told.keys())) == [], "not in the catalogue"
    assert sorted(map(str, told.keys() - said())) == [], "no longer said"
    assert [key for key, message in told.items() if message.fuzzy or not all(_texts(message.string))] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_compiled_catalogue_is_that_of_the_source(path):
    with path.open("rb") as file, path.with_suffix(".mo").open("rb") as compiled:
        texts, made = told_by(read_po(file)), told_by(read_mo(compiled))
    assert {key: _texts(made[key].string) for key in made} == {key: _texts(texts[key].string) for key in texts}


def _text(context: str | bytes | None) -> str | None:
    """A context as text: Babel reads it from a compiled catalogue as bytes."""
    return context.decode() if isinstance(context, bytes) else context


def _texts(string) -> tuple:
    """One text, or singular and plural."""
    return (string,) if isinstance(string, str) else tuple(string)[:2]
