"""Choose rows by a condition that stands in a data file: read, never run."""

from __future__ import annotations

import ast
import operator

import pandas as pd

_COMPARE = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


class ConditionError(ValueError):
    """A condition that cannot be read, or asks for more than a comparison."""


def chosen(frame: pd.DataFrame, condition: str) -> pd.Series:
    """Tell which rows fulfil a condition.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows.
    condition : str
        Comparisons of columns with numbers or words (``year >= 2015``,
        ``basis == 'rebuilt'``), ``column.str.startswith('E0')``, joined by ``and``,
        ``or``, ``not`` and brackets.

    Returns
    -------
    pandas.Series
        True or False a row.

    Raises
    ------
    ConditionError
        If it is anything else.
    """
    try:
        tree = ast.parse(condition.strip(), mode="eval").body
        return _mask(tree, frame, condition).reindex(frame.index)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError, AttributeError):
        raise ConditionError(
            f"the condition {str(condition)[:80]!r} cannot be used. Compare columns with numbers "
            "or words in quotes; join by and, or, not."
        ) from None


def _mask(node: ast.AST, frame: pd.DataFrame, condition: str) -> pd.Series:
    match node:
        case ast.BoolOp(op=op, values=parts):
            masks = [_mask(part, frame, condition) for part in parts]
            join = operator.and_ if isinstance(op, ast.And) else operator.or_
            found = masks[0]
            for mask in masks[1:]:
                found = join(found, mask)
            return found
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return ~_mask(inner, frame, condition)
        case ast.Compare(
            left=ast.Name(id=name),
            ops=[op],
            comparators=[ast.Constant(value=str() | int() | float() as value)],
        ) if name in frame and type(op) in _COMPARE:
            return _COMPARE[type(op)](frame[name], value)
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id=name), attr="str"), attr="startswith"
            ),
            args=[ast.Constant(value=str() as start)],
            keywords=[],
        ) if name in frame:
            return frame[name].str.startswith(start).fillna(False).astype(bool)
    raise ConditionError(ast.unparse(node))
