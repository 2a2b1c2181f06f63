"""Load the facts: raw tables as published, and the analysis tables made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd

from care_rates import csvtext, paths
from care_rates.schema import DataError, check_codes, check_fields, check_rates, typed

UNFINISHED = ".ingest"
"""Folder beside the tables that only an interrupted ``care-rates ingest`` leaves."""


class Package:
    """The raw tables of one folder, described by its ``datapackage.json``.

    Parameters
    ----------
    folder : path-like, optional
        Folder with ``datapackage.json`` (``data/raw`` unless told).

    Raises
    ------
    DataError
        If the description is missing or cannot be read.
    """

    def __init__(self, folder: Path | str | None = None):
        self.folder = Path(folder or paths.RAW)
        description = paths.reading(self.folder / "datapackage.json")
        try:
            content = json.loads(description.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise DataError(f"{description} is missing. Restore it from the repository.") from None
        except (ValueError, RecursionError) as error:
            raise DataError(f"{description} cannot be read: {error}. Restore it.") from None
        self.resources = _described(description, content)
        self._read: dict[str, pd.DataFrame] = {}

    @property
    def names(self) -> list[str]:
        """Names of the tables, sorted."""
        return sorted(self.resources)

    def resource(self, name: str) -> dict:
        """Give the description of a table.

        Parameters
        ----------
        name : str
            Table name.

        Returns
        -------
        dict
            Its entry in ``datapackage.json``.

        Raises
        ------
        DataError
            If there is no such table.
        """
        try:
            return self.resources[name]
        except KeyError:
            raise DataError(
                f"datapackage.json has no table {name!r}. It has: {', '.join(self.names)}."
            ) from None

    def _text(self, name: str) -> pd.DataFrame:
        resource = self.resource(name)
        path = paths.reading(self.folder / resource["path"])
        if not path.is_file():
            raise DataError(f"{path} is missing. Restore it from the repository.")
        content = path.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if f"sha256:{found}" != resource["hash"]:
            if (self.folder / UNFINISHED).is_dir():
                raise DataError(
                    f"{resource['path']}: taking in a release was interrupted half-way. "
                    "Say `care-rates ingest --finish`: it puts the rest in place."
                )
            raise DataError(
                f"{resource['path']}: the file is not the one described "
                f"(sha256 {found[:12]}…, datapackage.json has {resource['hash'][7:19]}…). "
                "Restore it, or, if the change is meant, run `care-rates seal "
                f"{name}` and say in the commit what changed."
            )

        def fault(line: int, what: str, remedy: str) -> DataError:
            place = "" if what.startswith("not UTF-8") else f", row {line}"
            joint = ", " if what.startswith("field ") else ": "
            return DataError(f"{resource['path']}{place}{joint}{what} {remedy}")

        header, body = csvtext.rows(content, fault)
        return pd.DataFrame(list(body.values()), columns=header, index=list(body), dtype="str")

    def read(self, name: str) -> pd.DataFrame:
        """Read and validate one raw table.

        Parameters
        ----------
        name : str
            Table name, as in ``datapackage.json``.

        Returns
        -------
        pandas.DataFrame
            Typed; the index is the line number in the file.

        Raises
        ------
        DataError
            On a changed byte, a missing or unknown column, a duplicate key, an
            unknown area code, source or flag, a negative count, or a rate that its
            own count and population contradict beyond rounding.
        """
        if name not in self._read:
            resource = self.resource(name)
            frame = typed(self._text(name), resource)
            check_fields(frame, resource)
            self._read[name] = frame
            try:
                check_codes(frame, resource, self._known)
                check_rates(frame, resource, self.read)
            except DataError:
                del self._read[name]
                raise
        return self._read[name].copy()

    @cached_property
    def _known(self) -> dict[str, set]:
        keys = {"areas_england": "area_code", "areas_wales": "area_code", "sources": "source_id"}
        return {
            table: set(self._text(table)[key])
            for table, key in keys.items()
            if table in self.resources
        }

    def rate_checks(self) -> pd.DataFrame:
        """Compare every printed rate that has a count and a population in hand.

        Returns
        -------
        pandas.DataFrame
            ``table, rate, cells, exceptions``, one row a relation.
        """
        found = [
            check_rates(self.read(name), self.resources[name], self.read)
            for name in self.names
            if self.resources[name].get("rateChecks")
        ]
        return pd.concat(found, ignore_index=True)


def _described(path: Path, content: object) -> dict[str, dict]:
    """Check that a description has what is needed to read the tables."""
    fault = f"{path} does not describe a data package"
    if not isinstance(content, dict) or not isinstance(content.get("resources"), list):
        raise DataError(f"{fault}: it has no list of resources. Restore it.")
    for number, resource in enumerate(content["resources"], start=1):
        try:
            fields = [(f["name"], f["type"]) for f in resource["schema"]["fields"]]
            words = (resource["name"], resource["path"], resource["hash"], *map(str, fields))
            sound = all(isinstance(word, str) for word in words) and fields
            keys = set(resource["schema"]["primaryKey"]) - {name for name, _ in fields}
        except (KeyError, TypeError) as error:
            raise DataError(f"{fault}: resource {number} lacks {error}. Restore it.") from None
        if not sound or keys or Path(resource["path"]).name != resource["path"]:
            raise DataError(
                f"{fault}: resource {number} needs words for name, path (a file beside it) and "
                "hash, fields, and a key among them. Restore it."
            )
    return {resource["name"]: resource for resource in content["resources"]}


def seal(name: str, folder: Path | str | None = None) -> str:
    """Record the present bytes of a raw table as the described ones.

    Parameters
    ----------
    name : str
        Table name.
    folder : path-like, optional
        Folder of the data package.

    Returns
    -------
    str
        The new sha256.

    Raises
    ------
    DataError
        If the table is not described; nothing is written then.
    """
    package = Package(folder)
    resource = package.resource(name)
    content = (package.folder / resource["path"]).read_bytes()
    description = package.folder / "datapackage.json"
    whole = json.loads(description.read_text(encoding="utf-8"))
    digest = hashlib.sha256(content).hexdigest()
    for entry in whole["resources"]:
        if entry["name"] == name:
            entry["hash"] = f"sha256:{digest}"
            entry["bytes"] = len(content)
            entry["rows"] = content.count(b"\n") - 1
    text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    paths.write_atomically(description, text)
    return digest


def seal_checked(names: Sequence[str], folder: Path | str | None = None) -> dict[str, str]:
    """Record the present bytes of raw tables as the described ones, if they read.

    Parameters
    ----------
    names : sequence of str
        Table names.
    folder : path-like, optional
        Folder of the data package.

    Returns
    -------
    dict of str to str
        The new sha256 by table.

    Raises
    ------
    DataError
        If a table is at fault; nothing is written then.
    """
    package = Package(folder)
    for name in names:
        content = (package.folder / package.resource(name)["path"]).read_bytes()
        package.resources[name]["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    for name in names:
        package.read(name)
    return {name: seal(name, folder) for name in names}


@lru_cache(maxsize=64)
def _processed(path: str, stamp: int) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} cannot be read ({str(error)[:80]}). Delete it and run `care-rates run`."
        ) from None


def load(name: str) -> pd.DataFrame:
    """Load an analysis table that ``00_data`` made.

    Parameters
    ----------
    name : str
        Table name, as in the data dictionary (``data/processed/dictionary.csv``).

    Returns
    -------
    pandas.DataFrame
        A copy: change it freely.

    Raises
    ------
    DataError
        If the table has not been made yet.
    """
    path = paths.processed() / f"{name}.parquet"
    if not path.is_file():
        raise DataError(
            f"There is no analysis table {name!r} in {path.parent}. "
            "Run notebooks/00_data.ipynb first (or `care-rates run`), and check the name."
        )
    return _processed(str(paths.reading(path)), path.stat().st_mtime_ns).copy()


def save(frame: pd.DataFrame, name: str) -> Path:
    """Save an analysis table; only ``00_data`` does.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table; its index is not kept.
    name : str
        Table name.

    Returns
    -------
    pathlib.Path
        The file, written whole or not at all.
    """
    content = frame.to_parquet(index=False, compression="zstd")
    return paths.write_atomically(paths.writing("processed") / f"{name}.parquet", content)


def save_all(tables: dict[str, pd.DataFrame], dictionary: pd.DataFrame) -> list[Path]:
    """Save every analysis table and what its columns mean; only ``00_data`` does.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        By name.
    dictionary : pandas.DataFrame
        One row a column of a table.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    text = csvtext.write(dictionary)
    written = [save(frame, name) for name, frame in tables.items()]
    place = paths.writing("processed") / "dictionary.csv"
    return [*written, paths.write_atomically(place, text)]
