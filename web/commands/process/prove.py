"""`caseflow process prove`: do these diagrams keep what their regulation says, on every path? Needs no database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import orjson

from caseflow.cases.effects.registry import TOPICS
from caseflow.engine import definition as engine
from caseflow.engine import gate
from caseflow.engine.values import Finding
from caseflow.errors import ConfigurationError, DefinitionRefused, RegulationNotFound
from caseflow.install import tried_kinds
from caseflow.law import regulation_file, regulations
from caseflow.proof import HOLDS, Bounds, Fault, Proof, RuleResult
from caseflow.workshop import agreement, proving
from web import sentences
from web.commands.process import findings

VERDICTS = {"violated": "违反", "unknown": "不能确定"}
STOPS = {"violated": "系统操作会停住", "unknown": "不能确定系统操作会不会停住"}
DEFAULT = Bounds()


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for all files.")
@click.option("--states", default=DEFAULT.states, show_default=True, help="How many states to look at.",
              type=click.IntRange(1, 1_000_000))
def prove(paths: tuple[Path, ...], as_json: bool, states: int) -> None:
    """Hold each diagram against the rules of its regulation, over every path a case can take.

    PATH is a diagram, or a folder whose diagrams (.bpmn) are proven, also in folders below. The rules stand in the
    regulation.toml beside the diagram; without one, in that of the regulation its process id begins with. Each rule
    that is broken is shown with its article, what to do, and the shortest path; so is each effect that some path leads
    to without what it needs, and what the regulation names and the diagram does not have. What [extension], [clock]
    and the other powers of the regulation let people do counts. At the end stand the words of each regulation that no
    rule watches, with the reasons. Exit code 1 when a rule is broken or cannot be decided within the bound, an effect
    lacks something, something is missing, or the gate refuses the diagram.
    """
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*.bpmn")))]
    if not files:
        raise click.UsageError(f"no diagram (.bpmn) in {', '.join(map(str, paths))}")
    tried_kinds.read()
    reports = [_report(file, Bounds(states, 3 * states)) for file in files]
    if as_json:
        click.echo(orjson.dumps([report["json"] for report in reports]).decode())
    else:
        click.echo("\n".join(line for report in reports for line in report["lines"]))
        for regulation in {report["regulation"].key: report["regulation"] for report in reports
                           if report["regulation"]}.values():
            click.echo("\n".join(_unwatched(regulation)))
    sys.exit(0 if all(report["fine"] for report in reports) else 1)


def _report(file: Path, bounds: Bounds) -> dict[str, Any]:
    try:
        definition = _loaded(file)
    except DefinitionRefused as refused:
        return _refused(file, refused)
    regulation = _regulation(file, definition.process_id)
    missing = list(agreement.disagreements(regulation, definition))
    proof = proving.prove(regulation, definition, bounds)
    lines = [findings.line(file, finding) for finding in missing]
    lines += [line for result in proof.broken for line in _block(file, result, definition)]
    kept = sum(result.verdict == HOLDS for result in proof.results)
    lines.append(f"{file}：{len(proof.results)}条规则，{kept}条成立（{proof.states}个状态，{proof.moves}步）")
    fine = proof.holds and all(finding.severity == "warning" for finding in missing)
    return {"fine": fine, "lines": lines, "regulation": regulation,
            "json": {**_as_json(file, proof, definition, missing), "unwatched": [asdict(mark) for mark in
                                                                                 regulation.unwatched]}}


def _unwatched(regulation: regulation_file.Regulation) -> list[str]:
    """The words that no rule watches, each with the reason."""
    return [f"{regulation.name}：{len(regulation.unwatched)}句话没有规则守着，理由如下",
            *(f"  {mark.article} “{mark.sentence}”：{mark.reason}" for mark in regulation.unwatched)]


def _loaded(file: Path) -> engine.Definition:
    """The definition in a file, with what it calls from the files beside it."""
    source = file.read_bytes()
    beside = {other.name: other.read_bytes() for other in sorted(file.parent.glob("*.bpmn"))} \
        if b"callActivity" in source else {}
    process_id = next((node.get("id") for node in gate.read(source).iter("{*}process")), None)
    return engine.load({**beside, file.name: source}, trusted=True, process_id=process_id, topics=TOPICS)


def _regulation(file: Path, process_id: str) -> regulation_file.Regulation:
    place = process_id.partition("_")[0]
    data = file.parent / "regulation.toml"
    try:
        return regulation_file.read(data.resolve()) if data.is_file() else regulations.get(place)
    except RegulationNotFound:
        raise ConfigurationError(f"{file}: no regulation.toml beside it, and no regulation {place!r}.") from None


def _block(file: Path, result: RuleResult | Fault, definition: engine.Definition) -> list[str]:
    lines = _law(file, result) if isinstance(result, RuleResult) else [f"{file}：{STOPS[result.verdict]}"]
    if result.element:
        lines.append(f"  元素：{result.element}")
    lines.append(f"  怎么改：{sentences.of(result)}")
    if result.path:
        lines += ["  路径：", *(f"    {step}" for step in sentences.told(definition, result.path))]
    return [*lines, ""]


def _law(file: Path, result: RuleResult) -> list[str]:
    rule = result.rule
    return [f"{file}：{VERDICTS[result.verdict]} {rule.article}", f"  条文：“{rule.sentence}”",
            f"  规则：{rule.check}" + (f"（读法 {rule.reading}）" if rule.reading else "")]


def _as_json(file: Path, proof: Proof, definition: engine.Definition, missing: Sequence[Finding]) -> dict[str, Any]:
    return {
        "file": str(file), "process": definition.process_id, "states": proof.states, "moves": proof.moves,
        "complete": proof.complete, "findings": [findings.as_json(finding) for finding in missing],
        "rules": [{
            "check": result.rule.check, "article": result.rule.article, "sentence": result.rule.sentence,
            "reading": result.rule.reading, "verdict": result.verdict, "element": result.element,
            **_why(result, definition)} for result in proof.results],
        "faults": [{"code": fault.code, "verdict": fault.verdict, "element": fault.element, **_why(fault, definition)}
                   for fault in proof.faults],
    }


def _why(result: RuleResult | Fault, definition: engine.Definition) -> dict[str, Any]:
    """What is wrong, and the way there, as steps and in words."""
    return {"why": sentences.of(result), "words": sentences.told(definition, result.path),
            "path": [{"kind": step.kind, "element": step.element, "values": dict(step.values),
                      "passed": list(step.passed), "days": step.days} for step in result.path]}


def _refused(file: Path, refused: DefinitionRefused) -> dict[str, Any]:
    return {
        "fine": False, "regulation": None,
        "lines": [findings.line(file, found) for found in refused.findings],
        "json": {"file": str(file), "findings": [findings.as_json(found) for found in refused.findings], "rules": [],
                 "unwatched": []},
    }
