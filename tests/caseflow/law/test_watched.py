"""Every word of an article on handling, revisit or appeal is quoted by a rule, or marked with a reason."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from caseflow.errors import ConfigurationError
from caseflow.law import regulation_file, regulations, watched
from caseflow.law.strict_toml import load
from tests.source import ROOT

MARK = ('[[unwatched]]\narticle = "GC-2(二)"\nsentence = "建立“好差评”整改、回访制度"\n'
        'reason = "是本款的标题，本身不要求一件案件做什么；要做的在后面各句，逐句有规则或者说明。"\n')
RULE = 'sentence = "“差评”涉及部门要做好整改工作"'


def spoilt(folder: Path, old: str, new: str) -> regulation_file.Regulation:
    """Guichi as its file reads with this in place of that."""
    file = shutil.copytree(ROOT / "bpmn" / "guichi", folder / "guichi") / "regulation.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return regulation_file.read(file)


def marked(sentence: str = "建立“好差评”整改、回访制度", reason: str = "是本款的标题，各有规则。",
           article: str = "GC-2(二)") -> str:
    return f'[[unwatched]]\narticle = "{article}"\nsentence = "{sentence}"\nreason = "{reason}"\n'


@pytest.mark.parametrize("place", regulations.all_regulations())
def test_no_word_of_the_four_regulations_on_handling_revisit_and_appeal_is_left(place):
    regulation = regulations.get(place)
    assert regulation.unexplained == ()
    assert set(regulation.article_areas) == set(regulation.articles)


@pytest.mark.parametrize("place", regulations.all_regulations())
def test_every_reason_is_a_chinese_sentence(place):
    for mark in regulations.get(place).unwatched:
        assert re.fullmatch(r"[\u4e00-\u9fff].+。", mark.reason), mark


@pytest.mark.parametrize("place", regulations.all_regulations())
def test_a_reason_that_names_another_article_names_one_that_rules_watch(place):
    regulation = regulations.get(place)
    ruled = {rule.article for rules in regulation.rules.values() for rule in rules}
    numbers = {"十三": 13, "十四": 14, "十五": 15, "十六": 16}
    for mark in regulation.unwatched:
        for number in re.findall("第([一二三四五六七八九十]+)条", mark.reason):
            assert f"{mark.article.partition('-')[0]}-{numbers[number]}" in ruled, mark


def test_what_no_mark_explains_is_left_to_the_end_of_its_sentence(tmp_path):
    assert spoilt(tmp_path, MARK, "").unexplained == (("GC-2(二)", "建立“好差评”整改、回访制度"),)


def test_of_a_sentence_that_a_rule_quotes_in_part_the_rest_is_left(tmp_path):
    part = spoilt(tmp_path, 'sentence = "对缺乏法定依据的，耐心做好解释说明"', 'sentence = "耐心做好解释说明"')
    assert part.unexplained == ()       # the other rule, with the reading, still quotes all of it
    shutil.rmtree(tmp_path / "guichi")
    part = spoilt(tmp_path, RULE, 'sentence = "要做好整改工作"')
    assert part.unexplained == (("GC-2(二)", "差评”涉及部门"),)


def test_two_sentences_that_nothing_watches_are_left_one_by_one():
    articles = {"XX-1": "甲做一事。乙做二事；丙\n做三事，做四事！", "XX-2": "丁做五事。"}
    areas = {"XX-1": ("revisit", "ratings"), "XX-2": ("ratings",)}
    assert list(watched.left(articles, areas, {}, ())) == [
        ("XX-1", "甲做一事"), ("XX-1", "乙做二事"), ("XX-1", "丙"), ("XX-1", "做三事，做四事")]


def test_a_mark_may_quote_a_part_of_a_sentence_and_another_the_rest(tmp_path):
    both = marked("建立“好差评”整改") + "\n" + marked("回访制度。")
    assert spoilt(tmp_path, MARK, both).unexplained == ()


@pytest.mark.parametrize("mark, problem", [
    (marked(sentence="建立“好差评”整改、申诉制度"), "sentence: these words do not stand in the article"),
    (marked(sentence="整改反馈"), "more than once in the article; quote more"),
    (marked(sentence="“差评”涉及部门要做好整改工作"), "need no mark: a rule watches them already"),
    (marked(sentence="回访制度。各级各部门要将"), "goes beyond one sentence"),
    (marked(sentence="。“"), "has no word in it"),
    (marked(sentence=" "), "sentence: must not be empty"),
    (marked(reason=""), "reason: must not be empty"),
    (marked(reason="标题。"), "reason: must say why, in 8 to 400 characters"),
    (marked(reason="理" * 401), "reason: must say why"),
    (marked(reason="建立“好差评”整改、回访制度"), "reason: must say why"),
    (marked(article="GC-9"), "article: GC-9 does not stand in [articles]"),
    (marked(article="第二条"), "article: must be like HF-14"),
    (marked(article="GC-1(一)", sentence="落实现场服务“一次一评”"), "GC-1(一) is about none of handling"),
    (marked() + "\n" + marked(), "need no mark: another mark has them already"),
    (marked() + "\n" + marked(sentence="整改、回访制度"), "need no mark: another mark has them already"),
    (marked() + 'why = "x"\n', "why: is not known here"),
    ('[[unwatched]]\narticle = "GC-2(二)"\nreason = "是本款的标题，各有规则。"\n', "sentence: is missing"),
    ('[[unwatched]]\narticle = "GC-2(二)"\nsentence = "建立"\n', "reason: is missing"),
    ('[[unwatched]]\nsentence = "建立"\nreason = "是本款的标题，各有规则。"\n', "article: is missing"),
])
def test_a_mark_that_is_malformed_untrue_or_not_needed_is_refused(tmp_path, mark, problem):
    with pytest.raises(ConfigurationError) as refused:
        spoilt(tmp_path, MARK, mark)
    assert problem in str(refused.value) and "unwatched[" in str(refused.value)


@pytest.mark.parametrize("old, new, key", [
    ('"GC-1(一)" = ["ratings"]\n', "", "article_areas.GC-1(一)"),
    ('"GC-1(一)" = ["ratings"]', '"GC-1(一)" = []', "article_areas.GC-1(一)"),
    ('"GC-1(一)" = ["ratings"]', '"GC-1(一)" = ["rating"]', "article_areas.GC-1(一)"),
    ('"GC-1(一)" = ["ratings"]', '"GC-1(一)" = "ratings"', "article_areas.GC-1(一)"),
    ('"GC-1(一)" = ["ratings"]', '"GC-1(一)" = ["ratings", "ratings"]', "article_areas.GC-1(一)"),
    ('"GC-1(一)" = ["ratings"]', '"GC-1(一)" = ["ratings"]\n"GC-9" = ["ratings"]', "article_areas.GC-9"),
    ('"GC-1(一)" = ["ratings"]', '"GC-1(一)" = [["ratings"]]', "article_areas.GC-1(一)"),
    ('"GC-1(一)" = ["ratings"]', '"GC-1(一)" = [3, 3]', "article_areas.GC-1(一)"),
    ("[article_areas]", "[article_area]", "article_areas"),
    ("各级各部门要将", "……各级各部门要将", "articles.GC-2(二)"),
    ("\n[[unwatched]]", "\nunwatched = 3\n[[unwatchd]]", "article_areas.unwatched"),
])
def test_areas_that_are_missing_unknown_or_of_a_cut_article_are_refused(tmp_path, old, new, key):
    with pytest.raises(ConfigurationError) as refused:
        spoilt(tmp_path, old, new)
    assert refused.value.details["key"] == key


def test_an_article_that_is_left_out_is_named(tmp_path):
    with pytest.raises(ConfigurationError) as refused:
        spoilt(tmp_path, '"GC-1(三)" = "', '"GC-1(七)" = "')
    assert refused.value.details["key"] == "articles.GC-1(三)"


@pytest.mark.parametrize("place, last", [
    ("hefei", "HF-18"), ("qijiang", "QJ-22"), ("hainan", "HN-23"), ("guichi", "GC-3(四)")])
def test_the_four_regulations_stand_there_from_the_first_article_to_the_last(place, last):
    assert list(regulations.get(place).articles)[-1] == last


@pytest.mark.parametrize("codes, left_out", [
    (["XX-1", "XX-2", "XX-3"], []), (["XX-1", "XX-3"], ["XX-2"]), (["XX-2"], ["XX-1"]), ([], []),
    (["XX-1(一)", "XX-1(三)", "XX-2"], ["XX-1(二)"]), (["XX-1", "XX-3(二)"], ["XX-2", "XX-3(一)"]),
    (["XX-1", "YY-2"], ["YY-1"]),
])
def test_numbers_of_articles_have_no_gap(tmp_path, codes, left_out):
    file = tmp_path / "regulation.toml"
    file.write_text("[articles]\n" + "".join(f'"{code}" = "甲做一事。"\n' for code in codes), encoding="utf-8")
    if not left_out:
        assert list(watched.read_articles(load(file))) == codes
        return
    with pytest.raises(ConfigurationError, match=f"articles.{re.escape(left_out[0])}: is missing"):
        watched.read_articles(load(file))


def test_a_rule_that_quotes_words_which_stand_twice_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="more than once"):
        spoilt(tmp_path, RULE, 'sentence = "整改反馈"')
