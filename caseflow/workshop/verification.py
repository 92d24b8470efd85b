"""What can be said of a diagram before it is deployed: the gate's findings, what it names that is not there, the proof
against the rules of its regulation, and what its scenarios meet.

An examination is kept by what was examined, so that the page, the submission and the approval do the work once.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.engine import gate
from caseflow.engine.values import Finding
from caseflow.errors import DefinitionRefused
from caseflow.law import regulations
from caseflow.law.regulation_file import Regulation
from caseflow.models import ProcessDraft, db
from caseflow.models.people import ROLES
from caseflow.processes.deployed import deployed_files
from caseflow.proof import Proof
from caseflow.trials import scenarios as played
from caseflow.workshop import version_scenarios
from caseflow.workshop.agreement import disagreements
from caseflow.workshop.proving import finding_of, prove

KEPT = 64

_kept: dict[str, Examination] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found. `definition` and `proof` are None when the diagram cannot be read as a process.

    `scenarios` were played on a diagram without errors. What one of them says against it is among the findings, once
    no rule is broken: the law comes first.
    """

    findings: tuple[Finding, ...]
    definition: engine.Definition | None = None
    proof: Proof | None = None
    scenarios: tuple[played.Result, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether it must not be deployed: for an error, a rule that is broken or cannot be decided, or an effect that
        lacks something on some path."""
        return bool(self.reasons)

    @property
    def keeps_the_law(self) -> bool:
        """Whether nothing keeps it from being deployed but recordings that no longer agree."""
        return all(finding.code == played.FAILED for finding in self.reasons)

    @property
    def disagreeing(self) -> tuple[played.Result, ...]:
        """The scenarios that do not pass, once the law is kept; before that none."""
        return tuple(result for result in self.scenarios if not result.passed) if self.keeps_the_law else ()

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """Why it must not be deployed, broken rules included."""
        errors = [finding for finding in self.findings if finding.severity == "error"]
        return (*errors, *(finding_of(result) for result in (self.proof.broken if self.proof else ())))


def examine(regulation: str, process_id: str, source: bytes, draft_id: int | None = None) -> Examination:
    """What there is to say of this diagram as the next version of the process. Never raises for what is in it.

    The files it calls are those of the deployed version. The scenarios are those of the draft, without one those of
    the version under which new cases start.
    """
    files, home = files_with(regulation, process_id, source)
    return examine_files(regulation, process_id, files, home, _texts(process_id, draft_id))


def files_with(regulation: str, process_id: str, source: bytes) -> tuple[dict[str, bytes], str]:
    """The deployed files of the process with this one in the place of the file that holds it; and its name."""
    files = deployed_files(process_id)
    home = next((name for name, text in files.items() if _holds(text, process_id)),
                f"{process_id.removeprefix(f'{regulation}_')}.bpmn")
    return {**files, home: source}, home


def examine_files(regulation: str, process_id: str, files: Mapping[str, bytes], home: str,
                  texts: Mapping[str, str] | None = None) -> Examination:
    """What there is to say of the process in the file `home` with those beside it, which were deployed before.

    `texts` are the scenarios that are played, by key; without them those of the regulation's folder.
    """
    if texts is None:
        process = process_id.removeprefix(f"{regulation}_")
        texts = played.texts_in(regulations.folder() / regulation, process)
    key = _key(regulation, process_id, files, texts)
    if key not in _kept:
        examination = _examine(regulations.get(regulation), process_id, files, home, texts)
        with _lock:
            _kept[key] = examination
            while len(_kept) > KEPT:
                del _kept[next(iter(_kept))]
    return _kept[key]


def require(examination: Examination, *, again: bool = False) -> engine.Definition:
    """The definition; refuses with DefinitionRefused, with every reason, what must not be deployed.

    What is deployed `again` has to keep the law, but not the scenarios of the versions since.
    """
    reasons = tuple(finding for finding in examination.reasons if not (again and finding.code == played.FAILED))
    if reasons:
        raise DefinitionRefused(findings=reasons)
    return examination.definition


def _holds(text: bytes, process_id: str) -> bool:
    return any(process.get("id") == process_id for process in gate.read(text).iterchildren("{*}process"))


def _key(regulation: str, process_id: str, files: Mapping[str, bytes], texts: Mapping[str, str]) -> str:
    summary = hashlib.sha256(f"{regulations.folder()}\0{regulation}\0{process_id}\0".encode())
    for name, text in sorted(files.items()):
        summary.update(f"{name}\0{len(text)}\0".encode() + text)
    for name, text in sorted(texts.items()):
        summary.update(f"{name}\0{len(text)}\0{text}".encode())
    return summary.hexdigest()


def _examine(regulation: Regulation, process_id: str, files: Mapping[str, bytes], home: str,
             texts: Mapping[str, str]) -> Examination:
    findings = gate.check(files[home], topics=TOPICS, name=home, called=files)
    if any(finding.severity == "error" for finding in findings):
        return Examination(tuple(findings))
    try:
        definition = engine.load(files, trusted=False, process_id=process_id, topics=TOPICS)
    except DefinitionRefused as refusal:
        return Examination((*findings, *(_said_of(finding, process_id) for finding in refusal.findings)))
    findings = (*findings, *_strangers(regulation, definition), *disagreements(regulation, definition))
    proof = prove(regulation, definition)
    if any(finding.severity == "error" for finding in findings):
        return Examination(findings, definition, proof)
    results = played.run_texts(definition, regulation, texts)
    told = played.findings(results) if proof.holds else ()
    return Examination((*findings, *told), definition, proof, results)


def _said_of(finding: Finding, process_id: str) -> Finding:
    """Of a file with another process: which one is wanted."""
    if finding.code != "no_single_process":
        return finding
    return replace(finding, facts={"process_id": process_id})


def _strangers(regulation: Regulation, definition: engine.Definition) -> Iterator[Finding]:
    """Tasks of an office that the regulation does not name, or of a role that nobody can hold."""
    for task in definition.user_tasks.values():
        if task.unit != "responsible" and task.unit not in regulation.offices:
            known = ("responsible", *regulation.offices)
            yield Finding("unit_unknown", task.element.id, 0,
                          {"name": task.element.name, "found": task.unit, "known": known})
        if task.role not in ROLES:
            yield Finding("role_unknown", task.element.id, 0,
                          {"name": task.element.name, "found": task.role, "known": tuple(ROLES)})



def _texts(process_id: str, draft_id: int | None) -> Mapping[str, str]:
    draft = db.session.get(ProcessDraft, draft_id) if draft_id is not None else None
    return version_scenarios.of_draft(draft) if draft else version_scenarios.of_process(process_id)
