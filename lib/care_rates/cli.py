"""The command line: run, status, site, seal, ingest."""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import sys
import threading
import time
from collections.abc import Sequence

sys.modules.setdefault("rfc3987_syntax", None)  # its parsers cost two seconds at import


class Progress:
    """Say which notebook is at which cell: one moving line in a terminal, else plain lines."""

    def __init__(self, total: int, stream=None) -> None:
        self.stream = stream or sys.stderr
        self.total, self.done = total, 0
        self.at: dict[str, tuple[int, int]] = {}
        self.since: dict[str, float] = {}
        self.lock = threading.Lock()
        self.moving = self.stream.isatty()

    def __call__(self, step: str, event: str, cell: int, cells: int) -> None:
        """Take one event of :func:`care_rates.pipeline.run`."""
        with self.lock:
            if event == "start":
                self.since[step] = time.monotonic()
                self.at[step] = (0, 0)
            elif event == "cell":
                self.at[step] = (cell, cells)
            else:
                self.at.pop(step, None)
                self.done += 1
                took = (
                    f" in {time.monotonic() - self.since[step]:.1f} s" if step in self.since else ""
                )
                self._line(f"{event:8}{step}{took}")
            self._bar()

    def _line(self, text: str) -> None:
        clear = "\r\x1b[2K" if self.moving else ""
        print(f"{clear}{text}", file=self.stream, flush=True)

    def _bar(self) -> None:
        if not self.moving:
            return
        width = 20
        filled = round(width * self.done / max(1, self.total))
        now = ", ".join(f"{step} cell {cell}/{cells}" for step, (cell, cells) in self.at.items())
        bar = "█" * filled + "░" * (width - filled)
        text = f"{bar} {self.done}/{self.total}  {now}"[: shutil.get_terminal_size().columns - 1]
        print(f"\r\x1b[2K{text}", end="", file=self.stream, flush=True)

    def end(self) -> None:
        """Take the moving line away."""
        if self.moving:
            print("\r\x1b[2K", end="", file=self.stream, flush=True)


def _value(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than one")
    return number


def _executor(text: str) -> str:
    from care_rates.executor import parse

    try:
        parse(text)
    except RuntimeError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _run(options: argparse.Namespace) -> int:
    from care_rates import pipeline, profiles

    if options.parameter and len(options.notebook) != 1:
        raise pipeline.RunError("Name one notebook to give parameters to (-p name=value).")
    values = dict(_pair(text) for text in options.parameter)
    plan = pipeline.steps({options.notebook[0]: values} if values else None)
    if options.notebook:
        unknown = set(options.notebook) - {step.name for step in plan}
        if unknown:
            raise pipeline.RunError(f"There is no notebook {sorted(unknown)[0]!r}.")
        plan = [step for step in plan if step.name in options.notebook]
    elif not options.no_profiles:
        plan += profiles.steps()
    return _do(plan, options)


def _profile(options: argparse.Namespace) -> int:
    from care_rates import pipeline, profiles

    if not options.area and not options.all:
        raise pipeline.RunError("Name an authority (a name or a code), or say --all.")
    needed = (profiles.FIRST, profiles.TABLES)
    before = [step for step in pipeline.steps() if step.name in needed]
    plan = before + profiles.steps(options.area)
    for note in profiles.notes(options.area):
        print(note, file=sys.stderr)
    return _do(plan, options)


def _do(plan: list, options: argparse.Namespace) -> int:
    """Run the plan, say what failed, and make the pages."""
    from care_rates import pipeline

    progress = Progress(len(plan))
    outcomes = pipeline.run(
        plan, jobs=options.jobs, force=options.force, executor=options.executor, tell=progress
    )
    progress.end()
    failed = [o for o in outcomes if o.result in ("failed", "skipped")]
    for outcome in failed:
        print(f"{outcome.result}: {outcome.name}: {outcome.why}", file=sys.stderr)
    if failed:
        return 1
    return 0 if options.no_site else _site(options)


def _pair(text: str) -> tuple[str, object]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ValueError(f"-p {text}: write name=value.")
    return name, _value(value)


def _status(_: argparse.Namespace) -> int:
    from care_rates import pipeline, profiles

    plan = pipeline.steps() + profiles.steps()
    for name, why in pipeline.status(plan).items():
        print(f"{'stale' if why else 'fresh':6}{name}{': ' + why if why else ''}")
    return 0


def _graph(options: argparse.Namespace) -> int:
    from pathlib import Path

    from care_rates import graph, paths, pipeline, profiles

    plan = pipeline.steps() + profiles.steps()
    reasons = pipeline.status(plan)
    print(graph.text(plan, reasons))
    if options.svg:
        drawn = graph.svg(plan, reasons)
        print(f"Drawn: {paths.write_atomically(Path(options.svg), drawn)}")
    return 0


def _site(_: argparse.Namespace) -> int:
    from care_rates import pages

    made = pages.build_if_stale()
    word = f"{len(made)} pages made" if made else "pages are fresh"
    print(f"{word}: {pages.index()}")
    return 0


def _readme(_: argparse.Namespace) -> int:
    from care_rates import home

    print("README.md updated" if home.update_readme() else "README.md says what the ledger says")
    return 0


def _seal(options: argparse.Namespace) -> int:
    from care_rates import data

    for name, digest in data.seal_checked(options.table).items():
        print(f"{name}: sha256 {digest}")
    return 0


def _ingest(options: argparse.Namespace) -> int:
    from pathlib import Path

    from care_rates import ingest, paths

    if options.finish:
        moved = ingest.finish()
        print(f"Put in place: {', '.join(moved)}." if moved else "There was nothing to finish.")
        return 0
    if not options.file:
        raise ValueError("ingest: name the publisher's CSV files.")
    names = ("release_year", "publisher", "title", "release", "dry_run")
    told = {name: getattr(options, name) for name in names}
    told |= {"tables": options.table, "headings": options.heading, "absent": options.absent}
    told |= {"replace": options.replace, "revised": options.revised}
    report = ingest.ingest(options.file, ingest.Options(**told))
    print(report.text())
    if options.report:
        print(f"All of it: {paths.write_atomically(Path(options.report), report.csv())}")
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the commands.

    Returns
    -------
    argparse.ArgumentParser
        With ``run``, ``status``, ``site`` and ``seal``.
    """
    top = argparse.ArgumentParser(prog="care-rates", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run what is not fresh, and make the pages")
    run.add_argument("notebook", nargs="*", help="names, such as 01_wwcsc_rates; all unless told")
    run.add_argument("-p", "--parameter", action="append", default=[], metavar="NAME=VALUE")
    run.add_argument("--no-profiles", action="store_true", help="leave the area pages out")
    run.set_defaults(do=_run)
    profile = commands.add_parser("profile", help="run the page of one authority, or of all")
    profile.add_argument("area", nargs="*", help="names or codes")
    profile.add_argument("--all", action="store_true", help="all 174")
    profile.set_defaults(do=_profile)
    for command in (run, profile):
        jobs = min(4, os.cpu_count() or 1)
        command.add_argument(
            "-j", "--jobs", type=_at_least_one, default=jobs, help=f"at a time ({jobs})"
        )
        command.add_argument(
            "--executor", type=_executor, default="local", metavar="local|tcp://HOST:PORT",
            help="this machine, or the Dask cluster of that scheduler (docs/cluster.md)",
        )  # fmt: skip
        command.add_argument("--force", action="store_true", help="run fresh notebooks too")
        command.add_argument("--no-site", action="store_true", help="leave the pages as they are")
    commands.add_parser("status", help="say what is fresh, what is stale and why").set_defaults(
        do=_status
    )
    draw = commands.add_parser("graph", help="draw the steps, and what of them is stale")
    draw.add_argument("--svg", metavar="FILE.svg", help="draw a picture too")
    draw.set_defaults(do=_graph)
    commands.add_parser("site", help="make the pages from what has been run").set_defaults(do=_site)
    readme = commands.add_parser("readme", help="put the ledger's counts into the README")
    readme.set_defaults(do=_readme)
    seal = commands.add_parser(
        "seal", help="describe a raw table's present bytes as the right ones"
    )
    seal.add_argument("table", nargs="+")
    seal.set_defaults(do=_seal)
    take = commands.add_parser("ingest", help="take in a publisher's new release, all or nothing")
    take.add_argument("file", nargs="*", help="CSV files of the release, as published")
    take.add_argument("--table", action="append", default=[], help="keep only this table")
    take.add_argument("--release-year", type=int, metavar="YEAR")
    for word in ("publisher", "title", "release"):
        take.add_argument(f"--{word}", metavar="TEXT", help="for sources.csv")
    take.add_argument("--heading", action="append", default=[], metavar="OLD=KNOWN")
    for word, name, said in (
        ("absent", "AREA|all", "the publisher leaves this area out; all: the file is a part"),
        ("replace", "RELEASE", "many figures of this known release may be replaced"),
        ("revised", "TABLE", "its back years may differ much from the release before"),
    ):
        take.add_argument(f"--{word}", action="append", default=[], metavar=name, help=said)
    take.add_argument("--dry-run", action="store_true", help="say what would be done")
    take.add_argument("--report", metavar="FILE.csv", help="keep every revision and row left out")
    take.add_argument("--finish", action="store_true", help="end an ingest that was interrupted")
    take.set_defaults(do=_ingest)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Of the command line unless told.

    Returns
    -------
    int
        0 if all went well, 1 if a notebook or a table is at fault, 2 for wrong words.
    """
    options = parser().parse_args(arguments)
    try:
        return options.do(options)
    except KeyboardInterrupt:
        print("Stopped. What was finished is in place; run again to go on.", file=sys.stderr)
        return 130
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"care-rates: {where}{error.strerror or error}. What was whole before still is: "
              "mend the cause and run again.", file=sys.stderr)  # fmt: skip
        return 1
    except (ValueError, RuntimeError) as error:
        print(f"care-rates: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
