"""The parameters cell of a notebook: which names it has, and of which types."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from pathlib import Path

from care_rates import paths


class ParameterError(ValueError):
    """A parameter that a notebook does not have, or a value that does not fit it."""


def cells(path: Path) -> list[dict]:
    """Read the cells of a notebook.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    list of dict
        Each with ``cell_type`` and ``source``.

    Raises
    ------
    ParameterError
        If the file is no notebook.
    """
    remedy = "Restore it from the repository, or save it again in JupyterLab."
    try:
        found = paths.read_json(path, remedy)["cells"]
        known = all(isinstance(x["source"], str | list) and x["cell_type"] for x in found)
    except ValueError as error:
        raise ParameterError(str(error)) from None
    except (KeyError, TypeError):
        known = False
    if not known or not isinstance(found, list):
        raise ParameterError(f"{path} is not a notebook: its cells cannot be read. {remedy}")
    return found


def declared(notebook: str) -> dict:
    """Read the defaults from the parameters cell of a notebook.

    Parameters
    ----------
    notebook : str
        File name without ending.

    Returns
    -------
    dict
        Names and literal values.

    Raises
    ------
    ParameterError
        If there is no such notebook, or no cell tagged ``parameters``.
    """
    path = paths.notebooks() / f"{notebook}.ipynb"
    if not re.fullmatch(r"\w+", str(notebook)):
        raise ParameterError(f"{str(notebook)[:60]!r} is no notebook's name: letters, digits, _.")
    if not path.is_file():
        raise ParameterError(f"There is no notebook {notebook!r} in {path.parent}.")
    for cell in cells(path):
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            return _literals(path, "".join(cell["source"]))
    raise ParameterError(f"{path.name} has no cell tagged 'parameters'.")


def _literals(path: Path, source: str) -> dict:
    """Read ``name = literal`` lines, without running them."""
    try:
        body = ast.parse(source).body
        return {n.targets[0].id: ast.literal_eval(n.value) for n in body if _is_assignment(n)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ParameterError(
            f"{path.name}: the parameters cell may hold only lines such as `seed = 1`, with "
            "numbers, words in quotes, lists and the like."
        ) from None


def _is_assignment(node: ast.stmt) -> bool:
    """Tell an assignment from a docstring or comment; anything else is a fault."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return False
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        raise ValueError("not an assignment")
    return True


def strangers(notebook: str, names: Mapping) -> list[str]:
    """Find variables that a parameters cell does not declare.

    Plain papermill only warns of an unknown parameter and sets it all the same. When
    the set-up cell runs, nothing but parameters and imports has been set.

    Parameters
    ----------
    notebook : str
        File name without ending.
    names : mapping
        The notebook's variables at that moment.

    Returns
    -------
    list of str
        Lower-case names of plain values that are not declared; constants that a library
        exports are in capitals.
    """
    plain = (bool, int, float, str, list, tuple, dict, type(None))
    return sorted(
        name
        for name, value in names.items()
        if isinstance(value, plain)
        and name.islower()
        and not name.startswith("_")
        and name not in declared(notebook)
    )


def check(notebook: str, given: Mapping) -> None:
    """Refuse unknown parameters and values of another type.

    Parameters
    ----------
    notebook : str
        File name without ending.
    given : mapping
        Values to check; the defaults in the parameters cell say which types are right.

    Raises
    ------
    ParameterError
        Naming the parameter and what it should be.
    """
    defaults = declared(notebook)
    for name, value in given.items():
        if name not in defaults:
            known = ", ".join(defaults) or "none"
            raise ParameterError(f"{notebook}: no parameter is called {name!r}; it has: {known}.")
        wanted = type(defaults[name])
        fits = type(value) is wanted or (wanted is float and type(value) is int)
        if not fits:
            kind = "nothing" if value is None else type(value).__name__
            raise ParameterError(
                f"{notebook}: parameter {name} is {kind} ({value!r:.60}), "
                f"it must be {wanted.__name__}, as in {defaults[name]!r}."
            )
        if isinstance(value, float) and not math.isfinite(value):
            raise ParameterError(f"{notebook}: parameter {name} is {value}, not a finite number.")
