"""The scenarios of a draft that keep the law's way but not their recording: recorded anew in one step, or by hand.

Nothing is recorded for a drawing that breaks a rule or does not pass the gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from caseflow.engine.definition import Definition
from caseflow.errors import ConfigurationError, DefinitionRefused, InvalidInput, NothingToRecord
from caseflow.law import regulations, working_days
from caseflow.models import KeptScenario, ProcessDraft
from caseflow.people.permissions import Actor
from caseflow.processes import deployed
from caseflow.trials import differences, rerecording, scenario_file, scenarios
from caseflow.trials.differences import Difference
from caseflow.trials.rerecording import Rerecording
from caseflow.trials.scenario_file import Scenario
from caseflow.trials.tried_case import Ground
from caseflow.workshop import drafts, kept_trials, verification, version_scenarios
from caseflow.workshop.verification import Examination

NEW, REPLACED, RERECORDED, LEFT_OUT = "new", "replaced", "rerecorded", "left_out"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept with a draft in place of, or beside, a scenario of its version.

    `kind`: NEW, REPLACED (another way), RERECORDED (other answers, times or notices alone) or LEFT_OUT; `old` and `new`
    are None where there is none.
    """

    kind: str
    row: KeptScenario
    old: Scenario | None
    new: Scenario | None
    old_text: str
    differences: tuple[Difference, ...]

    @property
    def name(self) -> str:
        """As its text names it now, one that was left out as it did."""
        known = self.new or self.old
        return known.name if known else self.row.key

    @property
    def article(self) -> str:
        """The article that it cites, or did."""
        known = self.new or self.old
        return known.article if known else ""


def proposals(draft: ProcessDraft, examination: Examination,
              chosen: Mapping[str, str] | None = None) -> tuple[Rerecording, ...]:
    """What can become of each scenario that does not pass, once the law is kept. `chosen`: answers to the questions."""
    if examination.definition is None or not examination.disagreeing:
        return ()
    ground, before = _ground(draft, examination.definition), _base(draft)
    return tuple(
        rerecording.rerecord(ground, result.scenario, before, chosen) if result.scenario
        else Rerecording(result.key, result.name, None, problem=result.problems[0])
        for result in examination.disagreeing)


def rerecord(draft_id: int, revision: int, seen: str, chosen: Mapping[str, str], actor: Actor,
             now: datetime) -> tuple[int, int]:
    """Record anew, with the draft, every scenario for which that is possible; how many were, how many wait for people.

    A designer of the regulation who has seen this revision and these scenarios. Refuses with NotFound,
    PermissionDenied, DraftClosed, DraftChanged, ScenariosChanged, DefinitionRefused for a drawing that is refused
    otherwise, InvalidInput (the keys of questions without an answer) and NothingToRecord. All or nothing; journaled
    as scenario_rerecorded.
    """
    draft = kept_trials.locked(draft_id, actor)
    drafts.require_revision(draft, revision)
    version_scenarios.require_mark(draft, seen)
    examination = verification.examine(draft.regulation, draft.process_id, draft.source, draft.id)
    if not examination.keeps_the_law:
        raise DefinitionRefused(findings=tuple(one for one in examination.reasons if one.code != scenarios.FAILED))
    found = proposals(draft, examination, chosen)
    unanswered = {question.key: "required" for one in found for question in one.questions}
    if unanswered:
        raise InvalidInput(fields=unanswered)
    able = [one for one in found if one.new]
    if not able:
        raise NothingToRecord
    for one in able:
        kept_trials.put(draft, one.key, scenario_file.write(one.new), "scenario_rerecorded", actor, now, name=one.name)
    return len(able), len(found) - len(able)


def kept(draft: ProcessDraft) -> list[Kept]:
    """What was kept with a draft and differs from what its version has, by key: for whoever approves it."""
    base = version_scenarios.of_base(draft)
    found = (_kept(row, base.get(row.key, "")) for row in version_scenarios.own(draft.id))
    return [one for one in found if one.old != one.new or one.old_text != one.row.text and not (one.old and one.new)]


def _kept(row: KeptScenario, old_text: str) -> Kept:
    old, new = _read(old_text, row.key), _read(row.text, row.key)
    found = differences.between(old, new) if old and new else ()
    kind = RERECORDED if old and new and differences.keeps_the_way(found) else REPLACED
    kind = NEW if not old_text else LEFT_OUT if not row.text else kind
    return Kept(kind, row, old, new, old_text, found)


def _read(text: str, key: str) -> Scenario | None:
    """None for no text, and for one that cannot be read."""
    try:
        return scenario_file.parse(text, key) if text else None
    except ConfigurationError:
        return None


def _ground(draft: ProcessDraft, definition: Definition) -> Ground:
    return Ground(definition, regulations.get(draft.regulation), working_days.national())


def _base(draft: ProcessDraft) -> Ground:
    """Where the scenarios of the draft's version were recorded."""
    return _ground(draft, deployed.by_digest(draft.base or deployed.row_of(draft.process_id).digest))
