"""The self-evaluation page: one file that works offline, made of the sources beside this one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from pathlib import Path

import pandas as pd

from care_rates import assessment, paths
from care_rates.data import Package

SOURCES = Path(__file__).parent
_PLACE = re.compile(r"\{\{ (\w+) \}\}")


def read(path: Path | str = "") -> dict:
    """Read a file that the page saved.

    Parameters
    ----------
    path : path-like, optional
        The file; without it the invented example.

    Returns
    -------
    dict
        See :data:`care_rates.assessment.SCHEMA`.

    Raises
    ------
    AssessmentError
        If there is no such file, or it is no self-evaluation.
    """
    chosen = Path(path) if str(path) else SOURCES / "example.json"
    try:
        content = chosen.read_bytes()
    except OSError as error:
        raise assessment.AssessmentError(
            f"{chosen} cannot be read ({error.strerror}). Give the path of a file "
            "that the self-evaluation page saved."
        ) from None
    try:
        return assessment.parse(content)
    except assessment.AssessmentError as error:
        raise assessment.AssessmentError(f"{chosen.name}: {error}") from None


def build(out_path: Path | str, home: str = "") -> Path:
    """Write the self-evaluation page.

    Parameters
    ----------
    out_path : path-like
        The file to write, for instance ``outputs/html/self-evaluation.html``.
    home : str
        Relative address of the site's first page, for a link back; none if empty.

    Returns
    -------
    pathlib.Path
        The file. It needs no other file, no server and no network; its security
        policy allows only the one script and the one style sheet inside it.
    """
    script = (SOURCES / "page.js").read_text(encoding="utf-8")
    style = (SOURCES / "page.css").read_text(encoding="utf-8")
    link = f'<a class="home" href="{escape(home, quote=True)}">Back to the report pages</a>'
    parts = {
        "script": script,
        "style": style,
        "script_hash": _digest(script),
        "style_hash": _digest(style),
        "data": _embed(contents(Package().read("characteristics"))),
        "home": link if home else "",
    }
    template = (SOURCES / "page.html").read_text(encoding="utf-8")
    page = _PLACE.sub(lambda match: parts[match.group(1)], template)
    return paths.write_atomically(Path(out_path), page)


def contents(characteristics: pd.DataFrame) -> dict:
    """Gather what the page needs to know.

    Parameters
    ----------
    characteristics : pandas.DataFrame
        The table ``characteristics``.

    Returns
    -------
    dict
        ``domains``, ``characteristics`` (with ``anchors`` and ``evidence`` by level),
        ``schema`` of the file, ``example``, and ``most_bytes``.
    """
    rows = characteristics.sort_values("code").to_dict("records")
    domains = {row["domain_code"]: row["domain"] for row in rows}
    return {
        "domains": [{"code": code, "name": name} for code, name in domains.items()],
        "characteristics": [
            {
                "code": row["code"],
                "domain": row["domain_code"],
                "short": row["short"],
                "statement": row["statement"],
                "anchors": [row[f"anchor_{level}"] for level in assessment.LEVELS],
                "evidence": [row[f"evidence_{level}"] for level in assessment.LEVELS],
                "who": row["who_would_know"],
                "locator": f"{row['locator']}; {row['discussed_in']}",
            }
            for row in rows
        ],
        "schema": assessment.SCHEMA,
        "example": read(),
        "most_bytes": assessment.MOST_BYTES,
    }


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


def _embed(content: dict) -> str:
    """JSON that can stand in a script element: no sign in it can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
