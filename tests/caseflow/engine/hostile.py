"""The hostile expressions: their lines, and the texts that lines with a prefix stand for."""

import ast
import operator
from pathlib import Path

from caseflow.engine.values import CASE_VARIABLES

PATH = Path(__file__).parents[2] / "data" / "hostile" / "expressions.tsv"
ENTRIES = [line.split("\t")[0] for line in PATH.read_text(encoding="utf-8").removesuffix("\n").split("\n")]
# What a diagram may declare: the case's variables and a few fields of forms.
VARIABLES = {
    **CASE_VARIABLES, "outcome": "text", "revisit_result": "text", "rectify_by": "date", "count": "number",
    "score": "number", "rating": "text", "name": "text",
}  # fmt: skip
OPERATORS = {ast.Add: operator.add, ast.Mult: operator.mul, ast.Mod: operator.mod}


def expanded(entry):
    """The text and the kind meant by a line (@py: builds a text, @timer: a timer's literal, @script: a body)."""
    if entry.startswith("@py:"):
        return build(ast.parse(entry[4:], mode="eval").body), "condition"
    if entry.startswith("@timer:"):
        literal = entry[7:]
        return (ast.literal_eval(literal) if literal[0] in "'5" else literal), "timer"
    return (ast.literal_eval(entry[8:]) if entry.startswith("@script:") else entry), "condition"


def build(node, **names):
    """The text that a builder makes: literals, +, *, % and ' or '.join([… for i in range(n)])."""
    if isinstance(node, ast.BinOp):
        left, right = build(node.left, **names), build(node.right, **names)
        return OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Call):
        (parts,) = node.args
        (loop,) = parts.generators
        separator, count = build(node.func.value), build(loop.iter.args[0])
        return separator.join(build(parts.elt, **{loop.target.id: i}) for i in range(count))
    return ast.literal_eval(node)
