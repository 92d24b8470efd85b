"""People: who there is, what they may do, and their logins."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.models import Unit, transaction
from caseflow.models.people import ROLES
from caseflow.people import accounts, directory
from web.admin.frame import ID, blueprint, changes, number, only, typed, yes_or_no
from web.app import clock
from web.forms import filters
from web.sign_in import login_limits, passwords
from web.sign_in.auth import current_actor
from web.words import places

ONE_TIME = timedelta(hours=72)
MOST_ON_A_SHEET = 100      # to make one takes the processor 50 ms each, on purpose
LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"   # nothing that looks like another
PATH = "/users/" + ID.format("user_id")


@blueprint.get("/users")
def users():
    actor, text, role = current_actor(), filters.search_text(request.args), request.args.get("role", "")
    role = role if role in ROLES else ""
    unit = request.args.get("unit", type=int)
    page = directory.users(actor, search=text, role=role, page=filters.page_number(request.args),
                           unit_id=directory.unit(unit, actor).id if unit else None)
    query = {key: value for key, value in {"q": text, "role": role, "unit": unit}.items() if value}
    return render_template("admin/users.html", page=page, text=text, role=role, query=query, roles=ROLES,
                           units=directory.choices(actor, "admin"), place=places.place,
                           waiting=len(accounts.without_password(actor, MOST_ON_A_SHEET)), most=MOST_ON_A_SHEET)


@blueprint.post("/users")
def add_user():
    only("admin")
    actor, username = current_actor(), typed("username").lower()
    return changes(
        gettext("已建立账号 %(username)s。请由安全管理员授予岗位并设置一次性密码。", username=username),
        lambda: accounts.add(username, typed("name"), accounts.NO_PASSWORD, clock.now(), actor, unit=_unit(),
                           staff_no=typed("staff_no")),
        url_for("admin.users"))


@blueprint.get(PATH)
def user(user_id: int):
    actor = current_actor()
    person = directory.user(user_id, actor)
    return render_template(
        "admin/user.html", person=person, logins=directory.logins_of(person), roles=ROLES, place=places.place,
        units=directory.choices(actor), own=person.id == actor.user_id,
        waits=person.password_hash == accounts.NO_PASSWORD, oidc=_issuer(),
        subject=accounts.subject_of(person, _issuer()))


@blueprint.post(PATH)
def change_user(user_id: int):
    actor = current_actor()
    person = directory.user(user_id, actor)
    only("admin")
    return changes(gettext("已保存。"), lambda: accounts.change(
        person, clock.now(), actor, name=typed("name"), staff_no=typed("staff_no"), unit=_unit()), _back(user_id))


@blueprint.post(PATH + "/active")
def set_user_active(user_id: int):
    actor = current_actor()
    person = directory.user(user_id, actor)
    only("admin")
    active = yes_or_no("active")
    done = gettext("已恢复该账号。") if active else gettext("已停用该账号；其签收的任务已放回单位，登录已结束。")
    return changes(done, lambda: accounts.set_active(person, active, clock.now(), actor), _back(user_id))


@blueprint.post(PATH + "/roles")
def grant_role(user_id: int):
    actor, role = current_actor(), request.form.get("role", "")
    person, unit = directory.user(user_id, actor), _unit()
    only("security")
    if unit is None:
        flash(gettext("请选择单位。"), "warning")
        return redirect(_back(user_id))
    return changes(gettext("已授予岗位。"), lambda: accounts.grant(person, role, unit, clock.now(), actor),
                   _back(user_id))


@blueprint.post(PATH + "/roles/remove")
def revoke_role(user_id: int):
    actor = current_actor()
    person, unit = directory.user(user_id, actor), _unit()
    only("security")

    def revoke() -> None:
        if not any((held.role, held.unit_id) == (request.form.get("role"), unit.id if unit else 0)
                   for held in person.roles):
            return
        accounts.revoke(person, request.form["role"], unit, clock.now(), actor)

    return changes(gettext("已撤销岗位；以该岗位签收的任务已放回单位。"), revoke, _back(user_id))


@blueprint.post(PATH + "/password")
def reset_password(user_id: int):
    """A one-time password, shown in this answer and nowhere else."""
    actor = current_actor()
    person = directory.user(user_id, actor)
    only("security")
    password = _one_time_password()
    password_hash = passwords.hashed(password)

    def reset() -> None:
        accounts.reset_password(person, password_hash, clock.real() + ONE_TIME, clock.now(), actor)
        login_limits.unlock(person.username)

    answer = changes(gettext("已设置一次性密码。"), reset, _back(user_id))
    if person.password_hash != password_hash:
        return answer
    return render_template("admin/password.html", person=person, password=password)


@blueprint.post("/users/passwords")
def give_first_passwords():
    """A sheet of one-time passwords for the accounts that have none, shown in this answer and nowhere else."""
    only("security")
    actor = current_actor()
    waiting = [(person, _one_time_password()) for person in accounts.without_password(actor, MOST_ON_A_SHEET)]
    hashes = [passwords.hashed(password) for _, password in waiting]     # takes long: before the transaction
    until = clock.real() + ONE_TIME
    with transaction():
        given = [(person, password) for (person, password), password_hash in zip(waiting, hashes, strict=True)
                 if accounts.give_first_password(person, password_hash, until, clock.now(), actor)]
    if not given:
        flash(gettext("没有等待密码的账号：可能刚才已经生成过。需要重新设置的，请打开该人员的页面。"), "warning")
        return redirect(url_for("admin.users"))
    return render_template("admin/passwords.html", given=given, until=until,
                           left=len(accounts.without_password(actor, MOST_ON_A_SHEET)))


def _one_time_password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


@blueprint.post(PATH + "/logins/end")
def end_user_logins(user_id: int):
    actor = current_actor()
    person = directory.user(user_id, actor)
    only("security")
    with transaction():
        ended = accounts.end_logins(person, clock.now(), actor, request.form.get("login") or None)
    flash(gettext("已结束 %(n)s 个登录。", n=ended), "success")
    return redirect(_back(user_id))


@blueprint.post(PATH + "/identity")
def link_user(user_id: int):
    actor, issuer = current_actor(), _issuer()
    person = directory.user(user_id, actor)
    only("security")
    if not issuer:
        abort(404)
    return changes(gettext("已保存统一身份标识。"), lambda: accounts.link(
        person, issuer, request.form.get("subject", "").strip(), clock.now(), actor), _back(user_id))


def _issuer() -> str:
    return current_app.config["CASEFLOW"].oidc_issuer


def _unit() -> Unit | None:
    wanted = number("unit")
    return directory.unit(wanted, current_actor()) if wanted else None


def _back(user_id: int) -> str:
    return url_for("admin.user", user_id=user_id)
