"""A small project: three notebooks of a few lines each, run by the real pipeline."""

import nbformat
import pytest

SETUP = "from care_rates.report import begin, finish, record\nbegin({name!r}, seed=seed)"


def small_project(folder):
    """Write the small project below a folder: 00_data, 01_a that reads it, 06_synthesis.

    Returns a function that writes one more notebook, or one of these anew.
    """
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)

    def write(name, *code, title="Title"):
        cells = [nbformat.v4.new_markdown_cell(f"# {title}")]
        for i, source in enumerate(["seed = 1", SETUP.format(name=name), *code, "finish()"]):
            cell = nbformat.v4.new_code_cell(source, id=f"c{i}")
            if i == 0:
                cell.metadata["tags"] = ["parameters"]
            cells.append(cell)
        cells[0]["id"] = "title"
        book = nbformat.v4.new_notebook(cells=cells)
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(book, folder / "notebooks" / f"{name}.ipynb")

    write("00_data", "import pandas as pd\nfrom care_rates import data",
          "data.save(pd.DataFrame({'x': [1, 2]}), 'numbers').name")  # fmt: skip
    write("01_a", "from care_rates.data import load",
          "record('total', load('numbers')['x'].sum() * seed)")  # fmt: skip
    write("06_synthesis", "from care_rates.report import records",
          "record('books', len(records()))")  # fmt: skip
    return write


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Three small notebooks: one that all need, one in the middle, one that needs both."""
    for name in ("notebooks", "outputs", "processed"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"CARE_RATES_{name.upper()}", str(tmp_path / name))
    return tmp_path, small_project(tmp_path)
