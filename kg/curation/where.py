"""Conditions that curators write: `score > .97 and same_kind`. A small language, never run as program text."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from kg.errors import KGError

#: What a condition may name, and what it means: shown where somebody names something else.
NAMES = {
    "score": "of the best candidate, 0 to 1",
    "kind": "of what the graph has, as 'drug'",
    "same_kind": "whether the candidate is of that kind",
    "language": "of the name, 'en' or 'zh'",
    "prefix": "of the candidate, as 'mesh'",
    "reason": "of the score, in words",
    "exact": "whether the name is a name of the candidate",
    "typo": "whether it is, but for its spelling",
    "facts": "that the name stands on",
    "documents": "that write the name",
    "residual": "whether the candidate is a class for the rest, as 'unspecified'",
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
Values = Mapping[str, Any]
Condition = Callable[[Values], Any]


class WhereError(KGError):
    """A condition that cannot be understood."""


def parse_where(text: str) -> Condition:
    """The condition as a function of the values of `NAMES`.

    Comparisons, `and`, `or`, `not`, `in`, brackets, numbers and quoted words; anything else is a WhereError that
    says what there is.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise WhereError(_told(text, "it does not read as a condition")) from error
    made = _made(tree, text)

    def holds(values: Values) -> bool:
        """Whether the condition holds."""
        try:
            return bool(made(values))
        except TypeError as error:
            raise WhereError(_told(text, f"it compares what cannot be compared ({error})")) from error

    return holds


def _made(node: ast.expr, text: str) -> Condition:
    if isinstance(node, ast.BoolOp):
        parts = [_made(value, text) for value in node.values]
        every = isinstance(node.op, ast.And)
        return lambda values: (all if every else any)(part(values) for part in parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _made(node.operand, text)
        return lambda values: not inner(values)
    if isinstance(node, ast.Compare):
        return _compared(node, text)
    if isinstance(node, ast.Name):
        return _named(node.id, text)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        members = [_made(value, text) for value in node.elts]
        return lambda values: [member(values) for member in members]
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str)):
        value = node.value
        return lambda _: value
    raise WhereError(_told(text, f"{ast.unparse(node)!r} is more than a condition"))


def _compared(node: ast.Compare, text: str) -> Condition:
    sides = [_made(side, text) for side in (node.left, *node.comparators)]
    unknown = next((type(op).__name__ for op in node.ops if type(op) not in _COMPARE), None)
    if unknown:
        raise WhereError(_told(text, f"it compares by {unknown.lower()!r}"))
    compare = [_COMPARE[type(op)] for op in node.ops]
    return lambda values: all(
        test(left(values), right(values)) for test, left, right in zip(compare, sides, sides[1:], strict=False)
    )


def _named(name: str, text: str) -> Condition:
    if name in ("true", "false"):
        return lambda _: name == "true"
    if name not in NAMES:
        raise WhereError(_told(text, f"{name!r} is no name here"))
    return lambda values: values[name]


def _told(text: str, why: str) -> str:
    known = "; ".join(f"{name} ({meaning})" for name, meaning in NAMES.items())
    return f"the condition {text!r} is not understood: {why}; write, say, 'score > .97 and same_kind'. Names: {known}"
