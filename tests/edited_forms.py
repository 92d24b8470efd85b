"""Guichi's rectification with another form: edits that keep the law and touch recordings, and one that breaks it."""

from __future__ import annotations

from caseflow.law import regulations

PROCESS = "guichi_rectification"
SOURCE = regulations.files("guichi")["rectification.bpmn"].decode()
REQUIRED = '<camunda:constraint name="required" />'
FINDINGS = '<camunda:formField id="findings" label="核实情况" type="text">'
CHOICE = (f'<camunda:formField id="matter" label="事项类别" type="enum"><camunda:validation>{REQUIRED}'
          '</camunda:validation><camunda:value id="window" name="窗口" /><camunda:value id="online" name="网上" />'
          '</camunda:formField>')
LONGER = SOURCE.replace(FINDINGS + "\n              <camunda:validation>\n", FINDINGS
                        + '\n              <camunda:validation><camunda:constraint name="minlength" config="10" />\n')
ASKING = SOURCE.replace(FINDINGS, CHOICE + FINDINGS)
UNLAWFUL = LONGER.replace("working_days(2, since=received_at)", "working_days(3, since=received_at)")
