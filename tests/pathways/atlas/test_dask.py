"""Workers that are processes, killed and not: the same bytes as one task after the other."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from atlas_files import HERE, bytes_of

from pathways.atlas.engine import Crew, Engine
from pathways.atlas.making import make_atlas

pytestmark = pytest.mark.slow

#: Makes parts small, so that there are several, and runs the command.
COMMAND = """
import sys
from pathways.atlas import tasks
tasks.PAIRS_PER_PART = {"tests": 1, "called": 1, "full": 1}
tasks.TRAITS_PER_PART = 1
from pathways.commands import main
if __name__ == "__main__":
    main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def expected(world, tmp_path_factory):
    """The bytes of the atlas, made one task after the other."""
    out = tmp_path_factory.mktemp("expected") / "a"
    assert finished(started(world, out, "--workers", "0")) == 0
    return bytes_of(out)


def started(world, out, *options):
    """The command in a process of its own."""
    script = world / "command.py"
    script.write_text(COMMAND)
    sets = ("--gene-sets", str(world / "sets.gmt"))
    given = [str(world / "manifest.tsv"), "--out", str(out), *sets, "--quiet", *options]
    return subprocess.Popen(
        [sys.executable, str(script), "atlas", *given], stderr=subprocess.PIPE, text=True
    )


def finished(process):
    """Exit code, when it ends."""
    process.communicate(timeout=300)
    return process.returncode


def parts(out):
    return len(list((out / "parts").glob("[a-z]*.parquet"))) if out.exists() else 0


def wait_for(condition, seconds=120.0):
    """Wait until something holds; False if it never does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def children(pid):
    """Processes that a process has started, and theirs."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            text = (place / "stat").read_text(encoding="utf-8")
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == pid:
            found += [int(place.name), *children(int(place.name))]
    return found


def test_processes_give_the_same_bytes(world, expected, tmp_path):
    process = started(world, tmp_path / "a", "--workers", "2")
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert bytes_of(tmp_path / "a") == expected


@pytest.mark.parametrize("after", [0, 4, 12])
def test_a_killed_driver(world, expected, tmp_path, after):
    process = started(world, tmp_path / "a", "--workers", "2")
    assert wait_for(lambda: parts(tmp_path / "a") >= after and (tmp_path / "a").exists())
    workers = children(process.pid)
    process.kill()
    process.communicate()
    assert wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    before = parts(tmp_path / "a")
    assert before < 25
    assert finished(started(world, tmp_path / "a", "--workers", "0")) == 0
    assert bytes_of(tmp_path / "a") == expected


@pytest.mark.parametrize("after", [1, 5, 10])
def test_a_killed_worker(world, expected, tmp_path, after):
    process = started(world, tmp_path / "a", "--workers", "2")
    assert wait_for(lambda: parts(tmp_path / "a") >= after)
    workers = []
    for pid in children(process.pid):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            workers += [pid] if b"spawn_main" in line else []
        except OSError:
            pass
    os.kill(workers[-1], signal.SIGKILL)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert bytes_of(tmp_path / "a") == expected


def test_a_scheduler_that_was_started_by_hand(world, expected, tmp_path):
    """One scheduler and two workers on loopback, found by the scheduler's file."""
    file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter"]
    base = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    running = [subprocess.Popen([*base, *options, "--scheduler-file", str(file)], **quiet)]
    try:
        assert wait_for(file.exists)
        worker = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            "--scheduler-file",
            str(file),
        ]
        worker += ["--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1"]
        running += [subprocess.Popen(worker, cwd=tmp_path, **quiet) for _ in range(2)]
        process = started(world, tmp_path / "a", "--scheduler", str(file))
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    finally:
        for one in running[::-1]:
            one.terminate()
            one.wait(30)
    assert bytes_of(tmp_path / "a") == expected


def test_a_scheduler_that_is_not_there(world, tmp_path):
    process = started(world, tmp_path / "a", "--scheduler", "tcp://127.0.0.1:9")
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2
    assert re.search(r"scheduler tcp://127\.0\.0\.1:9: does not answer", errors)


def test_two_clusters_stand_beside_each_other():
    """Warnings are errors here: no port is fixed."""
    with Crew(Engine(workers=1)) as one, Crew(Engine(workers=1)) as other:
        assert list(one.each(abs, {"a": (-1,)})) == [("a", 1, "")]
        assert list(other.each(abs, {"a": (-1,)})) == [("a", 1, "")]


def test_what_workers_start_with(plan_of, tmp_path):
    """Memory is not given back at once, and no threads are started."""
    names = ("MALLOC_TRIM_THRESHOLD_", "OMP_NUM_THREADS")
    with Crew(Engine(workers=1)) as crew:
        found = {name: value for name, value, _ in crew.each(os.getenv, {n: (n,) for n in names})}
    assert found == {"MALLOC_TRIM_THRESHOLD_": None, "OMP_NUM_THREADS": "1"}
    assert make_atlas(plan_of(against="T0"), tmp_path / "a", engine=HERE, report=False).open == 0
