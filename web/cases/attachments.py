"""Files of a case: adding them, and getting them back. They leave as files to save; pictures may also be shown."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from caseflow.cases import attachments
from caseflow.errors import CaseflowError, InvalidInput, NotFound
from caseflow.files import types
from caseflow.models import Attachment, Case, transaction
from web.app import clock
from web.errors import refusal
from web.forms import filters
from web.parts import one_case
from web.sign_in.auth import current_actor
from web.words import files

blueprint = Blueprint("attachments", __name__, template_folder="templates")
UPLOADS = ("attachments.upload", "appeals.file")
AT_ONCE = 20                 # files of one form


def init_app(app: Flask) -> None:
    """Let whoever is signed in send more on the routes that take files, before anything reads the request."""
    app.before_request(_make_room)
    app.jinja_env.globals.update(kind_name=files.kind_name, size_in_words=files.size_in_words,
                                 file_kinds=",".join(end for ends in types.EXTENSIONS.values() for end in ends),
                                 file_limit=app.config["CASEFLOW"].file_limit)


def _make_room() -> None:
    if request.endpoint in UPLOADS and current_user.is_authenticated:
        request.max_content_length = current_app.config["CASEFLOW"].largest_form


@blueprint.post("/cases/<number>/files")
def upload(number: str):
    """Add what was chosen, file by file; one that is not taken does not keep the others out."""
    case = one_case.find(number)
    chosen = [file for file in request.files.getlist("file") if file.filename][:AT_ONCE]
    back = filters.local_path(request.form.get("back", "")) or url_for("cases.show", number=number)
    if not chosen:
        flash(files.refused({"file": "missing"}, 0), "warning")
    taken = sum(_take(case, file) for file in chosen)
    if taken:
        flash(ngettext("已添加 %(num)s 个附件。", "已添加 %(num)s 个附件。", taken), "success")
    return redirect(f"{back}#files")


def _take(case: Case, file: FileStorage) -> bool:
    name, case_id, actor = file.filename or "", case.id, current_actor()
    try:
        attachments.require_add(case, actor)        # before anything is written to the disk
        received = attachments.receive(file.stream)     # before the transaction, in which others would wait
        with transaction():
            attachments.keep(case_id, actor, received, name, clock.now())
        return True
    except InvalidInput as error:
        reason = files.refused(error.fields, current_app.config["CASEFLOW"].file_limit)
    except NotFound:
        raise
    except CaseflowError as error:
        reason = refusal(error)[1]
    flash(gettext("“%(name)s”没有添加：%(reason)s", name=_shown(name), reason=reason), "danger")
    return False


def _shown(name: str) -> str:
    return "".join(c for c in name if c.isprintable())[:80]


@blueprint.get("/files/<int(max=9223372036854775807):attachment_id>")
def download(attachment_id: int):
    row, path = _found(attachment_id)
    return _sent(row, path, as_attachment=True)


@blueprint.get("/files/<int(max=9223372036854775807):attachment_id>/picture")
def picture(attachment_id: int):
    """A picture, to be shown on a page. Nothing else is ever shown."""
    row, path = _found(attachment_id)
    if row.kind not in types.IMAGES:
        raise NotFound
    return _sent(row, path, as_attachment=False)


def _found(attachment_id: int) -> tuple[Attachment, Path]:
    row, path = attachments.find(attachment_id, current_actor())
    if not path.is_file():
        current_app.logger.error("attachment %s has no file; see caseflow doctor", attachment_id)
        raise NotFound
    return row, path


def _sent(row: Attachment, path: Path, *, as_attachment: bool) -> Response:
    return send_file(path, mimetype=row.kind, as_attachment=as_attachment, download_name=row.name, etag=row.digest)
