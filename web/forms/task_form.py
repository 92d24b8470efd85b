"""A WTForms form made from the form fields of a user task in the diagram.

The fields read and show what was typed; whether a value is allowed is decided by `caseflow.processes.form_values`
alone, so that the screen and the operation can never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from caseflow.engine.values import UNIT, FormField
from caseflow.errors import InvalidForm
from caseflow.processes import form_values
from caseflow.raters import reaching
from web.forms.typed import read_day, read_number, tidy

PREFIX = "f-"
RADIO_LIMIT = 6          # more choices than this become a list to select from
DRAFT_LIMIT = 64 * 1024  # characters of a draft; more is no form that somebody typed


class TaskForm(BaseForm):
    """The form of one user task. Only declared fields are read; all others that were sent are ignored.

    `today` is the day of the screens' zone: a date field that sets a limit (its id ends in `_by`) cannot lie before.
    """

    def __init__(self, definition: Sequence[FormField], *, today: date, formdata: MultiDict | None = None) -> None:
        self.definition = tuple(definition)
        self.today = today
        self.problems: dict[str, str] = {}
        self.hints: dict[str, str] = {}
        self._accepted: dict[str, object] | None = None
        super().__init__({f.id: _unbound(f, today) for f in self.definition}, prefix=PREFIX, meta=DefaultMeta())
        self.process(_as_typed(self.definition, formdata) if formdata is not None else None)
        self._doubled = {f.id for f in self.definition if formdata is not None and len(formdata.getlist(_name(f))) > 1}

    @classmethod
    def from_draft(cls, definition: Sequence[FormField], draft: Mapping[str, object], *, today: date) -> TaskForm:
        """The form as somebody left it. `draft` is what `typed()` gave; unknown or odd entries are ignored."""
        typed = MultiDict((_name(f), draft[f.id]) for f in definition if isinstance(draft.get(f.id), str))
        return cls(definition, today=today, formdata=typed)

    def typed(self) -> dict[str, str]:
        """What was typed, field by field, unjudged: for drafts and for showing it again. Empty fields are left out."""
        texts = {f.id: self[f.id].raw_data[0] for f in self.definition if self[f.id].raw_data}
        return {key: text.replace("\x00", "") for key, text in texts.items() if text}

    def validate(self, extra_validators: object = None) -> bool:
        """Whether everything asked for is there and allowed; `problems` then holds a sentence for each wrong field."""
        self.problems = {}
        self.refuse(dict.fromkeys(self._doubled, "doubled"))
        try:
            self._accepted = form_values.accept(self.definition, self._parsed(), self.today)
        except InvalidForm as refused:
            self.refuse(refused.fields)
        return not self.problems

    def refuse(self, codes: Mapping[str, str], sentences: Mapping[str, str] = MappingProxyType({})) -> None:
        """Mark fields as wrong, with the codes of InvalidForm, and the sentences of the rules that were broken."""
        for key, code in codes.items():
            if key in self._fields:
                self.problems.setdefault(key, sentences.get(key) or self._sentence(key, code))
                self[key].errors = [self.problems[key]]

    def offer(self, definition: Sequence[FormField], reason: str, *, real_name: bool) -> None:
        """Offer no more than this narrower definition does, saying why; what is not filled in gets its defaults. That a
        rater left nothing to reach them by says whether they gave their name."""
        for f in definition:
            if f.choices:
                kept = [choice for choice in self[f.id].choices if choice.value in ("", *dict(f.choices))]
                self[f.id].choices = [_of_rater(choice, real_name=real_name) for choice in kept]
            elif f.default and not self[f.id].raw_data:
                self[f.id].data = f.default
        asking = reaching.asks(self.definition)
        self.hints = {asking.id: reason} if asking and reason else {}

    def values(self) -> dict[str, object]:
        """After a `validate()` that was true: str, bool, int or "YYYY-MM-DD" by field; hidden fields are gone."""
        if self._accepted is None or self.problems:
            raise InvalidForm
        return dict(self._accepted)

    def _parsed(self) -> dict[str, object]:
        return {f.id: _parse(f, self[f.id].raw_data) for f in self.definition}

    def _sentence(self, key: str, code: str) -> str:
        field = next(f for f in self.definition if f.id == key)
        return _sentences(field).get(code) or gettext("“%(field)s”填写有误，请修改。", field=field.label)


def _of_rater(choice: SelectChoice, *, real_name: bool) -> SelectChoice:
    if choice.value != reaching.NOBODY:
        return choice
    label = gettext("实名评价，未留联系方式") if real_name else gettext("匿名评价，未留联系方式")
    return SelectChoice(choice.value, label)


def _name(field: FormField) -> str:
    return PREFIX + field.id


def _as_typed(definition: Sequence[FormField], formdata: MultiDict) -> MultiDict:
    """Only the declared fields; a file that was sent in place of a text is not among `formdata`'s strings."""
    return MultiDict((_name(f), value) for f in definition for value in formdata.getlist(_name(f))[:1])


def _parse(field: FormField, raw: list[str] | None) -> object:
    text = tidy(raw[0]) if raw else ""
    if field.type == "boolean":
        return _yes_or_no(field, text)
    if field.type in ("string", "text"):
        return text.strip()
    if field.type == "long":
        return read_number(text)
    return read_day(text) if field.type == "date" else text


def _yes_or_no(field: FormField, text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    return text or (None if field.required else False)      # an empty checkbox says no; unanswered radios say nothing


def _unbound(field: FormField, today: date) -> Field:
    make = {"enum": _choice, UNIT: _unit, "boolean": _yes_no, "date": _day, "long": _number, "text": _long_text}
    return make.get(field.type, _line)(field, today)


def _choice(field: FormField, _today: date) -> Field:
    choices = [SelectChoice(value, label) for value, label in field.choices]
    if len(choices) <= RADIO_LIMIT:
        return RadioField(field.label, choices=choices, default=field.default, validate_choice=False)
    choices = [SelectChoice("", gettext("请选择")), *choices]
    return SelectField(field.label, choices=choices, default=field.default or "", validate_choice=False)


def _unit(field: FormField, _today: date) -> Field:
    choices = [SelectChoice("", gettext("请选择")), *(SelectChoice(code, name) for code, name in field.choices)]
    return SelectField(field.label, choices=choices, default=field.default or "", validate_choice=False)


def _yes_no(field: FormField, _today: date) -> Field:
    if field.required:
        choices = [SelectChoice("true", gettext("是")), SelectChoice("false", gettext("否"))]
        return RadioField(field.label, choices=choices, default=field.default, validate_choice=False)
    return BooleanField(field.label, default=field.default == "true", false_values=("false", ""),
                        render_kw={"value": "true"})


class DayField(DateField):
    """A date input that keeps what was typed when it is no date."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None

    def _value(self) -> str:
        return read_day(tidy(self.raw_data[0])) if self.raw_data else (self.data or "")


def _day(field: FormField, today: date) -> Field:
    bounds = {"min": today.isoformat()} if field.sets_a_limit else {}
    return DayField(field.label, default=field.default, render_kw={"max": "2100-12-31", **bounds})


def _number(field: FormField, _today: date) -> Field:
    # not type=number: a browser throws away the full-width digits of a Chinese keyboard before we see them
    return StringField(field.label, default=field.default, render_kw={"inputmode": "numeric"})


def _line(field: FormField, _today: date) -> Field:
    return StringField(field.label, default=field.default)


def _long_text(field: FormField, _today: date) -> Field:
    # no maxlength: it would cut a pasted text without a word; the counter and the answer say how much is too much
    return TextAreaField(field.label, default=field.default, render_kw={"rows": 5, "data-counter": field.longest})


def _sentences(field: FormField) -> dict[str, str]:
    return {
        "required": _required(field),
        "doubled": gettext("“%(field)s”收到了两个值，请重新填写。", field=field.label),
        "not_text": gettext("“%(field)s”含有无法保存的字符（如控制字符），请删去后再提交。", field=field.label),
        "too_short": gettext("“%(field)s”至少要写 %(n)s 个字。", field=field.label, n=field.min_length),
        "too_long": gettext("“%(field)s”最多 %(n)s 个字，请删减。", field=field.label, n=field.longest),
        "not_a_choice": gettext("请从列出的选项中选择“%(field)s”。", field=field.label),
        "not_a_unit": gettext("“%(field)s”请从列出的承办单位中选择：停用的、没有经办人员的、其他地方的，都不能选。",
                              field=field.label),
        "no_ground": gettext("办法没有规定以这个理由不予采纳；请另选理由，或者决定申诉不成立。"),
        "not_yes_or_no": gettext("请用“是”或“否”回答“%(field)s”。", field=field.label),
        "not_a_number": gettext("“%(field)s”要填整数。", field=field.label),
        "too_small": gettext("“%(field)s”太小，最小为 %(n)s。", field=field.label, n=_lowest(field)),
        "too_large": gettext("“%(field)s”太大，最大为 %(n)s。", field=field.label, n=_highest(field)),
        "not_a_date": gettext("“%(field)s”要填日期，例如 2026-03-05。", field=field.label),
        "unreachable_yet": gettext("还不能这样填“%(field)s”：联系的次数或者天数不够，请先联系并记入“联系记录”。",
                                   field=field.label),
        "has_contact": gettext("评价人留有联系电话，“%(field)s”不能选“未留联系方式”。", field=field.label),
        "nothing_left": gettext("评价人没有留联系方式，“%(field)s”请选“未留联系方式”。", field=field.label),
        "not_contacted": gettext("“联系记录”里没有本环节以这种方式联系上评价人的记录；"
                                 "请先记下这次联系（时间、方式、结果），再选“%(field)s”。", field=field.label),
        "not_logged": gettext("“%(field)s”与“联系记录”中的次数不一致，请按记录填写。", field=field.label),
        form_values.BROKEN: gettext("“%(field)s”不合本任务的规则，请修改。", field=field.label),
        "in_the_past": gettext("“%(field)s”不能早于今天。", field=field.label),
    }


def _required(field: FormField) -> str:
    if field.type in ("enum", "boolean", UNIT):
        return gettext("请选择“%(field)s”。", field=field.label)
    return gettext("请填写“%(field)s”。", field=field.label)


def _lowest(field: FormField) -> int:
    return -form_values.INTEGER_LIMIT if field.minimum is None else field.minimum


def _highest(field: FormField) -> int:
    return form_values.INTEGER_LIMIT if field.maximum is None else field.maximum
