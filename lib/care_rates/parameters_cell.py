"""The parameters cell of a notebook: which names it has, and of which types."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping

from care_rates import paths


class ParameterError(ValueError):
    """A parameter that a notebook does not have, or a value that does not fit it."""


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
    if not path.is_file():
        raise ParameterError(f"There is no notebook {notebook!r} in {path.parent}.")
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            tree = ast.parse("".join(cell["source"]))
            return {
                node.targets[0].id: ast.literal_eval(node.value)
                for node in tree.body
                if isinstance(node, ast.Assign)
            }
    raise ParameterError(f"{path.name} has no cell tagged 'parameters'.")


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
            raise ParameterError(
                f"{notebook}: parameter {name} is {type(value).__name__} ({value!r}), "
                f"it must be {wanted.__name__}, as in {defaults[name]!r}."
            )
