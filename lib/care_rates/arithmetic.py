"""Arithmetic claims: what a report's printed figures imply for one another.

An expression is evaluated over intervals: a printed operand stands for its value
± half a unit of its last digit. Each function used is monotone in each argument
where it is applied, so the extremes lie at corners of the box of operands.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

from scipy import stats


class FormulaError(ValueError):
    """An expression that the register may not hold: what, and what to do."""


@dataclass(frozen=True)
class Implied:
    """What an expression gives.

    Parameters
    ----------
    value : float or bool
        At the printed values.
    low, high : float or bool
        Extremes over all values that print so; for a comparison, whether it holds
        always (``low``) and whether it can hold at all (``high``).
    """

    value: float | bool
    low: float | bool
    high: float | bool


def spearman_p(r: float, n: float) -> float:
    """Two-sided p of a rank correlation by the t approximation, n - 2 degrees of freedom.

    Parameters
    ----------
    r : float
        Rank correlation, -1 to 1.
    n : float
        Number of pairs.

    Returns
    -------
    float
        ``2 P(T > |r| sqrt((n - 2) / (1 - r²)))``.
    """
    if abs(r) >= 1:
        return 0.0
    return float(2 * stats.t.sf(abs(r) * math.sqrt((n - 2) / (1 - r * r)), n - 2))


def mannwhitney_p(u: float, n1: float, n2: float) -> float:
    """Two-sided p of a Mann-Whitney U by the normal approximation, without ties.

    Parameters
    ----------
    u : float
        The statistic, of either group.
    n1, n2 : float
        Group sizes.

    Returns
    -------
    float
        ``2 Φ(-|U - n1 n2 / 2| / sqrt(n1 n2 (n1 + n2 + 1) / 12))``, no continuity
        correction.
    """
    spread = math.sqrt(n1 * n2 * (n1 + n2 + 1) / 12)
    return float(2 * stats.norm.sf(abs(u - n1 * n2 / 2) / spread))


def sd_max(low: float, high: float, mean: float, n: float) -> float:
    """Largest sample standard deviation of n values with this minimum, maximum and mean.

    Parameters
    ----------
    low, high, mean : float
        Extremes and mean of the values.
    n : float
        How many values.

    Returns
    -------
    float
        Bhatia and Davis's bound, ``sqrt(n / (n - 1) (max - mean)(mean - min))``.
    """
    return math.sqrt(max(0.0, n / (n - 1) * (high - mean) * (mean - low)))


def sd_min(low: float, high: float, mean: float, n: float) -> float:
    """Smallest sample standard deviation of n values with this minimum, maximum and mean.

    Parameters
    ----------
    low, high, mean : float
        Extremes and mean of the values.
    n : float
        How many values; both extremes occur.

    Returns
    -------
    float
        All other values alike: ``c = (n mean - min - max) / (n - 2)``, then the
        standard deviation of min, max and n - 2 times c.
    """
    if n <= 2:
        return abs(high - low) / math.sqrt(2)
    rest = (n * mean - low - high) / (n - 2)
    total = (low - mean) ** 2 + (high - mean) ** 2 + (n - 2) * (rest - mean) ** 2
    return math.sqrt(total / (n - 1))


FUNCTIONS: dict[str, Callable[..., float]] = {
    "sum": lambda *x: math.fsum(x),
    "mean": lambda *x: math.fsum(x) / len(x),
    "min": min,
    "max": max,
    "abs": abs,
    "sqrt": math.sqrt,
    "growth": lambda a, b: 100 * (b / a - 1),
    "cagr": lambda a, b, years: 100 * ((b / a) ** (1 / years) - 1),
    "share": lambda a, b: 100 * a / b,
    "slope": lambda a, b, years: (b - a) / years,
    "spearman_p": spearman_p,
    "mannwhitney_p": mannwhitney_p,
    "sd_max": sd_max,
    "sd_min": sd_min,
}
_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip
_COMPARISONS = {
    ast.Lt: (operator.lt, 1), ast.LtE: (operator.le, 1),
    ast.Gt: (operator.gt, -1), ast.GtE: (operator.ge, -1),
}  # fmt: skip
_OPERAND = re.compile(r"\{([a-z0-9_.]+)\}")
MOST_CORNERS = 4096
MOST_SIGNS = 5000
"""The longest formula registered has a third of it."""


def operands(formula: str) -> list[str]:
    """Claim ids that an expression uses, in order of first use.

    Parameters
    ----------
    formula : str
        With operands in braces.

    Returns
    -------
    list of str
        Each id once.
    """
    return list(dict.fromkeys(_OPERAND.findall(formula)))


def imply(formula: str, bounds: Mapping[str, tuple[float, float, float]]) -> Implied:
    """Evaluate an expression over the intervals of its operands.

    Parameters
    ----------
    formula : str
        See ``data/raw/claims/README.md`` for what is allowed.
    bounds : mapping of str to (value, low, high)
        For each operand the printed value and its interval.

    Returns
    -------
    Implied
        Value and extremes.

    Raises
    ------
    FormulaError
        If the expression cannot be read, uses something that is not allowed, names
        an unknown claim, or divides by zero.
    """
    if len(formula) > MOST_SIGNS:
        raise FormulaError(f"{formula[:60]!r}… has {len(formula):,} signs, at most {MOST_SIGNS:,}.")
    names = operands(formula)
    unknown = [name for name in names if name not in bounds]
    if unknown:
        raise FormulaError(f"{formula!r}: no printed number for {unknown[0]}.")
    local = {name: f"x{i}" for i, name in enumerate(names)}
    source = _OPERAND.sub(lambda m: local[m.group(1)], formula)
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = getattr(error, "msg", None) or type(error).__name__
        raise FormulaError(f"{formula[:200]!r} cannot be read: {why}.") from None
    box = {local[name]: bounds[name] for name in names}
    try:
        if isinstance(tree, ast.Compare):
            return _compare(tree, box, formula)
        if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
            parts = [_compare(part, box, formula) for part in tree.values]
            return Implied(*(all(getattr(p, k) for p in parts) for k in ("value", "low", "high")))
        return _extremes(tree, box, formula)
    except ZeroDivisionError:
        raise FormulaError(f"{formula!r} divides by zero.") from None
    except (OverflowError, RecursionError):
        raise FormulaError(f"{formula[:200]!r} is too large to work out.") from None
    except FormulaError:
        raise
    except (TypeError, ValueError) as error:
        raise FormulaError(f"{formula[:200]!r} cannot be worked out: {error}.") from None


def _extremes(tree: ast.AST, box: Mapping, formula: str) -> Implied:
    used = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(box))
    value = _number(tree, {name: box[name][0] for name in used}, formula)
    free = [name for name in used if box[name][1] != box[name][2]]
    if 2 ** len(free) > MOST_CORNERS:  # a long sum: each operand moves it one way
        return _one_at_a_time(tree, box, used, value, formula)
    fixed = {name: box[name][0] for name in used}
    seen = [value]
    for corner in product(*(box[name][1:] for name in free)):
        seen.append(_number(tree, fixed | dict(zip(free, corner, strict=True)), formula))
    return Implied(value, min(seen), max(seen))


def _one_at_a_time(tree, box, used, value, formula) -> Implied:
    middle = {name: box[name][0] for name in used}
    low = high = value
    for name in used:
        ends = [_number(tree, middle | {name: end}, formula) - value for end in box[name][1:]]
        low, high = low + min(*ends, 0), high + max(*ends, 0)
    return Implied(value, low, high)


def _compare(tree: ast.AST, box: Mapping, formula: str) -> Implied:
    if not isinstance(tree, ast.Compare):
        raise FormulaError(f"{formula!r}: only comparisons can be joined by `and`.")
    terms = [_extremes(term, box, formula) for term in [tree.left, *tree.comparators]]
    value = always = possibly = True
    for sign, left, right in zip(tree.ops, terms, terms[1:], strict=False):
        if type(sign) not in _COMPARISONS:
            raise FormulaError(f"{formula!r}: compare with <, <=, > or >=.")
        holds, way = _COMPARISONS[type(sign)]
        value &= holds(left.value, right.value)
        hard = (left.high, right.low) if way > 0 else (left.low, right.high)
        easy = (left.low, right.high) if way > 0 else (left.high, right.low)
        always &= holds(*hard)
        possibly &= holds(*easy)
    return Implied(bool(value), bool(always), bool(possibly))


def _number(node: ast.AST, values: Mapping[str, float], formula: str) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_number(inner, values, formula)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            found = _OPERATORS[type(op)](
                _number(left, values, formula), _number(right, values, formula)
            )
            if isinstance(found, complex) or not math.isfinite(found):
                raise FormulaError(f"{formula!r}: {ast.unparse(node)[:40]!r} is no finite number.")
            return found
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            found = float(FUNCTIONS[name](*(_number(arg, values, formula) for arg in args)))
            if not math.isfinite(found):
                raise FormulaError(f"{formula!r}: {ast.unparse(node)[:40]!r} is no finite number.")
            return found
    raise FormulaError(f"{formula!r}: {ast.unparse(node)[:40]!r} is not allowed in a formula.")
