"""The first wall: a text is cut into allowed tokens before any parser sees it.

Linear in the length of the text, which is looked at first; so a bomb costs nothing.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import NamedTuple

from caseflow.engine.expressions.refusals import refuse

MAX_LENGTH = 500
MAX_TEXT = 200
MAX_NUMBER = 10**12
MAX_BRACKETS = 12
MAX_NAME = 64

WORDS = frozenset(("and", "or", "not", "in", "if", "else", "True", "False", "None"))
REFUSED_WORDS = frozenset(keyword.kwlist) - WORDS
TOKEN = re.compile(
    r"(?P<space> +)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>[0-9]+)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<operator>==|!=|<=|>=|[<>+\-=])|(?P<bracket>[()\[\]])|(?P<comma>,)"
)
CHARACTER_CODES = {
    ".": "attribute",
    "{": "container",
    "}": "container",
    ":": "colon",
    ";": "semicolon",
    "\\": "backslash",
    "#": "comment",
    "'": "text_open",
    '"': "text_open",
    **dict.fromkeys("*/%@&|^~!", "operator"),
}
# In text literals: printable ASCII, Chinese characters, Chinese and general punctuation. No look-alike letters.
TEXT_CHARACTER = re.compile(
    "[ -\\[\\]-~\u00b7\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u3001-\u3003\u3005\u3007-\u3011\u3014\u3015"
    "\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebe0]*"
)
FULLWIDTH_MARKS = "\u2018\u2019\u201c\u201d\u2014\u2026"


class Token(NamedTuple):
    """One word or sign. `kind` is the group of TOKEN it matched, `position` the 1-based character where it begins."""

    kind: str
    text: str
    position: int


def tokens_of(text: object) -> list[Token]:
    """The tokens of an allowed text, without its spaces; everything else is refused with the place (ExpressionRefused).

    At most MAX_LENGTH (500) characters, MAX_TEXT (200) in quotes, MAX_NAME (64) in a name, MAX_BRACKETS (12) deep.
    """
    if not isinstance(text, str):
        raise refuse("not_text")
    if len(text) > MAX_LENGTH:
        raise refuse("too_long", MAX_LENGTH + 1)
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise _refused_character(text, place, tokens)
        token = Token(match.lastgroup or "", match.group(), place + 1)
        place = match.end()
        if token.kind != "space":
            _check_token(token, text[place : place + 1], tokens[-1] if tokens else None)
            tokens.append(token)
    if not tokens:
        raise refuse("empty")
    _check_brackets(tokens)
    return tokens


def _refused_character(text: str, place: int, tokens: list[Token]) -> Exception:
    found, position = text[place], place + 1
    if found in "\n\r\u0085\u2028\u2029":
        return refuse("newline", position)
    if found == "." and tokens and tokens[-1].kind == "number":
        return refuse("number_form", position)
    if found in CHARACTER_CODES:
        return refuse(CHARACTER_CODES[found], position, found=found)
    category = unicodedata.category(found)
    if category[0] in "CZM":
        return refuse("invisible_character", position, found=f"U+{ord(found):04X}")
    if "\uff01" <= found <= "\uff5e" or "\u3001" <= found <= "\u301f" or found in FULLWIDTH_MARKS:
        return refuse("fullwidth_character", position, found=found)
    return refuse("foreign_character" if ord(found) > 126 else "character", position, found=found)


def _check_token(token: Token, following: str, before: Token | None) -> None:
    if token.kind == "name":
        _check_name(token, following)
    elif token.kind == "number":
        _check_number(token, following)
    elif token.kind == "text":
        _check_text(token, before)


def _check_name(token: Token, following: str) -> None:
    if len(token.text) > MAX_NAME:
        raise refuse("name_too_long", token.position)
    if following in ("'", '"') and token.text not in WORDS:
        raise refuse("text_prefix", token.position, found=token.text)
    if token.text in REFUSED_WORDS:
        raise refuse("keyword", token.position, found=token.text)
    if token.text.startswith("_"):
        raise refuse("name_underscore", token.position)


def _check_number(token: Token, following: str) -> None:
    if following.isidentifier() or (token.text[0] == "0" and len(token.text) > 1):
        raise refuse("number_form", token.position)
    if len(token.text) > len(str(MAX_NUMBER)) or int(token.text) > MAX_NUMBER:
        raise refuse("number_too_large", token.position)


def _check_text(token: Token, before: Token | None) -> None:
    if before is not None and before.kind == "text":
        raise refuse("joined_texts", token.position)
    content = token.text[1:-1]
    if len(content) > MAX_TEXT:
        raise refuse("text_too_long", token.position)
    good = TEXT_CHARACTER.match(content)
    if good is None or good.end() < len(content):
        at = good.end() if good else 0
        found = content[at]
        if found == "\\":
            raise refuse("backslash", token.position + 1 + at)
        if found in "\n\r":
            raise refuse("newline", token.position + 1 + at)
        shown = found if found.isprintable() and unicodedata.category(found)[0] not in "CZM" else f"U+{ord(found):04X}"
        raise refuse("text_character", token.position + 1 + at, found=shown)


def _check_brackets(tokens: list[Token]) -> None:
    """Brackets match and are not deep; each opens a group, a call or the list after `in`; no comma in a group."""
    open_: list[str] = []
    before: Token | None = None
    for token in tokens:
        if token.text in ("(", "[") and token.kind == "bracket":
            open_.append(_opened(token, before))
        elif token.kind == "bracket":
            if not open_ or (open_.pop() == "list") != (token.text == "]"):
                raise refuse("brackets", token.position)
        elif token.kind == "comma" and (not open_ or open_[-1] == "group"):
            raise refuse("tuple", token.position)
        elif token.text == "=" and not (before and before.text == "since" and open_ and open_[-1] == "call"):
            raise refuse("assignment", token.position)
        if len(open_) > MAX_BRACKETS:
            raise refuse("brackets", token.position)
        before = token
    if open_:
        raise refuse("brackets", tokens[-1].position)


def _opened(token: Token, before: Token | None) -> str:
    value_before = before is not None and (
        before.kind in ("text", "number") or before.text in (")", "]") or before.text in ("True", "False", "None")
    )
    name_before = before is not None and before.kind == "name" and before.text not in WORDS
    if token.text == "[":
        if before is not None and before.text == "in" and before.kind == "name":
            return "list"
        raise refuse("subscript" if value_before or name_before else "list", token.position)
    if value_before:
        raise refuse("call", token.position)
    return "call" if name_before else "group"
