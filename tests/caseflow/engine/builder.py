"""Small diagrams in a few lines, for tests.

    scope = Scope()
    scope.start()
    scope.user("first", fast="boolean")
    scope.end()
    scope.flow("begin", "first", "done")
    scope.source()
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)

REMINDER = ('<bpmn:extensionElements><camunda:properties><camunda:property name="limit" value="reminder"/>'
            "</camunda:properties></bpmn:extensionElements>")


@dataclass
class Scope:
    """The content of a process or subprocess. Every method adds one element; `flow` connects them in a chain."""

    xml: list[str] = field(default_factory=list)
    messages: set[str] = field(default_factory=set)
    defaults: dict[str, str] = field(default_factory=dict)
    count: list[int] = field(default_factory=lambda: [0])

    def start(self, id: str = "begin") -> str:
        return self._add("startEvent", id)

    def end(self, id: str = "done") -> str:
        return self._add("endEvent", id)

    def user(self, id: str, **fields: str) -> str:
        """A user task; fields as name="boolean", name="enum a b", name="long", name="date", name="string"."""
        forms = "".join(_field(name, kind) for name, kind in fields.items())
        body = f"<bpmn:extensionElements><camunda:formData>{forms}</camunda:formData></bpmn:extensionElements>"
        return self._add("userTask", id, body if fields else "", ' camunda:candidateGroups="responsible.officer"')

    def effect(self, id: str, topic: str = "escalate") -> str:
        return self._add("serviceTask", id, "", f' camunda:type="external" camunda:topic="{topic}"')

    def choice(self, id: str) -> str:
        return self._add("exclusiveGateway", id, "", f" @default-{id}@")

    def parallel(self, id: str) -> str:
        return self._add("parallelGateway", id)

    def timer(self, id: str, expression: str = "working_days(5)") -> str:
        return self._add("intermediateCatchEvent", id, _timer(expression))

    def message(self, id: str, name: str) -> str:
        return self._add("intermediateCatchEvent", id, self._message(name))

    def deadline(self, id: str, at: str, expression: str = "working_days(5)", *, interrupting: bool = False,
                 reminder: bool = False) -> str:
        """A timer at a border; the second one at the same activity is a reminder."""
        drawn = (part for part in self.xml if isinstance(part, str) and "timeDate" in part)
        further = reminder or any(f'attachedToRef="{at}"' in part for part in drawn)
        return self._border(id, at, (REMINDER if further else "") + _timer(expression), interrupting)

    def interruption(self, id: str, at: str, name: str, *, interrupting: bool = True) -> str:
        return self._border(id, at, self._message(name), interrupting)

    def sub(self, id: str) -> Scope:
        """An embedded subprocess; fill the scope, then `close` it."""
        inner = Scope(messages=self.messages, defaults=self.defaults, count=self.count)
        self.xml.append((id, inner))
        return inner

    def call(self, id: str, process: str) -> str:
        return self._add("callActivity", id, "", f' calledElement="{process}"')

    def flow(self, *ids: str, when: str | None = None, default: bool = False) -> None:
        """A chain of sequence flows; `when` or `default` belong to the first of them."""
        for source, target in zip(ids, ids[1:], strict=False):
            self.count[0] += 1
            name = f"flow_{self.count[0]}"
            condition = ""
            if when is not None:
                condition = f"<bpmn:conditionExpression>{_text(when)}</bpmn:conditionExpression>"
            if default:
                self.defaults[source] = name
            when, default = None, False
            ends = f'sourceRef="{source}" targetRef="{target}"'
            self.xml.append(f'<bpmn:sequenceFlow id="{name}" {ends}>{condition}</bpmn:sequenceFlow>')

    def text(self) -> str:
        parts = [
            part if isinstance(part, str) else f'<bpmn:subProcess id="{part[0]}">{part[1].text()}</bpmn:subProcess>'
            for part in self.xml
        ]
        text = "".join(parts)
        for node, flow in self.defaults.items():
            text = text.replace(f"@default-{node}@", f'default="{flow}"')
        return text

    def source(self, process: str = "test_process") -> bytes:
        """The whole diagram as BPMN."""
        messages = "".join(f'<bpmn:message id="Message_{m}" name="{m}"/>' for m in sorted(self.messages))
        body = self.text()
        assert "@default-" not in body, "every exclusive gateway needs a default flow"
        return (
            f'<bpmn:definitions {NAMESPACES} id="definitions" targetNamespace="http://caseflow.test">{messages}'
            f'<bpmn:process id="{process}" isExecutable="true" camunda:historyTimeToLive="P10Y">{body}</bpmn:process>'
            "</bpmn:definitions>"
        ).encode()

    def _add(self, tag: str, id: str, body: str = "", attributes: str = "") -> str:
        self.xml.append(f'<bpmn:{tag} id="{id}" name={quoteattr("名称 " + id)}{attributes}>{body}</bpmn:{tag}>')
        return id

    def _border(self, id: str, at: str, body: str, interrupting: bool) -> str:
        attributes = f' attachedToRef="{at}" cancelActivity="{"true" if interrupting else "false"}"'
        return self._add("boundaryEvent", id, body, attributes)

    def _message(self, name: str) -> str:
        self.messages.add(name)
        return f'<bpmn:messageEventDefinition messageRef="Message_{name}"/>'


def _timer(expression: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:timeDate>{_text(expression)}</bpmn:timeDate></bpmn:timerEventDefinition>"


def _field(name: str, kind: str) -> str:
    kind, *values = kind.split()
    choices = "".join(f'<camunda:value id="{v}" name="值 {v}"/>' for v in values)
    return f'<camunda:formField id="{name}" label="字段 {name}" type="{kind}">{choices}</camunda:formField>'


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
