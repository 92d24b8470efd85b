"""What is wrong with a sheet of people or offices, and with each of its lines, and what to do."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from caseflow.errors import InvalidInput
from caseflow.files.spreadsheets import MAX_BYTES, MAX_ROWS
from caseflow.people.sheet_import import Line

_ = lazy_gettext

SHEET = {
    "empty": _("文件里没有内容。"),
    "too_big": _("文件超过 %(most)s MB，请分成几个文件。"),
    "too_long": _("行数超过 %(rows)s，请分成几个文件。"),
    "encoding": _("文件编码无法识别；请在表格软件中另存为“CSV UTF-8”或 xlsx 后再试。"),
    "utf16": _("这是 Unicode（UTF-16）文本；请在表格软件中另存为“CSV UTF-8”或 xlsx 后再试。"),
    "old_excel": _("这是旧版 xls 文件；请另存为 xlsx 或“CSV UTF-8”后再试。"),
    "not_xlsx": _("xlsx 文件已损坏或不完整；请重新另存后再试。"),
    "bomb": _("xlsx 文件解压后过大或结构异常，未打开；请只保留需要的一张表后再试。"),
    "not_csv": _("第 %(line)s 行不是有效的 CSV；请检查引号是否成对。"),
    "columns": _("第一行有不认识或重复的列：%(strange)s；请删去后再试。"),
    "heading": _("第一行应写明各列：人员为“账号、姓名、工号、单位编码”，"
                 "单位为“编码、名称、级别、上级编码、地区代码”。"),
}
LINE = {
    "formula": _("含有公式；请粘贴为数值后再试"),
    "too_long": _("有一格超过 200 个字；请缩短"),
    "username": _("账号应为 2 至 64 个小写字母、数字、点、横线或下划线，以字母开头；请修改"),
    "name": _("名称为空、过长、含控制字符或以 = + - @ 开头；请修改"),
    "staff_no": _("工号最多 32 个字母、数字或横线；请修改"),
    "unknown_unit": _("没有编码为“%(found)s”的在用单位；请先新增单位或更正编码"),
    "doubled": _("与第 %(found)s 行重复；请删去一行"),
    "foreign": _("账号“%(found)s”已被其他地区使用；请换一个账号"),
    "role": _("没有名为“%(found)s”的岗位；请按岗位名称填写"),
    "role_not_yours": _("岗位由安全管理员授予；请删去岗位一列"),
    "apart": _("系统管理、安全管理、审计不能与其他岗位兼任；请更正岗位"),
    "stopped": _("账号“%(found)s”已停用；请先恢复，或删去这一行"),
    "code": _("编码应为 1 至 32 个字母、数字、横线或下划线；请修改"),
    "level": _("没有名为“%(found)s”的级别；请填省、市、区、街道或社区"),
    "area": _("地区代码应为 2 至 12 位数字；请修改，或填写上级编码"),
    "unknown_parent": _("没有编码为“%(found)s”的在用上级单位；请先写上级单位的一行，或更正编码"),
    "unit_exists": _("编码“%(found)s”的单位已停用；请先恢复，或删去这一行"),
}


def refused(error: InvalidInput) -> str:
    """Why a file was not taken as a whole; what is wrong with more than the file, in the words of the error."""
    said = SHEET.get(error.fields.get("file", ""))
    if said is None:
        return str(error)
    facts = error.details.get("facts", {})
    strange = gettext("、").join(facts.get("strange", ())) or gettext("重复")
    return str(said) % {"most": MAX_BYTES // 1024 // 1024, "rows": MAX_ROWS, **facts, "strange": strange}


def problem(line: Line) -> str:
    """What is wrong with a line, and what to do; "" when nothing is."""
    return str(LINE[line.problem]) % {"found": line.found} if line.problem else ""
