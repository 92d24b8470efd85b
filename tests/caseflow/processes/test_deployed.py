"""What is deployed: the versions under which new cases start."""

from __future__ import annotations

from caseflow.law import regulations
from caseflow.models import transaction
from caseflow.people.permissions import SYSTEM
from caseflow.processes import deployed
from caseflow.workshop import deployment
from tests.conftest import MONDAY_MORNING

PROCESS = "guichi_rectification"


def test_of_each_process_the_current_version_is_listed_by_its_id(installed, session):
    first = deployed.row_of(PROCESS).digest
    text = regulations.files("guichi")["rectification.bpmn"].replace("联系并核实".encode(), "联系核实".encode())
    with transaction():
        second = deployment.deploy_files("guichi", "rectification", {"rectification.bpmn": text}, MONDAY_MORNING)
        digest = second.digest
    listed = deployed.all_current()
    ids = [row.process_id for row in listed]
    assert ids == sorted(ids) and len(ids) == len(set(ids)) == 7
    assert next(row for row in listed if row.process_id == PROCESS).digest == digest != first
    with transaction():
        deployment.rollback(PROCESS, first, "名称有误", SYSTEM, MONDAY_MORNING)
    assert first in {row.digest for row in deployed.all_current()}
