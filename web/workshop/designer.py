"""The designer: a draft's drawing in the browser, what is wrong with it as it changes, saving, files in and out."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext

from caseflow.engine import gate
from caseflow.errors import DefinitionRefused
from caseflow.models import ProcessDraft, transaction
from caseflow.people import permissions
from caseflow.processes import deployed
from caseflow.workshop import drafts, verification
from web import sentences
from web.app import clock
from web.sign_in.auth import current_actor
from web.words import processes, times
from web.workshop import designer_facts
from web.workshop import findings as finding_words

blueprint = Blueprint("designer", __name__, template_folder="templates", url_prefix="/workshop")
DRAFT = "/drafts/<int(max=9223372036854775807):draft_id>"
LARGEST = 4_000_000     # bytes: more than the gate takes, so that it says what is wrong; beyond it nothing is read
SENDING = ("designer.findings", "designer.save")


@blueprint.before_request
def _bound() -> None:
    if request.endpoint in SENDING:
        request.max_content_length = min(LARGEST, current_app.config["MAX_CONTENT_LENGTH"])


@blueprint.get(f"{DRAFT}/design")
def design(draft_id: int):
    draft, may_edit = _open(draft_id)
    facts = designer_facts.facts(draft) | _addresses(draft) | {"may_edit": may_edit}
    return render_template("workshop/designer_show.html", draft=draft, may_edit=may_edit, facts=facts,
                           name=processes.title_of(draft.process_id))


@blueprint.post(f"{DRAFT}/findings")
def findings(draft_id: int):
    """What there is to say of the XML that is sent; it is kept nowhere."""
    draft = drafts.find(draft_id, current_actor())
    return jsonify(_examined(draft, request.get_data()))


@blueprint.post(f"{DRAFT}/save")
def save(draft_id: int):
    """Keep the XML as the next revision of the one in the address; what cannot be read is not kept."""
    revision, source = request.args.get("revision", type=int), request.get_data()
    permissions.require_process(current_actor(), drafts.find(draft_id, current_actor()).regulation, "designer")
    refused = _unreadable(source)
    if refused or revision is None:
        sentence = gettext("；").join(refused) or gettext("请刷新页面后再保存。")
        return jsonify({"code": "unreadable", "message": sentence}), 422
    with transaction():
        draft = drafts.save(draft_id, source, revision, current_actor(), clock.now())
        revision = draft.revision
    return jsonify({"revision": revision} | _examined(draft, source))


@blueprint.post(f"{DRAFT}/presence")
def here(draft_id: int):
    """Say that one's page is open; who else has it open, and what the newest revision is."""
    with transaction():
        draft, others = drafts.look(draft_id, current_actor(), clock.real())
        return jsonify({"others": others, "revision": draft.revision, "edited_by": draft.edited_by.name,
                        "edited_at": times.moment(draft.edited_at)})


@blueprint.get(f"{DRAFT}/export")
def export(draft_id: int):
    draft = drafts.find(draft_id, current_actor())
    name = f"{draft.process_id}-{draft.id}-r{draft.revision}.bpmn"
    return Response(draft.source, mimetype="application/xml",
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.post("/<process_id>/drafts")
def begin(process_id: str):
    """Begin a draft: of what is deployed, or of a file, unless that file cannot be read at all."""
    actor, file = current_actor(), request.files.get("file")
    source = None if file is None else file.stream.read(LARGEST)
    permissions.require_process(actor, deployed.row_of(process_id).regulation, "designer")
    refused = () if source is None else _unreadable(source)
    if refused:
        return render_template("workshop/designer_refused.html", process_id=process_id,
                               name=processes.title_of(process_id),
                               reasons=refused, file_name=file.filename), 422
    with transaction():
        draft_id = drafts.begin(process_id, actor, clock.now(), source).id
    flash(gettext("已新建草稿，可以开始修改。"), "success")
    return redirect(url_for("designer.design", draft_id=draft_id))


def _open(draft_id: int) -> tuple[ProcessDraft, bool]:
    """The draft, and whether the person asking may change it as it stands."""
    actor = current_actor()
    draft = drafts.find(draft_id, actor)
    return draft, draft.state == "open" and draft.regulation in permissions.regulations_of(actor, "designer")


def _unreadable(source: bytes) -> list[str]:
    """What keeps the file from being opened at all; other findings are for the designer to mend."""
    try:
        root = gate.read(source)
    except DefinitionRefused as refused:
        return [sentences.of(finding) for finding in refused.findings]
    if root.find("{*}BPMNDiagram") is None:
        return [gettext("文件里没有图形（BPMNDiagram），无法显示；请用建模工具画好后再导入。")]
    return []


def _examined(draft: ProcessDraft, source: bytes) -> dict:
    return finding_words.told(verification.examine(draft.regulation, draft.process_id, source, draft.id), source)


def _addresses(draft: ProcessDraft) -> dict:
    return {"urls": {name: url_for(f"designer.{endpoint}", draft_id=draft.id) for name, endpoint in (
        ("findings", "findings"), ("save", "save"), ("presence", "here"))}}
