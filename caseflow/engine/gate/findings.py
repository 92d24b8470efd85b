"""What the gate can find: stable codes, each with the facts that its sentence names. The sentences are made elsewhere.

The refusals of the expression language come as `expression_<code>` with the place in the text.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from caseflow.engine.expressions.refusals import Refusal
from caseflow.engine.values import Finding

MAX_FINDINGS = 500
MAX_NAMED = 100

# Code → the facts that come with it.
CODES: Mapping[str, tuple[str, ...]] = {
    # the file (reader)
    "file_empty": (),
    "file_too_large": (),
    "file_compressed": (),
    "file_encoding": (),
    "file_doctype": (),
    "file_namespaces": (),
    "file_not_xml": ("line",),
    "file_not_bpmn": (),
    "file_too_many_elements": (),
    "file_too_deep": (),
    "file_too_many_attributes": (),
    # the dialect
    "element_not_allowed": ("found",),
    "script_not_allowed": ("found",),
    "gateway_not_allowed": ("found",),
    "event_not_allowed": ("found",),
    "loop_not_allowed": ("found",),
    "timer_kind": ("found",),
    "element_repeated": ("found",),
    "element_missing": ("found",),
    "attribute_not_allowed": ("tag", "found"),
    "attribute_missing": ("tag", "found"),
    "attribute_value": ("tag", "found", "value"),
    "text_misplaced": ("tag",),
    "text_value": ("tag", "limit"),
    "id_missing": ("tag",),
    "id_form": ("found",),
    "id_reserved": ("found",),
    "id_duplicate": ("found",),
    "id_snake_case": ("found",),
    "name_missing": ("tag",),
    "article_missing": (),
    "limit_value": ("found",),
    "limit_unmarked": ("found",),
    "limit_repeated": ("found",),
    # the process
    "process_count": ("count",),
    "process_none": (),
    "process_executable": (),
    "process_id": ("found",),
    "participant_process": ("found",),
    "lane_reference": ("found",),
    "shape_element": ("found",),
    "not_drawn": ("found",),
    "steps_limit": ("count",),
    "expressions_limit": ("count",),
    "nesting_limit": (),
    # flows
    "start_count": ("count",),
    "end_count": (),
    "flow_end_unknown": ("found",),
    "flow_reference": ("found",),
    "flow_duplicate": (),
    "flow_self": (),
    "incoming_not_allowed": ("tag",),
    "outgoing_not_allowed": (),
    "unreachable": (),
    "dead_end": (),
    "cannot_end": (),
    "implicit_split": ("tag",),
    "condition_misplaced": (),
    "condition_missing": (),
    "default_missing": (),
    "default_unknown": ("found",),
    "default_condition": (),
    "gateway_mixed": (),
    "boundary_attachment": ("found",),
    # parallel branches
    "parallel_nesting": (),
    "join_mismatch": (),
    "join_stuck": (),
    "branch_ends": (),
    "side_path_rejoins": (),
    "loop_without_wait": (),
    # tasks and events
    "performer_missing": (),
    "performer_form": ("found",),
    "performer_partial": (),
    "service_type": (),
    "topic_unknown": ("found", "known"),
    "message_unknown": ("found",),
    "message_name": ("found",),
    "called_unknown": ("found",),
    "called_unreadable": ("found",),
    "call_recursion": ("found",),
    "calls_limit": (),
    "files_limit": ("count",),
    "process_duplicate": ("found",),
    # forms
    "form_limit": (),
    "form_units": (),
    "field_id": ("found",),
    "field_reserved": ("found",),
    "field_duplicate": ("found",),
    "field_label": ("found",),
    "field_type": ("found",),
    "field_is_task": ("found",),
    "field_conflict": ("found",),
    "field_default": ("found", "value"),
    "enum_empty": ("found",),
    "enum_limit": ("found",),
    "enum_value": ("found", "value"),
    "enum_only": ("found",),
    "constraint_name": ("found", "value"),
    "constraint_value": ("found", "value"),
    "constraint_range": ("found",),
    "visible_when_form": ("found",),
    "visible_when_field": ("found",),
    "visible_when_value": ("found", "value"),
    "property_name": ("found",),
    "form_rule_sentence": ("found", "value"),
    "form_rule_missing": ("found", "value"),
    "form_rule_blank": ("found", "value"),
    "form_rule_elsewhere": ("found", "text"),
    "form_rule_always": ("found", "text"),
    "form_rule_never": ("found", "text"),
    "choice_barred": ("found", "value"),
    # SpiffWorkflow's parser, apart
    "parser_refused": ("reason",),
    "parser_limit": (),
}
WARNINGS = frozenset(("article_missing", "process_id", "not_drawn"))
NOT_OF_DEPLOYED = frozenset(("limit_unmarked",))    # asked for later: what was deployed before runs on


class Findings:
    """Collects findings; after 500 errors (or warnings: they never crowd out an error) the rest is left out.

    `found` are the errors, `warnings` the rest.
    """

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self.warnings: list[Finding] = []

    def add(self, code: str, node: etree._Element | None = None, **values: object) -> None:
        """Note the finding with this code of CODES, at the node's line and nearest id; `values` hold its facts."""
        facts = {name: values[name] for name in CODES[code]}
        self._append(code, node, facts, "warning" if code in WARNINGS else "error")

    def add_refusal(self, reason: Refusal, node: etree._Element, text: str) -> None:
        """Note what the expression language refuses as `expression_<code>`: its facts, with the `position` and the
        `text`, 60 characters of it."""
        shown = text if len(text) <= 60 else text[:60] + "…"
        facts = {**reason.facts, "text": shown, "position": reason.position}
        self._append(f"expression_{reason.code}", node, facts, "error")

    def _append(self, code: str, node: etree._Element | None, facts: Mapping[str, object], severity: str) -> None:
        kept = self.warnings if severity == "warning" else self.found
        if len(kept) < MAX_FINDINGS:
            line = (node.sourceline or 0) if node is not None else 0
            shown = {name: _plain(fact) for name, fact in facts.items()}
            kept.append(Finding(code, owner_id(node), line, shown, severity))

    @property
    def full(self) -> bool:
        """Whether no further error will be noted."""
        return len(self.found) >= MAX_FINDINGS

    def sorted(self) -> list[Finding]:
        """All findings by line, the same one only once."""
        return sorted(dict.fromkeys(self.found + self.warnings), key=lambda finding: finding.line)


def owner_id(node: etree._Element | None) -> str:
    """The id of the element or, for a part without one, of the nearest element around it; "" when there is none.

    At most 64 characters. Ids of Camunda's elements are those of form fields and are passed over.
    """
    while node is not None:
        if node.get("id") and "camunda" not in str(node.tag):
            return printable(node.get("id"))[:64]
        node = node.getparent()
    return ""


def _plain(fact: object) -> object:
    """A fact as it can be shown: its texts are printable, and of many the first MAX_NAMED (100)."""
    if isinstance(fact, tuple):
        return tuple(printable(text) for text in fact[:MAX_NAMED])
    return printable(fact) if isinstance(fact, str) else fact


def printable(text: str) -> str:
    """One line of visible characters, for a message about a text nobody has checked yet; at most 500.

    Others are shown as their hexadecimal code.
    """
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)[:500]
