"""A run is killed at a random moment; what remains is the whole old result or the whole new one.

``TWAS_KILLS=60 pytest -m slow tests/twas/system/test_kills.py`` kills 60 times and more. Most
kills hit a process in which reading and analysis are done, so that they fall while files are
written and names change; the rest hit `demo` from start to end.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")]

ROOT = Path(__file__).resolve().parents[3]
KILLS = int(os.environ.get("TWAS_KILLS", "12"))
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)

#: Analyses once; then, for each line of its input, forks a `demo --force` that goes on from there.
SERVER = """
import os, sys
from dataclasses import replace
from pathways import job
from pathways.commands import main
out = sys.argv[1]
quick = replace(job.demo(out), controls=False, run_gsea=False)
known = job._analysed(quick, lambda *_: None)
job._analysed = lambda *_: known
job.demo = lambda out, **k: job.Job(traits={}, out=out, report=False, force=k["force"])
print("ready", flush=True)
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        try: main(["demo", "--out", out, "--quiet", *line.split()])
        except SystemExit as end: os._exit(end.code or 0)
        finally: os._exit(3)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


def content(folder):
    """The bytes of every file but the record, which must list exactly these."""
    files = {str(p.relative_to(folder)): p for p in folder.rglob("*") if p.is_file()}
    listed = json.loads(files["run.json"].read_text())["files"]
    assert sorted(files) == listed
    return {name: path.read_bytes() for name, path in files.items() if name != "run.json"}


@pytest.fixture(autouse=True)
def _signals_arrive():
    """A shell that starts the tests in the background has SIGINT ignored, for children too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def demo(out, *options):
    command = [sys.executable, "-m", "cli", "demo", "--out", str(out), "--quiet", *options]
    return subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL)


def old_result(folder):
    """Another whole result: what is killed must leave this one or its own."""
    from twas.system.folder import new_folder

    with new_folder(folder, kind="run") as draft:
        for k in range(40):
            (draft / f"figures{k % 4}").mkdir(exist_ok=True)
            (draft / f"figures{k % 4}" / f"{k}.svg").write_text("old" * 1000)
        (draft / "directions.tsv").write_text("old")
    return content(folder)


def judge(out, number, code, whole, report, start_again):
    """One kill: a whole result, and no trace but of SIGKILL."""
    found = content(out)
    assert found in whole, "mixed"
    left = sorted(path.name for path in out.parent.iterdir() if path.name != out.name)
    if number == signal.SIGKILL:
        assert code in (-9, 0)
        assert all(name.startswith(".twas-divergence-") for name in left)
    else:
        # Before the command line has begun, the signal ends the process by itself.
        assert code in (128 + number, -number, 0)
        assert left == []
    report.append((signal.Signals(number).name, code, "old" if found == whole[0] else "new"))
    if left:  # the next start removes what the killed one left, even if it is refused
        assert start_again() == 2
        assert [path.name for path in out.parent.iterdir()] == [out.name]


def tell(capsys, seconds, report):
    rows = "; ".join(" ".join(map(str, row)) for row in report)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(report)} kills in runs of {seconds:.2f} s: {rows}\n")


def again(out):
    shutil.rmtree(out)
    return old_result(out)


def test_kills_while_files_are_written(tmp_path, capsys):
    out, report, chance = tmp_path / "there" / "out", [], random.Random(9)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    assert server.stdout.readline() == "ready\n"

    def start(options="--force"):
        server.stdin.write(options + "\n")
        server.stdin.flush()
        return int(server.stdout.readline())

    def ended():
        return int(server.stdout.readline())

    def start_again():
        start("")
        return ended()

    old = old_result(out)
    began = time.perf_counter()
    start()
    assert ended() == 0
    seconds = time.perf_counter() - began
    new = content(out)
    for k in range(KILLS):
        again(out)
        number = SIGNALS[k % 3]
        pid = start()
        time.sleep(chance.uniform(0, seconds))
        with suppress(ProcessLookupError):  # it may have ended
            os.kill(pid, number)
        judge(out, number, ended(), (old, new), report, start_again)
    server.communicate()
    assert server.returncode == 0
    tell(capsys, seconds, report)


def test_kills_of_a_demo_from_start_to_end(tmp_path, capsys):
    out, report, chance = tmp_path / "there" / "out", [], random.Random(10)
    old = old_result(out)
    began = time.perf_counter()
    assert demo(out, "--force").wait() == 0
    seconds = time.perf_counter() - began
    new = content(out)
    for k in range(max(3, KILLS // 10)):
        again(out)
        number = SIGNALS[k % 3]
        run = demo(out, "--force")
        time.sleep(chance.uniform(0, seconds))
        run.send_signal(number)
        judge(out, number, run.wait(), (old, new), report, lambda: demo(out).wait())
    tell(capsys, seconds, report)
