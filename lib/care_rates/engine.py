"""A papermill engine that says which cell it is at."""

from __future__ import annotations

from papermill.engines import NBClientEngine

from care_rates import warm


class TellingEngine(NBClientEngine):
    """Run a notebook as papermill does, and report each cell to the calling thread."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **kwargs):
        """Run the notebook.

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
