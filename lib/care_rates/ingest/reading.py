"""Read a publisher's file into cells, and know what is not a table."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from care_rates.ingest.findings import IngestError, Problem

LARGEST_FILE = 200_000_000
"""Bytes; the largest release file known has a tenth of it."""

LARGEST_CELL = 2_000
"""Characters; the longest label known has a tenth of it."""

KINDS = {
    b"PK\x03\x04": "a spreadsheet or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"\xff\xfe": "a UTF-16 text",
    b"\xfe\xff": "a UTF-16 text",
    b"<!doc": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML file",
    b"{": "a JSON file",
    b"version https://git-lfs": "a pointer to a file, not the file",
}
"""How files of another kind begin."""


SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What stands between cells in place of commas, in files that were saved again."""

LOOKED_AT = 60
"""Lines that tell the separator."""


@dataclass(frozen=True)
class Sheet:
    """A file as rows of cells, each with the line that it starts on."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    sha256: str
    separator: str = ","

    @property
    def parted(self) -> str:
        """Words on the cells' separator, where it is not a comma."""
        word = SEPARATORS.get(self.separator)
        return f", cells separated by {word}" if word else ""


def _fail(name: str, row: int | str, what: str, remedy: str, field: str = "-") -> IngestError:
    return IngestError([Problem(name, row, field, what, remedy)])


def read_sheet(path: Path | str) -> Sheet:
    """Read one CSV file.

    Parameters
    ----------
    path : path-like
        The publisher's file. UTF-8 with or without a byte-order mark, or
        Windows-1252; any line ends; quoted cells may hold commas. Semicolons, tabs or
        bars between cells are read where nothing else can be meant.

    Returns
    -------
    Sheet
        Its rows without blank ones; cells stripped of surrounding space.

    Raises
    ------
    IngestError
        If it is missing, empty, of another kind, holds NUL bytes, a cell that is
        too long, or quotes that do not close.
    """
    path = Path(path)
    name = "".join(c if c.isprintable() else "?" for c in path.name)
    if not path.is_file():
        raise _fail(name, "-", "there is no such file.", "Check the path.")
    if path.stat().st_size > LARGEST_FILE:
        raise _fail(name, "-", "is too large for a release.", "Give one CSV file of it.")
    content = path.read_bytes()
    text, encoding = _decode(name, content)
    separator = _separator(name, text)
    rows = tuple(_records(name, text, separator))
    if not rows:
        raise _fail(name, 1, "the file is empty.", "Download it again.")
    return Sheet(name, rows, encoding, hashlib.sha256(content).hexdigest(), separator)


def _separator(name: str, text: str) -> str:
    """Tell what parts the cells: what gives most lines the same number of them."""
    lines = [line for line in text.splitlines()[:LOOKED_AT] if line.strip(",;|\t ")]
    wide = {}
    for sign in (",", *SEPARATORS):
        try:
            rows = list(csv.reader(lines, delimiter=sign))
        except csv.Error:
            return ","  # the reader proper says what is wrong
        counts = Counter(map(len, rows))
        wide[sign] = max(counts, key=lambda n: (counts[n], n), default=1)
    others = [sign for sign in SEPARATORS if wide[sign] > 1]
    if wide[","] > 2 or not others:
        return ","
    if len(others) > 1 or (wide[","] == 2 and wide[others[0]] == 2):
        signs = " or ".join(SEPARATORS[sign] for sign in others)
        raise _fail(name, 1, f"cells may be separated by {signs}, or by commas.",
                    "Save it with commas (CSV UTF-8).")  # fmt: skip
    return others[0]


def _decode(name: str, content: bytes) -> tuple[str, str]:
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for sign, kind in KINDS.items():
        if start.startswith(sign.lower()) or content.startswith(sign):
            raise _fail(name, 1, f"is {kind}, not a CSV file.",
                        "Give the CSV file of the release, or save it as CSV UTF-8.")  # fmt: skip
    at = content.find(b"\0")
    if at >= 0:
        row = content.count(b"\n", 0, at) + 1
        raise _fail(name, row, "holds a NUL byte: it is damaged, UTF-16 or no text.",
                    "Download it again, or save it as CSV UTF-8.")  # fmt: skip
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            at = error.start
        else:
            return text, "Windows-1252" if encoding == "cp1252" else "UTF-8"
    row = content.count(b"\n", 0, at) + 1
    raise _fail(name, row, "is neither UTF-8 nor Windows-1252.", "Save it as CSV UTF-8.")


def _records(name: str, text: str, separator: str):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            what = "a cell is too long." if "limit" in str(error) else f"cannot be read ({error})."
            raise _fail(name, line, what,
                        "Look at the quotes of this row in a text editor.") from None  # fmt: skip
        cells = tuple(cell.strip() for cell in cells)
        for place, cell in enumerate(cells, start=1):
            if len(cell) > LARGEST_CELL:
                raise _fail(name, line, f"{cell[:30]!r}… has {len(cell):,} characters.",
                            "No published cell is that long; look at its quotes.",
                            f"column {place}")  # fmt: skip
        if any(cells):
            yield line, cells
        line = reader.line_num + 1
