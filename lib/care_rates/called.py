"""Which functions of the library a notebook calls: read from its code, not run."""

from __future__ import annotations

import ast
from collections.abc import Iterable

PACKAGE = "care_rates"


def called(sources: Iterable[str]) -> list[str]:
    """List the functions and classes of the library that code calls.

    Parameters
    ----------
    sources : iterable of str
        Python code of the cells, in order; a cell that is no plain Python is passed over.

    Returns
    -------
    list of str
        ``module.function``, sorted; what is imported but never called is left out.
    """
    trees = [tree for tree in map(_parsed, sources) if tree]
    modules: dict[str, str] = {}
    names: dict[str, str] = {}
    nodes = [node for tree in trees for node in ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            modules |= {part.asname or part.name: part.name for part in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            home = node.module.removeprefix(f"{PACKAGE}.")
            names |= {part.asname or part.name: f"{home}.{part.name}" for part in node.names}
    found = set()
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            found.add(names[node.id])
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of = modules.get(node.value.id)
            found |= {f"{of}.{node.attr}"} if of else set()
    return sorted(name for name in found if not name.rpartition(".")[2].isupper())


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:
        return None
