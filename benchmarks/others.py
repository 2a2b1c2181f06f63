"""Other ways of running the same notebooks, each as a small program or file.

They are run by bench_run.py, in the order that the notebooks need: 00_data, then those in
between, then 06_synthesis.
"""

FLOOR = """
import sys, json
from IPython.core.interactiveshell import InteractiveShell
import care_rates.report
care_rates.report.display = lambda *a, **k: None
for path in sys.argv[1:]:
    space = {"__name__": "__main__"}
    for cell in json.load(open(path))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), path, "exec"), space)
"""
"""The cells of all notebooks as one plain script: libraries imported once."""

NBCLIENT = """
import asyncio, sys, nbformat
from nbclient import NotebookClient
folder, *books = sys.argv[1:]
async def one(path, gate):
    async with gate:
        book = nbformat.read(path, as_version=4)
        await NotebookClient(book, kernel_name="python3").async_execute()
        nbformat.write(book, folder + "/" + path.rsplit("/", 1)[1])
async def main():
    gate = asyncio.Semaphore(2)
    await one(books[0], gate)
    await asyncio.gather(*(one(path, gate) for path in books[1:-1]))
    await one(books[-1], gate)
asyncio.run(main())
"""

JUPYTER_CACHE = """
import sys
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
folder, *books = sys.argv[1:]
cache = get_cache(folder + "/cache")
for path in books:
    cache.add_nb_to_project(path)
done = load_executor("local-serial", cache).run_and_cache(timeout=600)
if done.errored or done.excepted:
    sys.exit(f"{done.errored} {done.excepted}")
"""

SNAKEFILE = """
import os
BOOKS, TO, PAPERMILL = config["books"].split(), config["to"], config["papermill"]
FIRST, MIDDLE, LAST = BOOKS[0], BOOKS[1:-1], BOOKS[-1]
RUN = PAPERMILL + " {input.book} {output} --no-progress-bar --log-level ERROR"
def name(path):
    return os.path.basename(path)
rule all:
    input: TO + "/" + name(LAST)
rule first:
    input: book=FIRST
    output: TO + "/" + name(FIRST)
    shell: RUN
for path in MIDDLE:
    rule:
        name: name(path)[:2] + "_middle"
        input: book=path, before=TO + "/" + name(FIRST)
        output: TO + "/" + name(path)
        shell: RUN
rule last:
    input: book=LAST, before=[TO + "/" + name(path) for path in MIDDLE]
    output: TO + "/" + name(LAST)
    shell: RUN
"""
