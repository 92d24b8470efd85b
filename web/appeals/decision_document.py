"""The decision on an appeal as a PDF of A4 pages, with the articles and the reasons. The rater is not in it."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from flask_babel import force_locale, gettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from caseflow.appeals import finding
from caseflow.law import regulation_file, regulations
from caseflow.models import Appeal, AssessmentRecord
from caseflow.processes import deployed
from web.appeals import words
from web.words import appeals, times
from web.words.levels import level_name

FONT = "STSong-Light"      # one that every reader of PDF has for Chinese; no file of it is needed
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=18, leading=26, alignment=1, spaceAfter=4 * mm)
HEAD = ParagraphStyle("head", fontName=FONT, fontSize=12.5, leading=20, spaceBefore=4 * mm)
TEXT = ParagraphStyle("text", fontName=FONT, fontSize=11, leading=17, wordWrap="CJK")
SMALL = ParagraphStyle("small", fontName=FONT, fontSize=9, leading=14, wordWrap="CJK", alignment=1)


def pdf(appeal: Appeal, record: AssessmentRecord | None) -> bytes:
    """The document of a decided appeal, in Chinese, whatever language the reader's screens have."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    made = BytesIO()
    page = SimpleDocTemplate(made, pagesize=A4, title=appeal.case.number, author="caseflow", invariant=1,
                             leftMargin=25 * mm, rightMargin=25 * mm, topMargin=20 * mm, bottomMargin=18 * mm)
    with force_locale("zh"):
        page.build(_story(appeal, record))
    return made.getvalue()


def _story(appeal: Appeal, record: AssessmentRecord | None) -> list:
    regulation = regulations.get(appeal.case.regulation)
    story = [Paragraph(gettext("差评申诉复核决定书"), TITLE), Paragraph(escape(appeal.case.number), SMALL),
             Spacer(1, 4 * mm), _facts(appeal)]
    for heading, text in (
        (gettext("申诉的事实和理由"), appeal.statement),
        (gettext("复核决定"), _decision(appeal)),
        (gettext("理由"), appeal.reasons or "—"),
    ):
        story += [Paragraph(heading, HEAD), *_paragraphs(text)]
    if record is not None:
        story += [Paragraph(gettext("年度考核"), HEAD), *_paragraphs(words.assessed(record))]
    story.append(Paragraph(gettext("依据"), HEAD))
    for code in _articles(appeal, regulation):
        story += _paragraphs(f"{regulation.name} {code}：{regulation.articles.get(code, '')}")
    story += [Spacer(1, 6 * mm), *_paragraphs(gettext(
        "复核人：%(name)s　　%(at)s", name=appeal.decider.name if appeal.decider else "—",
        at=times.moment(appeal.decided_at)))]
    return story


def _facts(appeal: Appeal) -> Table:
    service = appeal.rating.service
    rows = [
        (gettext("申诉人"), appeals.party_name(appeal)),
        (gettext("被评价的单位"), appeal.case.unit.name),
        (gettext("办件"), f"{service.task_name or '—'}（{service.project_no}）"),
        (gettext("评价"), f"{level_name(appeal.rating.level)}，{times.moment(appeal.rating.rated_at)}"),
        (gettext("申诉理由"), appeals.ground_name(appeal.ground)),
        (gettext("提出时间"), times.moment(appeal.filed_at)),
    ]
    if appeal.rectification:
        rows.append((gettext("整改案件"), appeal.rectification.number))
    if appeal.reference:
        rows.append((gettext("省级系统编号"), appeal.reference))
    cells = [[Paragraph(escape(label), TEXT), Paragraph(escape(value), TEXT)] for label, value in rows]
    return Table(cells, colWidths=[32 * mm, 128 * mm], style=[
        ("GRID", (0, 0), (-1, -1), 0.5, "#9aa5b1"), ("VALIGN", (0, 0), (-1, -1), "TOP")])


def _decision(appeal: Appeal) -> str:
    if appeal.decision == "dismissed":
        return gettext("申诉不成立。评价照常采纳，整改照常办理。")
    if finding.corrects(appeal) and appeal.rating.voided_at is not None:      # as an earlier version of a diagram did
        return gettext("误评成立。原评价保留、不计入统计，以评价人最新的评价为准；整改终止。")
    if finding.corrects(appeal):
        return gettext("误评成立。原评价保留，以评价人最新的评价代替、计入统计；整改终止。")
    return gettext("申诉成立（%(finding)s）。评价不予采纳：原记录保留，不计入统计；整改终止。",
                   finding=appeals.ground_name(appeal.finding))


def _articles(appeal: Appeal, regulation: regulation_file.Regulation) -> list[str]:
    """Who may appeal, and who reviews: what the regulation and the reviewer's tasks in the diagram cite."""
    tasks = deployed.of(appeal.case).user_tasks.values()
    cited = {task.element.article for task in tasks if task.role == "reviewer"} | {regulation.appeal.article}
    return [code for code in regulation.articles if code in cited]


def _paragraphs(text: str) -> list[Paragraph]:
    return [Paragraph(escape(line) or "　", TEXT) for line in text.split("\n")]
