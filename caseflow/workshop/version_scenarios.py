"""Which scenarios a version has: those it was deployed with. A draft begins with those of the version it starts from.

Key → text of the file. Versions of earlier releases have none written down; theirs follow from the line of drafts they
came from, over the files of the regulation's folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import orjson
from sqlalchemy import exists, select, tuple_

from caseflow.errors import ConfigurationError, ScenariosChanged
from caseflow.law import regulations
from caseflow.models import Definition, KeptScenario, ProcessDraft, db
from caseflow.trials import scenario_file, scenarios


def of_version(row: Definition) -> Mapping[str, str]:
    """The scenarios that this version was deployed with."""
    return orjson.loads(row.scenarios) if row.scenarios is not None else _derived(row)


def listed(row: Definition) -> list[tuple[str, str]]:
    """(name, article) of each scenario of a version, by key; one that cannot be read goes by its key."""
    found = []
    for key, text in sorted(of_version(row).items()):
        try:
            scenario = scenario_file.parse(text, key)
            found.append((scenario.name, scenario.article))
        except ConfigurationError:
            found.append((key, ""))
    return found


def of_draft(draft: ProcessDraft) -> Mapping[str, str]:
    """Those that this draft is checked with: of the version it starts from, with what was kept with the draft."""
    return _with_own(of_base(draft), draft.id)


def of_process(process_id: str) -> Mapping[str, str]:
    """Those of the version under which new cases start; none before the first."""
    row = _current(process_id)
    return of_version(row) if row else {}


def of_base(draft: ProcessDraft) -> Mapping[str, str]:
    """Those of the version that this draft starts from."""
    base = db.session.get(Definition, draft.base) if draft.base else _current(draft.process_id)
    return of_version(base) if base else {}


def mark(draft: ProcessDraft) -> str:
    """By which a page and what is decided on it know that they mean the same scenarios."""
    return hashlib.sha256(_dumped(of_draft(draft)).encode()).hexdigest()[:16]


def require_mark(draft: ProcessDraft, seen: str | None) -> None:
    """ScenariosChanged when the draft's scenarios are others than those with this mark; None: nobody looked."""
    if seen is not None and seen != mark(draft):
        raise ScenariosChanged


def own(draft_id: int) -> list[KeptScenario]:
    """What was kept with this draft itself, in the order of its keys."""
    query = select(KeptScenario).where(KeptScenario.draft_id == draft_id)
    return list(db.session.scalars(query.order_by(KeptScenario.key).execution_options(populate_existing=True)))


def written(results: Iterable[scenarios.Result]) -> str:
    """Played scenarios as a version's row keeps them; all of them could be read."""
    texts = {result.key: scenario_file.write(result.scenario) for result in results}
    return orjson.dumps(texts, option=orjson.OPT_SORT_KEYS).decode()


def follow_the_files(row: Definition) -> None:
    """Give a version, whose files are those of the regulation's folder, the scenarios beside them, unless people
    deployed it with others."""
    if not db.session.scalar(select(exists().where(ProcessDraft.deployed_as == row.digest))):
        row.scenarios = _dumped(_shipped(row))


def write_down() -> None:
    """Let every version of an earlier release keep what follows from its drafts."""
    found = {row: of_version(row) for row in db.session.scalars(
        select(Definition).where(Definition.scenarios.is_(None)))}
    for row, texts in found.items():
        row.scenarios = _dumped(texts)


def _derived(row: Definition, before: ProcessDraft | None = None) -> Mapping[str, str]:
    """By the draft that was deployed as this version last (`before`: of those submitted before that one), its base, and
    so on back to what came with the software."""
    order = tuple_(ProcessDraft.submitted_at, ProcessDraft.id)
    query = select(ProcessDraft).where(ProcessDraft.deployed_as == row.digest)
    if before is not None:
        query = query.where(order < tuple_(before.submitted_at, before.id))
    draft = db.session.scalar(query.order_by(ProcessDraft.submitted_at.desc(), ProcessDraft.id.desc()).limit(1))
    if draft is None or draft.base is None:
        return _shipped(row)
    return _with_own(_derived(db.session.get(Definition, draft.base), draft), draft.id)


def _with_own(texts: Mapping[str, str], draft_id: int) -> Mapping[str, str]:
    kept = {**texts, **{row.key: row.text for row in own(draft_id)}}
    return {key: text for key, text in kept.items() if text}


def _shipped(row: Definition) -> Mapping[str, str]:
    process = row.process_id.removeprefix(f"{row.regulation}_")
    return scenarios.texts_in(regulations.folder() / row.regulation, process)


def _current(process_id: str) -> Definition | None:
    return db.session.scalar(select(Definition).where(Definition.process_id == process_id, Definition.current))


def _dumped(texts: Mapping[str, str]) -> str:
    return orjson.dumps(dict(texts), option=orjson.OPT_SORT_KEYS).decode()
