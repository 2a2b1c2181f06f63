"""Nothing asks the network for anything, nothing from data is run or unpickled."""

import ast
import re

import pytest

from care_rates import paths

pytestmark = pytest.mark.unit
LIBRARY = sorted((paths.ROOT / "lib" / "care_rates").rglob("*.py"))
LOOPBACK = re.compile(r"""\('(127\.0\.0\.1|localhost|::1)', \d+""")


def test_a_run_asks_for_loopback_only(two_runs):
    """Every address that Python code of any process of the run asks for."""
    for run in two_runs:
        names = [line for line in run.asked if line.startswith("socket.getaddrinfo")]
        assert {line.split(" ", 1)[1] for line in names} <= {"'127.0.0.1'", "'localhost'"}
        for line in run.asked:
            event, _, told = line.partition(" ")
            unix = told.startswith(("'", "b'"))
            bound = event == "socket.bind" and re.match(r"\('(127\.0\.0\.1)?', 0\)", told)
            known = event == "socket.getaddrinfo" or unix or bound or LOOPBACK.match(told)
            assert known, line


def test_no_process_of_a_run_connects_beyond_loopback(two_runs):
    """What the kernel of the operating system saw, ZeroMQ's own sockets included."""
    traced = two_runs[0].traced
    if traced is None:
        pytest.skip("strace is not to be had here")
    internet = [line for line in traced if "AF_INET" in line]
    assert internet, "kernels are spoken to over loopback: something should be seen"
    for line in internet:
        assert re.search(r'inet_addr\("127\.0\.0\.1"\)|inet_pton\(AF_INET6, "::1"', line), line


POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')
SOURCES = {"'none'", "'self'", "file:", "data:", "'unsafe-inline'", "'unsafe-eval'"}


def test_every_page_has_a_policy_that_allows_no_outside_source(two_runs):
    pages = [name for name in two_runs[0].files() if name.endswith(".html")]
    assert len(pages) >= 6
    for name in pages:
        text = (two_runs[0].folder / name).read_text(encoding="utf-8")
        found = POLICY.search(text)
        assert found and text.index("<meta http-equiv") < text.index("<title>"), name
        policy = {d.split()[0]: set(d.split()[1:]) for d in found[1].split(";") if d.strip()}
        assert policy["default-src"] == {"'none'"}
        for directive, allowed in policy.items():
            assert all(x in SOURCES or x.startswith("'sha256-") for x in allowed), (name, directive)
        assert "'unsafe-inline'" not in policy["script-src"], name
        assert not {"connect-src", "frame-src", "object-src"} & set(policy), name
        assert policy["form-action"] == policy["base-uri"] == {"'none'"}, name


FORBIDDEN_MODULES = {
    "pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle",
    "requests", "urllib", "urllib3", "http", "httpx", "aiohttp", "ftplib", "smtplib", "telnetlib",
    "imaplib", "webbrowser", "ctypes", "pty", "commands",
}  # fmt: skip
FORBIDDEN_CALLS = {
    "eval", "exec", "compile", "__import__", "system", "popen", "read_pickle", "to_pickle",
    "unsafe_load", "getattr_static", "urlopen", "urlretrieve", "startfile", "query", "read_html",
}  # fmt: skip
ALLOWED = {
    ("zygote.py", "ctypes"): "prctl: a kernel ends with the process that forked it",
    ("zygote.py", "run_path"): "the renderer beside it, so that care_rates is not imported",
    ("warm.py", "Popen"): "starts the process that kernels are forked from; no shell",
}
"""What the library may do all the same, and why; nothing here touches data."""


def uses(path):
    """Names of risky modules imported and functions called in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
            yield from (n.split(".")[0] for n in names if n.split(".")[0] in FORBIDDEN_MODULES)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            method = isinstance(node.func, ast.Attribute)
            compiled = method and getattr(node.func.value, "id", "") == "re"
            ours = method and node.args and isinstance(node.args[0], ast.Constant)
            compiled |= name in ("query", "eval") and bool(ours)  # a condition of our own
            shell = any(k.arg == "shell" for k in node.keywords)
            pickled = any(k.arg == "allow_pickle" for k in node.keywords)
            if name in FORBIDDEN_CALLS and not compiled:
                yield name
            if name in ("run_path", "run_module", "Popen", "check_output", "check_call", "spawn"):
                yield name
            if shell or pickled:
                yield "shell" if shell else "allow_pickle"


def test_the_library_runs_nothing_and_unpickles_nothing():
    found = {(path.name, name) for path in LIBRARY for name in uses(path)}
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set(), "no longer used: take it off the list"


def test_the_scan_sees_what_it_looks_for(tmp_path):
    path = tmp_path / "x.py"
    path.write_text(
        "import pickle\nfrom urllib.request import urlopen\nimport os, re\nos.system('x')\n"
        "frame.query(a)\nframe.query('a > 1')\npd.read_pickle('x')\nre.compile('x')\n"
        "np.load('x', allow_pickle=True)\n"
        "subprocess.Popen('x', shell=True)\neval('1')\n"
    )
    assert set(uses(path)) == {"pickle", "urllib", "system", "query", "read_pickle",
                               "allow_pickle", "Popen", "shell", "eval"}  # fmt: skip


def test_strangers_are_not_executed():
    """Taking in a release or reading a self-evaluation runs no notebook."""
    for name in ("ingest", "self_evaluation"):
        for path in (paths.ROOT / "lib" / "care_rates" / name).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"papermill|nbclient|execute_notebook|subprocess", text), path
