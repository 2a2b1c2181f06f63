"""A papermill engine that says which cell it is at, and writes the notebook once."""

from __future__ import annotations

from papermill.engines import NBClientEngine

from care_rates import warm


class TellingEngine(NBClientEngine):
    """Run a notebook as papermill does, and report each cell to the calling thread.

    Papermill would write the whole notebook at the start and the end of every cell, which
    costs more than the cells do; it is called with ``request_save_on_cell_execute=False``.
    """

    @classmethod
    def execute_notebook(cls, nb, kernel_name, **kwargs):
        """Run the notebook, and take out of it what differs from run to run.

        Parameters
        ----------
        nb : nbformat.NotebookNode
            The notebook with its parameters.
        kernel_name : str
            Kernel to use.
        **kwargs
            Passed on to papermill.

        Returns
        -------
        nbformat.NotebookNode
            The same, run. One that failed keeps papermill's marks.
        """
        done = super().execute_notebook(nb, kernel_name, **kwargs)
        return done if done.metadata.papermill.get("exception") else plain(done)

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **kwargs):
        """Run the cells.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            Holds the notebook and is told of each cell.
        kernel_name : str
            Kernel to use.
        **kwargs
            Passed on to papermill.
        """
        tell = getattr(warm.task, "tell", lambda *_: None)
        cells = len(nb_man.nb.cells)
        start = nb_man.cell_start

        def cell_start(cell, cell_index=None, **more):
            tell((cell_index or 0) + 1, cells)
            return start(cell, cell_index, **more)

        nb_man.cell_start = cell_start
        return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)


def plain(notebook):
    """Keep of a notebook's metadata what does not depend on when and where it ran.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As papermill leaves it.

    Returns
    -------
    nbformat.NotebookNode
        With the kernel's name and the cells' tags, and a steady id for the cell of
        given parameters.
    """
    notebook.metadata = {"kernelspec": notebook.metadata.get("kernelspec", {})}
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
    return notebook
