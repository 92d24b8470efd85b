"""The articles of a regulation, what each is about, and which words no rule watches: those are marked, with the reason.

An article on the handling of a case, its revisit or an appeal (WATCHED) is held word by word. Words that stand in the
`sentence` of a rule are watched; all others must be marked in [[unwatched]]. What is neither is `left`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from caseflow.law.strict_toml import ARTICLE, Table
from caseflow.proof import Rule

WATCHED = ("handling", "revisit", "appeal")
AREAS = (*WATCHED, "ratings", "analysis", "publication", "accountability", "improvement", "privacy", "organisation",
         "validity", "general")
ENDS = "。！？；\n"             # a mark stays within one sentence
EDGES = "，、：；。！？“”（） "    # not shown at the ends of words that are left
PARAGRAPHS = "一二三四五六七八九十"
REASON = range(8, 401)          # characters


@dataclass(frozen=True, slots=True)
class Unwatched:
    """Words of an article that ask nothing of the process, and the reason why no rule watches them."""

    article: str
    sentence: str
    reason: str


def read_articles(top: Table) -> Mapping[str, str]:
    """Code → exact words of every article. ConfigurationError for a code of another form, or a number left out."""
    table = top.table("articles")
    for code in table.values:
        if not re.fullmatch(ARTICLE, code):
            raise table.refuse(code, "is not an article like HF-14 or GC-2(二)")
    for code in _left_out(table.values):
        raise table.refuse(code, "is missing: every article has its place here, from the first to the last")
    return MappingProxyType({code: table.text(code).strip() for code in list(table.values)})


def _left_out(codes: Iterable[str]) -> Iterator[str]:
    """The articles whose number, or whose paragraph of one, lies below that of another and is not there."""
    known: dict[str, dict[int, set[str]]] = {}
    for code in codes:
        prefix, _, number = code.partition("-")
        article, _, paragraph = number.partition("(")
        known.setdefault(prefix, {}).setdefault(int(article), set()).add(paragraph.rstrip(")"))
    for prefix, articles in known.items():
        for number in range(1, max(articles) + 1):
            there = articles.get(number, set())
            last = max((PARAGRAPHS.index(one) for one in there if one), default=-1)
            wanted = PARAGRAPHS[:last + 1]
            yield from (f"{prefix}-{number}({one})" for one in wanted if one not in there)
            if not there:
                yield f"{prefix}-{number}"


def article_areas(top: Table, articles: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Article → its areas, of AREAS. ConfigurationError for an article without any, unknown, or not written whole."""
    table = top.table("article_areas")
    for code in table.values.keys() - articles.keys():
        raise table.refuse(code, "does not stand in [articles]")
    areas = {code: _areas(table, code) for code in articles}
    for code, found in areas.items():
        if watches(found) and "…" in articles[code]:
            raise top.refuse(f"articles.{code}", f"is about {', '.join(found)}: write it whole, without ……")
    return MappingProxyType(areas)


def _areas(table: Table, code: str) -> tuple[str, ...]:
    found = table.take(code, list)
    if not found or len(set(map(str, found))) < len(found) or any(area not in AREAS for area in found):
        raise table.refuse(code, f"must be a list of some of {', '.join(AREAS)}, none twice, not {found!r}")
    return tuple(found)


def watches(areas: Iterable[str]) -> bool:
    """Whether every word of an article of these areas must be watched, or marked with a reason."""
    return any(area in WATCHED for area in areas)


def unwatched(top: Table, articles: Mapping[str, str], areas: Mapping[str, tuple[str, ...]],
              rules: Mapping[str, tuple[Rule, ...]]) -> tuple[Unwatched, ...]:
    """The marks of [[unwatched]] in order. ConfigurationError for one that is malformed, not needed or not true."""
    if "unwatched" not in top.values:
        return ()
    quoted = {code: _places(articles[code], _quoted(code, rules)) for code in articles}
    marked: dict[str, set[int]] = {code: set() for code in articles}
    found = []
    for table in top.array("unwatched"):
        mark = _mark(table, articles, areas)
        places = {place for place in _places(articles[mark.article], [mark.sentence])
                  if articles[mark.article][place].isalnum()}
        for watched, whose in ((quoted, "a rule watches them"), (marked, "another mark has them")):
            if places & watched[mark.article]:
                raise table.refuse("sentence", f"these words, or some of them, need no mark: {whose} already")
        marked[mark.article] |= places
        found.append(mark)
    return tuple(found)


def left(articles: Mapping[str, str], areas: Mapping[str, tuple[str, ...]], rules: Mapping[str, tuple[Rule, ...]],
         marks: Iterable[Unwatched]) -> Iterator[tuple[str, str]]:
    """(article, words) for all words of WATCHED articles that no rule quotes and no mark explains, cut where a sentence
    ends."""
    for code in (code for code, found in areas.items() if watches(found)):
        text = articles[code]
        seen = _places(text, [*_quoted(code, rules), *(mark.sentence for mark in marks if mark.article == code)])
        rest = "".join("\n" if place in seen or char in ENDS else char for place, char in enumerate(text))
        for words in (piece.strip(EDGES) for piece in rest.split("\n")):
            if any(char.isalnum() for char in words):
                yield code, words


def _mark(table: Table, articles: Mapping[str, str], areas: Mapping[str, tuple[str, ...]]) -> Unwatched:
    mark = Unwatched(table.article(), table.text("sentence").strip(),
                     table.text("reason").strip())
    table.end()
    if mark.article not in articles:
        raise table.refuse("article", f"{mark.article} does not stand in [articles]")
    if not watches(areas[mark.article]):
        raise table.refuse("article", f"{mark.article} is about none of {', '.join(WATCHED)}: it needs no mark")
    if problem := once(mark.sentence, articles[mark.article]):
        raise table.refuse("sentence", problem)
    if re.search(f"[{ENDS}](?=.*\\w)", mark.sentence, re.DOTALL):
        raise table.refuse("sentence", "goes beyond one sentence; mark each with a reason of its own")
    if not any(char.isalnum() for char in mark.sentence):
        raise table.refuse("sentence", "has no word in it")
    if len(mark.reason) not in REASON or mark.reason == mark.sentence:
        raise table.refuse("reason", f"must say why, in {REASON[0]} to {REASON[-1]} characters")
    return mark


def once(words: str, text: str) -> str:
    """What is wrong with words that ought to stand in the text of an article exactly once; "" if nothing is."""
    found = text.count(words)
    if found > 1:
        return "these words stand more than once in the article; quote more of them"
    return "" if found else "these words do not stand in the article"


def _quoted(code: str, rules: Mapping[str, tuple[Rule, ...]]) -> set[str]:
    return {rule.sentence for found in rules.values() for rule in found if rule.article == code}


def _places(text: str, quoted: Iterable[str]) -> set[int]:
    """The places in a text at which any of these words stand."""
    return {place for words in quoted if words and (start := text.find(words)) >= 0
            for place in range(start, start + len(words))}
