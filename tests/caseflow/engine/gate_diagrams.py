"""A sound diagram that uses the whole dialect, for tests to break at one place."""

from xml.sax.saxutils import escape

TOPICS = {"open_file": "", "escalate": "", "void_rating": ""}

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="definitions_1" targetNamespace="urn:caseflow:test">
"""

SOUND = (
    HEAD
    + """<bpmn:collaboration id="c1"><bpmn:participant id="c2" name="某区" processRef="test_main"/></bpmn:collaboration>
<bpmn:message id="m1" name="appeal_upheld"/>
<bpmn:process id="test_main" name="测试流程" isExecutable="true">
<bpmn:laneSet id="lanes"><bpmn:lane id="lane_1" name="承办单位">
<bpmn:flowNodeRef>first_response</bpmn:flowNodeRef><bpmn:flowNodeRef>rectify</bpmn:flowNodeRef></bpmn:lane>\
</bpmn:laneSet>
<bpmn:startEvent id="begin"/>
<bpmn:serviceTask id="open_file" camunda:type="external" camunda:topic="open_file"/>
<bpmn:userTask id="first_response" name="首次联系" camunda:candidateGroups="responsible.officer">
<bpmn:documentation>两个工作日内联系。</bpmn:documentation>
<bpmn:extensionElements><camunda:formData>
<camunda:formField id="outcome" label="结果" type="enum"><camunda:validation><camunda:constraint name="required"/>\
</camunda:validation><camunda:value id="simple" name="简单"/>\
<camunda:value id="complex" name="复杂"/></camunda:formField>
<camunda:formField id="rectify_by" label="期限" type="date"><camunda:properties>\
<camunda:property id="visible_when" value="outcome in ['complex']"/></camunda:properties></camunda:formField>
<camunda:formField id="days" label="天数" type="long" defaultValue="5"><camunda:validation>\
<camunda:constraint name="min" config="1"/><camunda:constraint name="max" config="9"/></camunda:validation>\
</camunda:formField>
<camunda:formField id="told" label="已告知" type="boolean" defaultValue="true"/>
<camunda:formField id="findings" label="情况" type="text"><camunda:validation>\
<camunda:constraint name="minlength" config="2"/><camunda:constraint name="maxlength" config="200"/>\
</camunda:validation></camunda:formField>
</camunda:formData>
<camunda:properties><camunda:property name="article" value="GC-2(二)"/></camunda:properties></bpmn:extensionElements>
<bpmn:incoming>f_first</bpmn:incoming><bpmn:outgoing>f_which</bpmn:outgoing></bpmn:userTask>
<bpmn:boundaryEvent id="first_due" attachedToRef="first_response" cancelActivity="false">\
<bpmn:timerEventDefinition id="t1">\
<bpmn:timeDate xsi:type="bpmn:tFormalExpression">working_days(2, since=received_at)</bpmn:timeDate>\
</bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:serviceTask id="escalate" camunda:type="external" camunda:topic="escalate"/>
<bpmn:endEvent id="escalated"/>
<bpmn:exclusiveGateway id="which" default="f_else"/>
<bpmn:subProcess id="handling">
<bpmn:startEvent id="inner_begin"/>
<bpmn:parallelGateway id="split"/>
<bpmn:userTask id="rectify" name="整改" camunda:candidateGroups="responsible.officer"><bpmn:extensionElements>\
<camunda:properties><camunda:property name="article" value="GC-2"/></camunda:properties></bpmn:extensionElements>\
</bpmn:userTask>
<bpmn:userTask id="explain" name="说明" camunda:candidateGroups="bureau.supervisor"><bpmn:extensionElements>\
<camunda:properties><camunda:property name="article" value="GC-2"/></camunda:properties></bpmn:extensionElements>\
</bpmn:userTask>
<bpmn:parallelGateway id="join"/>
<bpmn:endEvent id="inner_end"/>
<bpmn:sequenceFlow id="i1" sourceRef="inner_begin" targetRef="split"/>
<bpmn:sequenceFlow id="i2" sourceRef="split" targetRef="rectify"/>
<bpmn:sequenceFlow id="i3" sourceRef="split" targetRef="explain"/>
<bpmn:sequenceFlow id="i4" sourceRef="rectify" targetRef="join"/>
<bpmn:sequenceFlow id="i5" sourceRef="explain" targetRef="join"/>
<bpmn:sequenceFlow id="i6" sourceRef="join" targetRef="inner_end"/>
</bpmn:subProcess>
<bpmn:boundaryEvent id="upheld" attachedToRef="handling"><bpmn:messageEventDefinition id="md1" messageRef="m1"/>\
</bpmn:boundaryEvent>
<bpmn:endEvent id="rating_voided"/>
<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition id="t2"><bpmn:timeDate>hours(3)</bpmn:timeDate>\
</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
<bpmn:exclusiveGateway id="again" default="f_done"/>
<bpmn:endEvent id="closed"/>
<bpmn:sequenceFlow id="f_open" sourceRef="begin" targetRef="open_file"/>
<bpmn:sequenceFlow id="f_first" sourceRef="open_file" targetRef="first_response"/>
<bpmn:sequenceFlow id="f_due" sourceRef="first_due" targetRef="escalate"/>
<bpmn:sequenceFlow id="f_escalated" sourceRef="escalate" targetRef="escalated"/>
<bpmn:sequenceFlow id="f_which" sourceRef="first_response" targetRef="which"/>
<bpmn:sequenceFlow id="f_simple" sourceRef="which" targetRef="pause"><bpmn:conditionExpression \
xsi:type="bpmn:tFormalExpression">outcome == 'simple' and days &lt; 6 and not told</bpmn:conditionExpression>\
</bpmn:sequenceFlow>
<bpmn:sequenceFlow id="f_else" sourceRef="which" targetRef="handling"/>
<bpmn:sequenceFlow id="f_upheld" sourceRef="upheld" targetRef="rating_voided"/>
<bpmn:sequenceFlow id="f_handled" sourceRef="handling" targetRef="again"/>
<bpmn:sequenceFlow id="f_paused" sourceRef="pause" targetRef="again"/>
<bpmn:sequenceFlow id="f_again" sourceRef="again" targetRef="first_response"><bpmn:conditionExpression>\
visits('first_response') &lt; 2 and rectify_by &lt; today()</bpmn:conditionExpression></bpmn:sequenceFlow>
<bpmn:sequenceFlow id="f_done" sourceRef="again" targetRef="closed"/>
</bpmn:process>
</bpmn:definitions>
"""
).replace(
    "<bpmn:incoming>f_first</bpmn:incoming>",
    "<bpmn:incoming>f_first</bpmn:incoming><bpmn:incoming>f_again</bpmn:incoming>",
)

# Whole processes in the shorthand of `flat`.
SPLIT = (
    "start b\nand s\nuser u1\nuser u2\nand j\nend e\nflow b s\nflow s u1\nflow s u2\nflow u1 j\nflow u2 j\nflow j e\n"
)
SIMPLE = "start b\nuser u\nend e\nflow b u\nflow u e\n"
TWO_LIMITS = SIMPLE + "".join(
    f"end e{hours}\ndeadline d{hours} u hours({hours})\nflow d{hours} e{hours}\n" for hours in (1, 9))
CHOICE = "start b\nuser u\nxor g u2\nuser u2\nend e\nflow b u\nflow u g\nflow g e real_name\nflow g u2\nflow u2 e\n"


def broken(*pairs: tuple[str, str]) -> bytes:
    """SOUND with each first occurrence of `old` replaced by `new`; the old must be there."""
    text = SOUND
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def ruled(field: str, *properties: tuple[str, str]) -> bytes:
    """SOUND with these properties on a field of its form, beside those that it has."""
    lines = "".join(f'<camunda:property id="{name}" value="{escape(value)}"/>' for name, value in properties)
    at = SOUND.index(f'<camunda:formField id="{field}"')
    head = SOUND[at:SOUND.index(">", at) + 1]
    if head.endswith("/>"):
        return broken((head, f"{head[:-2]}><camunda:properties>{lines}</camunda:properties></camunda:formField>"))
    has = SOUND[at + len(head):].startswith("<camunda:properties>")
    opened = f"{head}<camunda:properties>"
    return broken((opened, opened + lines)) if has else broken((head, f"{opened}{lines}</camunda:properties>"))


def flat(body: str, process: str = "test_flat") -> bytes:
    """A process around a body in shorthand: `user a`, `end e`, `flow a b [condition]`, … one per line."""
    return (HEAD + f'<bpmn:process id="{process}" isExecutable="true">\n'
            + "\n".join(_line(line.split(maxsplit=1)) for line in body.strip().splitlines())
            + "\n</bpmn:process></bpmn:definitions>").encode()  # fmt: skip


def _line(words: list[str]) -> str:
    kind, rest = words
    name, *more = rest.split(maxsplit=2 if kind == "flow" else 1)
    if kind == "flow":
        condition = f"<bpmn:conditionExpression>{more[1]}</bpmn:conditionExpression>" if len(more) > 1 else ""
        return (f'<bpmn:sequenceFlow id="{name}__{more[0]}" sourceRef="{name}" targetRef="{more[0]}">'
                f"{condition}</bpmn:sequenceFlow>")  # fmt: skip
    if kind == "user":
        return (f'<bpmn:userTask id="{name}" name="办" camunda:candidateGroups="responsible.officer">'
                '<bpmn:extensionElements>'
                '<camunda:properties><camunda:property name="article" value="GC-1"/></camunda:properties>'
                "</bpmn:extensionElements></bpmn:userTask>")  # fmt: skip
    if kind == "effect":
        return f'<bpmn:serviceTask id="{name}" camunda:type="external" camunda:topic="escalate"/>'
    if kind == "xor":
        return f'<bpmn:exclusiveGateway id="{name}"' + (f' default="{name}__{more[0]}"/>' if more else "/>")
    if kind == "timer":
        return f'<bpmn:intermediateCatchEvent id="{name}">{_timer(more[0])}</bpmn:intermediateCatchEvent>'
    if kind in ("deadline", "timeout"):
        host, expression, *limit = more[0].split()
        return (f'<bpmn:boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="'
                f'{"false" if kind == "deadline" else "true"}">{"".join(map(limited, limit))}{_timer(expression)}'
                "</bpmn:boundaryEvent>")  # fmt: skip
    if kind == "call":
        return f'<bpmn:callActivity id="{name}" calledElement="{more[0]}"/>'
    if kind == "sub":
        return f'<bpmn:subProcess id="{name}">'
    return {
        "start": f'<bpmn:startEvent id="{name}"/>', "end": f'<bpmn:endEvent id="{name}"/>',
        "and": f'<bpmn:parallelGateway id="{name}"/>', "close": "</bpmn:subProcess>",
    }[kind]  # fmt: skip


def limited(limit: str) -> str:
    """What a timer at a border is to its step: statutory or reminder."""
    return ('<bpmn:extensionElements><camunda:properties>'
            f'<camunda:property name="limit" value="{limit}"/></camunda:properties></bpmn:extensionElements>')


def _timer(expression: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:timeDate>{expression}</bpmn:timeDate></bpmn:timerEventDefinition>"
