"""The tables that are known, as text, and how they are described."""

from __future__ import annotations

import csv

from care_rates.data import Package


class Known:
    """The tables of a package, cell by cell as they stand in their files.

    Parameters
    ----------
    package : Package
        The data package.
    """

    def __init__(self, package: Package):
        self.package = package
        self._rows: dict[str, list[list[str]]] = {}

    def rows(self, table: str) -> list[list[str]]:
        """Give the rows of a table as they stand in its file, the headings first.

        Parameters
        ----------
        table : str
            Its name.

        Returns
        -------
        list of list of str
            Cells as text.

        Raises
        ------
        DataError
            If the table is not sound.
        """
        if table not in self._rows:
            self.package.read(table)
            path = self.package.folder / self.package.resource(table)["path"]
            self._rows[table] = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        return self._rows[table]

    def mappings(self, table: str) -> list[dict[str, str]]:
        """Give the rows of a table by heading.

        Parameters
        ----------
        table : str
            Its name.

        Returns
        -------
        list of dict of str to str
            One a row.
        """
        head, *body = self.rows(table)
        return [dict(zip(head, row, strict=True)) for row in body]

    def fields(self, table: str) -> dict[str, dict]:
        """Give the fields of a table by name.

        Parameters
        ----------
        table : str
            Its name.

        Returns
        -------
        dict of str to dict
            As in ``datapackage.json``.
        """
        fields = self.package.resource(table)["schema"]["fields"]
        return {each["name"]: each for each in fields}

    def key(self, table: str) -> list[str]:
        """Give the names of a table's key fields.

        Parameters
        ----------
        table : str
            Its name.

        Returns
        -------
        list of str
            In order.
        """
        return self.package.resource(table)["schema"]["primaryKey"]
