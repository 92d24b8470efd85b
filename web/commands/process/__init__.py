"""`caseflow process`: each command has a module of its own, imported when it is asked for."""

from __future__ import annotations

import click

from web.commands import LazyGroup

COMMANDS = {
    "check": ("web.commands.process.check:check",
              "Print one line per finding: file, element, line, code, sentence (tab separated)."),
    "deploy": ("web.commands.process.versions:deploy",
               "Make the diagram at each PATH (or in that folder, .bpmn) the version that new cases start under."),
    "diff": ("web.commands.process.diff:diff",
             "Print one line per difference: kind, element, attribute, sentence (tab separated)."),
    "export": ("web.commands.process.versions:export",
               "Print the diagram of a version as it was deployed, or write it to a folder with all the files it "
               "calls."),
    "list": ("web.commands.process.versions:list_",
             "A line for each process: id, version, digest, when it was deployed, by whom, approved by whom, running "
             "cases under it, open drafts."),
    "migrate": ("web.commands.process.migrate:migrate", "Move running cases of a process to its current version."),
    "prove": ("web.commands.process.prove:prove",
              "Hold each diagram against the rules of its regulation, over every path a case can take."),
    "replay": ("web.commands.process.replay:replay",
               "Run recorded cases on a diagram: their answers and times, as they were."),
    "rollback": ("web.commands.process.versions:rollback",
                 "Let new cases start under the version NUMBER of a process again."),
}


@click.group(cls=LazyGroup, named=COMMANDS)
def process() -> None:
    """The diagrams of the processes."""
