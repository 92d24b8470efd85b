"""The process engine: SpiffWorkflow behind a gate, without a database and without a clock.

This is the only package that imports SpiffWorkflow; docs/decisions/0001 says why. Files and bytes go in, values and
bytes come out, and what cannot be is raised as an error of caseflow/errors.py. Four doors:

| door | in → out |
|---|---|
| gate.check, check_bundle | a diagram (bytes) → everything that is wrong with it, as findings for its designer |
| definition.load | files → the Definition, read once and shared by all cases and threads |
| step.start, complete, fire, deliver, inspect | a case's state (bytes) and one act → the Step: what is open now |
| migrate.move | a state under one version of a process → the same case under another, or the obstacles |

To read, in this order:

1. values.py, the words that cross the doors, and step.py, the acts.
2. What may be drawn: gate/dialect.py (RULES), and expressions/__init__.py for conditions and timers.
3. What is known of a diagram: definition.py, drawing.py.
4. A case in motion: workflow.py, specs.py, timers.py; parser.py, which makes the specs; state.py, a case at rest.
5. How a diagram is judged: gate/check.py, then reader, tasks, forms, bundle, structure (graph, loops, parallel), and
   apart with child. How a text is: expressions/tokens, language, check; evaluate and environment run it.
6. From one version to another: reading.py, markings.py, fitting.py, migrate.py.
"""
