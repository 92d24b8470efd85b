"""What people have tried on the gate: each is refused with a place, and nothing is raised."""


import pytest

from caseflow.engine import definition
from caseflow.engine.gate import check, check_bundle
from caseflow.errors import DefinitionRefused
from tests.caseflow.engine.gate_diagrams import SIMPLE, SOUND, TOPICS, broken, flat

DOCUMENTED = "<bpmn:documentation>两个工作日内联系。</bpmn:documentation>\n<bpmn:extensionElements>"
TIMER = '<bpmn:timeDate xsi:type="bpmn:tFormalExpression">working_days(2, since=received_at)</bpmn:timeDate>'
CONDITION = "outcome == 'simple' and days &lt; 6 and not told"
CLOSED = '<bpmn:endEvent id="closed"/>'
TOLD = '<camunda:formField id="told" label="已告知" type="boolean" defaultValue="true"/>'
EVIL = "__import__('os').system('id')"


def before(xml, place=CLOSED):
    return broken((place, xml + place))


def extension(xml):
    return broken((DOCUMENTED, DOCUMENTED + xml))


def attribute(text):
    return broken(('<bpmn:userTask id="first_response"', f'<bpmn:userTask {text} id="first_response"'))


def typed(name):
    return broken((' xsi:type="bpmn:tFormalExpression">outcome', f' xsi:type="{name}">outcome'))


def event(kind, inner=""):
    return broken((CLOSED, f'<bpmn:endEvent id="closed"><bpmn:{kind}>{inner}</bpmn:{kind}></bpmn:endEvent>'))


def declared(doctype, text="两个工作日"):
    return broken(("?>\n", f"?>\n{doctype}"), ("两个工作日", text))


def form(field):
    return broken((TOLD, TOLD + field))


ATTACKS = {
    "a timer's duration is code": broken((TIMER, f"<bpmn:timeDuration>{EVIL}</bpmn:timeDuration>")),
    "a timer's cycle never waits": broken((TIMER, "<bpmn:timeCycle>R/PT0S</bpmn:timeCycle>")),
    "a timer counts from a text": broken(("since=received_at", "since='2026-01-01'")),
    "a timer's length is typed by people": broken(("working_days(2, since=received_at)", "working_days(days)")),
    "a condition is code in a CDATA": broken((CONDITION, f"<![CDATA[{EVIL}]]>")),
    "a comment hides half of a condition": broken((CONDITION, "real_name<!-- x --> or open('x')")),
    "an instruction hides half of a condition": broken((CONDITION, "real_name<?x y?> or open('x')")),
    "a character reference hides a dot": broken((CONDITION, "real_name &#46; x")),
    "a multi-instance marker": before(
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>-1</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>", DOCUMENTED),
    "a loop marker": before(
        f"<bpmn:standardLoopCharacteristics><bpmn:loopCondition>{EVIL}</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>", DOCUMENTED),
    "an ad-hoc sub-process": before(
        f'<bpmn:adHocSubProcess id="a"><bpmn:completionCondition>{EVIL}</bpmn:completionCondition>'
        "</bpmn:adHocSubProcess>"),
    "an event sub-process": before('<bpmn:subProcess id="a" triggeredByEvent="true"/>'),
    "a conditional event": event("conditionalEventDefinition", f"<bpmn:condition>{EVIL}</bpmn:condition>"),
    "a signal": event("signalEventDefinition"),
    "an end that terminates": event("terminateEventDefinition"),
    "a start with a timer": broken((
        '<bpmn:startEvent id="begin"/>',
        '<bpmn:startEvent id="begin"><bpmn:timerEventDefinition><bpmn:timeDate>hours(1)</bpmn:timeDate>'
        "</bpmn:timerEventDefinition></bpmn:startEvent>")),
    "an XPath in a data association": before(
        "<bpmn:dataInputAssociation id='d'><bpmn:sourceRef>x' or //*='</bpmn:sourceRef>"
        "</bpmn:dataInputAssociation>", DOCUMENTED),
    "a data reference": before('<bpmn:dataObjectReference id="d" dataObjectRef="none"/>'),
    "a correlation": broken(('<bpmn:message id="m1"', '<bpmn:correlationProperty id="c"/><bpmn:message id="m1"')),
    "a script in another namespace's attribute": attribute('xmlns:x="urn:x" x:script="x"'),
    "a prefix that means something else": attribute('xmlns:camunda="urn:x"'),
    "a script under another prefix": before(
        '<q:scriptTask xmlns:q="http://www.omg.org/spec/BPMN/20100524/MODEL" id="a"><q:script>x</q:script>'
        "</q:scriptTask>"),
    "an expression language of its own": broken((
        ' xsi:type="bpmn:tFormalExpression">outcome', ' language="python">outcome')),
    "a type of another namespace": typed("camunda:tFormalExpression"),
    "a type of no namespace": typed("nothing:tFormalExpression"),
    "Camunda with a slash too many": SOUND.replace("/schema/1.0/bpmn", "/schema/1.0/bpmn/").encode(),
    "billion laughs": declared('<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>', "&b;"),
    "a file from outside": declared('<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>', "&a;"),
    "an inclusion": before('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname"/>'),
    "UTF-16": SOUND.replace("UTF-8", "UTF-16").encode("utf-16"),
    "UTF-16 that is UTF-8": SOUND.replace("UTF-8", "UTF-16").encode(),
    "two roots": (SOUND + SOUND[SOUND.index("<bpmn:def"):]).encode(),
    "100,000 attributes": SOUND.replace(
        "<bpmn:startEvent ", "<bpmn:startEvent " + " ".join(f'a{i}=""' for i in range(100_000)) + " ", 1).encode(),
    "200,000 elements": SOUND.replace("<bpmn:startEvent ", "<a/>" * 200_000 + "<bpmn:startEvent ", 1).encode(),
    "an identifier the engine makes": broken((CLOSED, '<bpmn:endEvent id="test_main.EndJoin"/>')),
    "an identifier nobody can see": broken((CLOSED, '<bpmn:endEvent id="closed\u200b"/>')),
    "a name that turns round": broken(('name="首次联系"', 'name="首\u202e次联系"')),
    "a label nobody can see": form('<camunda:formField id="x" label="\u3164" type="date"/>'),
    "a label of empty dots": form('<camunda:formField id="x" label="\u2800" type="date"/>'),
    "a pattern that never ends": form(
        '<camunda:formField id="x" label="x" type="string"><camunda:validation>'
        '<camunda:constraint name="pattern" config="(a+)+$"/></camunda:validation></camunda:formField>'),
    "a text that must be longer than it may be": form(
        '<camunda:formField id="x" label="x" type="text"><camunda:validation>'
        '<camunda:constraint name="minlength" config="4001"/></camunda:validation></camunda:formField>'),
    "a boundary on a boundary": broken(('attachedToRef="first_response"', 'attachedToRef="upheld"')),
    "a flow out of a sub-process": broken(('sourceRef="explain" targetRef="join"',
                                           'sourceRef="explain" targetRef="closed"')),
    "branches that multiply": flat("start b\nuser u\nand s\nend e\nflow b u\nflow u s\nflow s u\nflow s e\n"),
    "a loop past a moment gone by": flat(
        "start b\ntimer x calendar_days(1, since=received_at)\nxor g e\nend e\nflow b x\nflow x g\n"
        "flow g x real_name\nflow g e\n"),
}
for _name in ("inputOutput", "connector", "executionListener", "taskListener", "script", "field"):
    ATTACKS[f"camunda:{_name}"] = extension(f"<camunda:{_name}/>")
for _name in ("expression", "class", "delegateExpression", "formRef", "asyncBefore", "resource"):
    ATTACKS[f"the attribute camunda:{_name}"] = attribute(f'camunda:{_name}="x"')


@pytest.mark.parametrize("source", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused_with_its_place(source):
    errors = [finding for finding in check(source, topics=TOPICS) if finding.severity == "error"]
    assert errors
    for finding in errors:
        assert finding.code.startswith("file_") or (finding.line and finding.element)


@pytest.mark.parametrize("default", ['xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" ', ""])
def test_a_type_without_a_prefix_is_bpmns_own(default):
    source = typed("tFormalExpression").replace(b"<bpmn:definitions ", b"<bpmn:definitions " + default.encode())
    assert check(source, topics=TOPICS) == []


def calling(name, *called):
    """A process of this name that calls the others one after the other."""
    steps = [f"{name}_c{i}" for i in range(len(called))]
    along = [f"{name}_b", *steps, f"{name}_e"]
    body = [f"start {name}_b", f"end {name}_e", *(f"call {s} test_{c}" for s, c in zip(steps, called, strict=True))]
    return flat("\n".join(body + [f"flow {a} {b}" for a, b in zip(along, along[1:], strict=False)]), f"test_{name}")


def test_calls_that_double_at_each_level_are_refused_before_anything_unfolds_them():
    files = {f"p{i}.bpmn": calling(f"p{i}", f"p{i + 1}", f"p{i + 1}") for i in range(40)}
    files["p40.bpmn"] = flat(SIMPLE, "test_p40")
    assert "calls_limit" in {finding.code for finding in check_bundle(files, topics=TOPICS)["p0.bpmn"]}
    with pytest.raises(DefinitionRefused):
        definition.load(files, trusted=True, process_id="test_p0")


def test_one_process_may_be_called_more_than_once():
    files = {"a.bpmn": calling("a", "b", "b"), "b.bpmn": flat(SIMPLE, "test_b")}
    assert check_bundle(files, topics=TOPICS) == {"a.bpmn": [], "b.bpmn": []}


def test_a_bundle_of_very_many_files_is_refused_without_reading_them_all():
    files = {f"p{i}.bpmn": calling(f"p{i}", f"p{i + 1}") for i in range(60)}
    assert "files_limit" in {finding.code for finding in check_bundle(files, topics=TOPICS)["p0.bpmn"]}
