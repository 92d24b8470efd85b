"""Offices: the tree of a regulation's units."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.law import regulations
from caseflow.models import Unit
from caseflow.people import directory, duties, units
from web.admin.frame import ID, blueprint, changes, number, only, typed, yes_or_no
from web.app import clock
from web.forms import filters
from web.sign_in.auth import current_actor
from web.words import places

PATH = "/units/" + ID.format("unit_id")


@blueprint.get("/units", endpoint="units")
def index():
    actor, text = current_actor(), filters.search_text(request.args)
    page = directory.units(actor, search=text, page=filters.page_number(request.args))
    return render_template(
        "admin/units.html", page=page, text=text, query={"q": text} if text else {}, place=places.place,
        above=directory.names(Unit, {unit.parent_id for unit in page.items if unit.parent_id}),
        choices=directory.choices(actor, "admin"), regulations=sorted(duties.reach(actor, "admin")))


@blueprint.post("/units")
def add_unit():
    only("admin")
    actor, regulation = current_actor(), request.form.get("regulation", "")
    if regulation not in regulations.all_regulations():
        flash(gettext("请选择办法。"), "warning")
        return redirect(url_for("admin.units"))
    return changes(
        gettext("已新增单位 %(name)s。", name=typed("name")),
        lambda: units.add(regulation, typed("code"), typed("name"), request.form.get("level", ""), clock.now(), actor,
                          parent=_parent(), area_code=typed("area_code")),
        url_for("admin.units"))


@blueprint.get(PATH)
def unit(unit_id: int):
    actor = current_actor()
    office = directory.unit(unit_id, actor)
    choices = [one for one in directory.choices(actor) if one.regulation == office.regulation and one.id != office.id]
    return render_template("admin/unit.html", office=office, choices=choices, place=places.place,
                           fixed=units.of_regulation(office),
                           people=directory.users(actor, unit_id=office.id, per_page=100))


@blueprint.post(PATH)
def change_unit(unit_id: int):
    actor = current_actor()
    office = directory.unit(unit_id, actor)
    only("admin")
    parent = office.parent if units.of_regulation(office) else _parent()
    return changes(gettext("已保存。"), lambda: units.change(
        office, clock.now(), actor, name=typed("name"), parent=parent), url_for("admin.unit", unit_id=unit_id))


@blueprint.post(PATH + "/active")
def set_unit_active(unit_id: int):
    actor = current_actor()
    office = directory.unit(unit_id, actor)
    only("admin")
    active = yes_or_no("active")
    closed = gettext("已停用该单位；今后以其编码报送的评价由牵头单位承办。")
    return changes(gettext("已恢复该单位。") if active else closed,
                   lambda: units.set_active(office, active, clock.now(), actor), url_for("admin.unit", unit_id=unit_id))


def _parent() -> Unit | None:
    wanted = number("parent")
    return directory.unit(wanted, current_actor()) if wanted else None
