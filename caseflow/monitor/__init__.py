"""Whether finished cases kept the law: each held against the rules of its regulation, from its journal alone.

The proof says what a diagram allows, the monitor what happened. docs/decisions/0021 says why it is done this way.

| door | in → out |
|---|---|
| judge.judge | the lines of a journal, a Law → the Report: of each rule holds, violated, unknown or drawing; pure |
| finished | cases of the database → their Reports |

To read, in this order: values.py, what goes in and comes out; course.py, the journal as acts; retrace.py, the same way
gone again with the engine; judge.py, from a rule to its verdict; times.py, forms.py and persons.py, what only a case
that happened can show; reasons.py, what they can say.
"""
