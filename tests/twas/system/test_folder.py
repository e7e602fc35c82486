"""No file of a user is lost, whatever the output folder is: through the command line."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from pathways.commands import main
from twas.errors import DataError, UsageError
from twas.system import renames
from twas.system.folder import new_file, new_folder
from twas.system.scratch import Scratch

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "data/example"
WORLD = ("simulate", "--trait", "A=5000", "--tissues", "Brain_Cortex")


def call(*args):
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*args, words=(), code=2):
    result = call(*args)
    assert result.exit_code == code, result.output
    (line,) = [line for line in result.output.splitlines() if line.startswith("Error: ")]
    for word in words:
        assert str(word) in line, line
    return line


def state(folder):
    """Everything below a folder: names, kinds and bytes."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        else:
            found[name] = path.read_bytes() if path.is_file() else "folder"
    return found


def names(folder):
    return sorted(path.name for path in Path(folder).iterdir())


def ours(path, text="old"):
    """A folder as an earlier run made it."""
    with new_folder(path, kind="simulate") as draft:
        (draft / "als").mkdir()
        (draft / "als" / "a.csv").write_text(f"gene_name,zscore\nMTOR,{text}\n")
        (draft / "README.md").write_text(text)
    return path


@pytest.fixture
def old(tmp_path):
    return ours(tmp_path / "proj")


def test_force_replaces_a_folder_of_ours(old):
    assert "--force" in refused(*WORLD, "--out", old)
    assert call(*WORLD, "--out", old, "--force").exit_code == 0
    record = json.loads((old / "run.json").read_text())
    files = sorted(n for n, kind in state(old).items() if kind != "folder")
    assert record["files"] == files
    assert record["kind"] == "simulate"
    assert "als" not in state(old)
    assert names(old.parent) == ["proj"]


@pytest.mark.parametrize("command", ["run", "simulate", "power", "demo"])
def test_a_foreign_note_is_named_and_kept(old, command):
    (old / "als" / "notes.txt").write_text("my thoughts")
    before = state(old.parent)
    options = {
        "run": ("run", "--trait", f"ALS={EXAMPLE / 'als'}"),
        "simulate": WORLD,
        "power": ("power", "--n-eff", "A=5000", "--n-eff", "B=4000"),
        "demo": ("demo",),
    }
    refused(*options[command], "--out", old, "--force", words=[old, "als/notes.txt"])
    assert state(old.parent) == before


def _pipe(old):
    os.mkfifo(old / "pipe")


def _other_case(old):
    (old / "README.md").rename(old / "Readme.md")


def _linked_folder(old):
    (old / "als").rename(old.parent / "als")
    (old / "als").symlink_to(old.parent / "als")


def _linked_file(old):
    (old / "README.md").rename(old.parent / "mine.md")
    (old / "README.md").symlink_to(old.parent / "mine.md")


FOREIGN = {
    "empty folder": (lambda old: (old / "mine").mkdir(), "mine/"),
    "hidden file": (lambda old: (old / ".git").write_text(""), ".git"),
    "hard link": (lambda old: os.link(old / "README.md", old.parent / "b.md"), "README.md"),
    "pipe": (_pipe, "pipe"),
    "name of another case": (_other_case, "Readme.md"),
    "linked folder": (_linked_folder, "als"),
    "linked file": (_linked_file, "README.md"),
    "file in the place of a folder": (lambda old: (old / "x").symlink_to("/nowhere"), "x"),
}


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")
@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_no_plain_listed_file_is_foreign(old, kind):
    change, name = FOREIGN[kind]
    change(old)
    before = names(old.parent), names(old)
    refused(*WORLD, "--out", old, "--force", words=[repr(name)])
    assert before == (names(old.parent), names(old))


@pytest.mark.parametrize(
    "listed",
    [["../mine.txt"], ["/etc/passwd"], ["als/../../mine.txt"], ["./README.md"], [""], [3], "all"],
)
def test_a_record_that_points_elsewhere_is_not_believed(old, listed):
    mine = old.parent / "mine.txt"
    mine.write_text("mine")
    record = json.loads((old / "run.json").read_text())
    record["files"] = record["files"] + listed if isinstance(listed, list) else listed
    (old / "run.json").write_text(json.dumps(record))
    before = state(old.parent)
    refused(*WORLD, "--out", old, "--force", words=["README.md"])
    assert state(old.parent) == before


@pytest.mark.parametrize("record", [None, "", "[]", "{}", "[[" * 5000, '{"files": ["a"]}'])
def test_a_folder_without_a_record_of_ours_is_refused(tmp_path, record):
    (tmp_path / "proj").mkdir()
    (tmp_path / "proj" / "a").write_text("mine")
    if record is not None:
        (tmp_path / "proj" / "run.json").write_text(record)
    before = state(tmp_path)
    refused(*WORLD, "--out", tmp_path / "proj", "--force", words=["'a'"])
    assert state(tmp_path) == before


def test_a_folder_of_0_1_0_is_refused_with_what_to_do(old):
    (old / "run.json").write_text('{"version": "0.1.0", "command": ["twas-divergence"]}')
    refused(*WORLD, "--out", old, "--force", words=["0.1.0", "delete it yourself"])
    assert (old / "README.md").exists()


@pytest.mark.parametrize("out", [".", "als", "..", "als/../als", "link"])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_an_input_is_never_replaced(old, out, force):
    """The input lies in a folder that our own record would let go."""
    if out != "link":
        target = old / out
    else:
        target = old.parent / "link"
        target.symlink_to(old / "als")
    before = state(old.parent)
    refused("run", "--trait", f"A={old / 'als'}", "--out", target, *force, words=["input"])
    refused("run", "--trait", f"A={old / 'als'}/*.csv", "--out", target, *force, words=["input"])
    assert state(old.parent) == before


def test_a_result_that_lies_in_an_input_is_not_replaced(tmp_path):
    mine = tmp_path / "data"
    mine.mkdir()
    (mine / "a.csv").write_text("gene_name,zscore\nMTOR,1\n")
    ours(mine / "results")
    before = state(tmp_path)
    refused("run", "--trait", f"A={mine}", "--out", mine / "results", "--force", words=["lies in"])
    assert state(tmp_path) == before


@pytest.mark.parametrize("out", [".", "..", "", "../proj"])
def test_the_working_folder_is_never_replaced(old, monkeypatch, out):
    monkeypatch.chdir(old)
    before = state(old.parent)
    refused(*WORLD, "--out", out, "--force", words=["working folder"])
    assert state(old.parent) == before


def test_a_link_stays_a_link(old):
    link = old.parent / "link"
    link.symlink_to("proj")
    assert call(*WORLD, "--out", link, "--force").exit_code == 0
    assert str(link.readlink()) == "proj"
    assert (old / "truth.tsv").exists()
    assert (names(old.parent)) == ["link", "proj"]


def test_a_dangling_link_leads_to_the_new_folder(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("there/new")
    assert call(*WORLD, "--out", link).exit_code == 0
    assert str(link.readlink()) == "there/new"
    assert (tmp_path / "there/new/truth.tsv").exists()


def test_a_link_to_itself_is_refused(tmp_path):
    (tmp_path / "link").symlink_to("link")
    refused(*WORLD, "--out", tmp_path / "link", words=["link"])
    assert names(tmp_path) == ["link"]


def test_an_empty_folder_is_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    assert call(*WORLD, "--out", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out/truth.tsv").exists()


@pytest.mark.parametrize("out", ["file", "file/out", "x" * 300, "new/" + "x" * 300])
def test_a_target_that_cannot_be_is_found_before_the_work(tmp_path, out, monkeypatch):
    monkeypatch.setattr("pathways.job._analysed", lambda *_: pytest.fail("worked"))
    (tmp_path / "file").write_text("mine")
    refused("run", "--trait", f"A={EXAMPLE / 'als'}", "--out", tmp_path / out, "--force")
    assert state(tmp_path) == {"file": b"mine"}


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("swaps", [True, False])
def test_a_target_that_is_made_meanwhile_is_left_alone(tmp_path, force, swaps, monkeypatch):
    monkeypatch.setattr("twas.system.folder.exchange", renames.exchange if swaps else _no_swap)
    out = tmp_path / "out"
    with (  # noqa: PT012
        pytest.raises(UsageError, match="while we worked"),
        new_folder(out, kind="run", force=force) as draft,
    ):
        (draft / "a").write_text("new")
        out.mkdir()
        (out / "mine").write_text("mine")
    assert state(tmp_path) == {"out": "folder", "out/mine": b"mine"}


def _no_swap(_one, _other):
    return False


@pytest.mark.parametrize("swaps", [True, False])
@pytest.mark.parametrize("what", ["note", "folder", "file"])
def test_what_comes_to_an_old_result_meanwhile_is_left_alone(old, swaps, what, monkeypatch):
    monkeypatch.setattr("twas.system.folder.exchange", renames.exchange if swaps else _no_swap)
    with (  # noqa: PT012
        pytest.raises(UsageError, match="while we worked"),
        new_folder(old, kind="run", force=True) as draft,
    ):
        (draft / "a").write_text("new")
        if what != "note":
            old.rename(old.parent / "elsewhere")
        if what == "folder":
            ours(old.parent / "other", "other")
            (old.parent / "other").rename(old)
        (old if what == "file" else old / "note").write_text("mine")
        before = state(old.parent)
    after = state(old.parent)
    assert after == {n: c for n, c in before.items() if not n.startswith(".twas-divergence-")}


@pytest.mark.parametrize("swaps", [True, False])
def test_an_old_result_is_replaced_with_and_without_a_swap(old, swaps, monkeypatch):
    monkeypatch.setattr("twas.system.folder.exchange", renames.exchange if swaps else _no_swap)
    ours_before = state(old)
    with new_folder(old, kind="run", force=True) as draft:
        (draft / "a").write_text("new")
        assert state(old) == ours_before
    assert set(state(old)) == {"a", "run.json"}
    assert names(old.parent) == ["proj"]


def test_a_block_that_fails_leaves_everything_as_it_was(old, tmp_path):
    before = state(tmp_path)
    for target in (old, tmp_path / "new/deep/out"):
        with (  # noqa: PT012
            pytest.raises(ZeroDivisionError),
            new_folder(target, kind="run", force=True) as draft,
        ):
            (draft / "a").write_text("new")
            raise ZeroDivisionError
        assert state(tmp_path) == before


def test_two_runs_at_once_give_one_result_and_one_refusal(tmp_path):
    """Both processes start together; which of them wins is left to chance."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "cli", *WORLD, "--out", str(out)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.Popen([*command, "--seed", seed], stderr=subprocess.PIPE, text=True, env=env)
        for seed in "12"
    ]
    errors = [run.communicate()[1] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2], errors
    loser = errors[[run.returncode for run in runs].index(2)]
    assert len(loser.strip().splitlines()) == 1
    assert str(out) in loser
    assert names(tmp_path) == ["out"]
    winner = "12"[[run.returncode for run in runs].index(0)]
    assert f"seed {winner}:" in (out / "README.md").read_text()


def test_a_target_that_another_run_writes_is_refused_at_once(old):
    code = (
        "import sys, time\nfrom twas.system.folder import new_folder\n"
        "with new_folder(sys.argv[1], kind='run', force=True):\n"
        " print('ready', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(old)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert other.stdout.readline() == b"ready\n"
    refused(*WORLD, "--out", old, "--force", words=["another run", other.pid])
    other.kill()
    other.communicate()
    assert len(names(old.parent)) == 2  # the killed run could not clean up
    refused(*WORLD, "--out", old, words=["exists"])
    assert names(old.parent) == ["proj"]


@pytest.mark.parametrize("step", [1, 2])
def test_a_kill_between_two_renames_is_mended_by_the_next_run(old, step):
    """Without a swap in one step there is a moment without a result."""
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom twas.system import folder\n"
        "folder.exchange = lambda one, other: False\n"
        "rename = Path.rename\nleft = [int(sys.argv[2])]\n"
        "def counted(self, target):\n"
        " rename(self, target); left[0] -= 1\n"
        " if not left[0]: os.kill(os.getpid(), signal.SIGKILL)\n"
        "Path.rename = counted\n"
        "with folder.new_folder(sys.argv[1], kind='run', force=True) as draft:\n"
        " (draft / 'a').write_text('new')\n"
    )
    before = state(old)
    ended = subprocess.run(
        [sys.executable, "-c", code, str(old), str(step)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ended.returncode == -9
    assert old.exists() == (step == 2)
    refused(*WORLD, "--out", old, words=["exists"])
    assert names(old.parent) == ["proj"]
    assert state(old) == before if step == 1 else set(state(old)) == {"a", "run.json"}


def test_what_is_put_into_an_old_result_as_it_is_deleted_is_kept(old):
    with (  # noqa: PT012
        pytest.raises(DataError, match="kept-1"),
        new_folder(old, kind="run", force=True) as draft,
    ):
        (draft / "a").write_text("new")
        # Stands for the old folder, held open by a process that writes into it to the last.
        (draft.parent / "stray").mkdir()
        (draft.parent / "stray" / "note").write_text("mine")
    assert (old / "a").read_text() == "new"
    assert (old.parent / "proj.kept-1" / "note").read_text() == "mine"


def test_without_locks_the_process_decides(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOSYS, "no locks here")

    monkeypatch.setattr("fcntl.flock", no_locks)
    out = tmp_path / "out"
    first = Scratch(out)
    monkeypatch.setattr("os.getpid", lambda: 1)  # another process looks, and ours is alive
    with pytest.raises(UsageError, match="another run"):
        Scratch(out)
    monkeypatch.undo()
    first.remove()
    assert names(tmp_path) == []


def test_a_file_obeys_the_same_rules(tmp_path):
    target = tmp_path / "a.svg"
    with (  # noqa: PT012
        pytest.raises(UsageError, match="while we worked"),
        new_file(target) as draft,
    ):
        draft.write_text("new")
        target.write_text("mine")
    assert state(tmp_path) == {"a.svg": b"mine"}
    with pytest.raises(UsageError, match="`force`"), new_file(target):
        pytest.fail("worked")
    (tmp_path / "link.svg").symlink_to("a.svg")
    with new_file(tmp_path / "link.svg", force=True) as draft:
        draft.write_text("new")
    assert state(tmp_path) == {"a.svg": b"new", "link.svg": ("link", "a.svg")}
    with (
        pytest.raises(UsageError, match="lies in"),
        new_file(target, force=True, inputs=[tmp_path]),
    ):
        pytest.fail("worked")
    (tmp_path / "b.svg").mkdir()
    with pytest.raises(UsageError, match="no plain file"), new_file(tmp_path / "b.svg", force=True):
        pytest.fail("worked")


def test_names_are_claimed_where_the_system_has_no_flag(tmp_path, monkeypatch):
    monkeypatch.setattr(renames, "_system_call", lambda: None)
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    with pytest.raises(FileExistsError):
        renames.onto_free_name(tmp_path / "a", tmp_path / "b")
    renames.onto_free_name(tmp_path / "a", tmp_path / "c")
    assert state(tmp_path) == {"b": b"b", "c": b"a"}
    assert not renames.exchange(tmp_path / "b", tmp_path / "c")


@pytest.fixture
def disk(tmp_path):
    """Mounts small file systems; needs root."""
    mounted = []

    def mount(name, *options):
        point = tmp_path / name
        point.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(point)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if done.returncode:
            pytest.skip(f"a tmpfs cannot be mounted here: {done.stderr.strip()}")
        mounted.append(point)
        return point

    yield mount
    for point in mounted:
        subprocess.run(["umount", "-l", str(point)], check=True)


def test_an_empty_mount_point_is_filled(disk):
    point = disk("disk", "size=20m")
    assert call(*WORLD, "--out", point).exit_code == 0
    made = ["README.md", "a", "run.json", "truth.tsv"]
    assert names(point) == made
    refused(*WORLD, "--out", point, "--force", words=["mount point"])
    assert names(point) == made


def test_a_mount_point_with_a_note_is_left_alone(disk):
    point = disk("disk", "size=20m")
    with (  # noqa: PT012
        pytest.raises(UsageError, match="while we worked"),
        new_folder(point, kind="run") as draft,
    ):
        (draft / "a").write_text("new")
        (point / "note").write_text("mine")
    assert state(point) == {"note": b"mine"}


def test_a_half_filled_mount_point_is_finished_by_the_next_run(disk):
    point = disk("disk", "size=20m")
    code = (
        "import os, signal, sys\nfrom twas.system import folder, scratch\n"
        "move = scratch.onto_free_name\n"
        "def once(a, b): move(a, b); os.kill(os.getpid(), signal.SIGKILL)\n"
        "scratch.onto_free_name = once\n"
        "with folder.new_folder(sys.argv[1], kind='run') as draft:\n"
        " (draft / 'a').write_text('new'); (draft / 'b').write_text('new')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(point)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert len(names(point)) == 2
    refused(*WORLD, "--out", point, words=["exists"])
    assert set(state(point)) == {"a", "b", "run.json"}


def test_a_disk_that_is_full_is_found_before_the_work(disk):
    point = disk("disk", "size=256k")
    old = ours(point / "out")
    (point / "fill").write_bytes(bytes(os.statvfs(point).f_bavail * 4096))
    before = state(point)
    refused(*WORLD, "--out", old, "--force", words=["No space left"])
    assert state(point) == before


def test_a_disk_that_fills_up_leaves_the_old_result(disk):
    point = disk("disk", "size=256k")
    old = ours(point / "out")
    before = state(point)
    line = refused(*WORLD, "--out", old, "--force", words=["disk is full", old], code=1)
    assert ".twas-divergence-" not in line
    assert state(point) == before


def test_a_read_only_disk_is_found_before_the_work(disk):
    point = disk("disk", "size=1m")
    old = ours(point / "out")
    before = state(point)
    subprocess.run(["mount", "-o", "remount,ro", str(point)], check=True)
    for out in (old, point / "new", point / "new/deep"):
        refused(*WORLD, "--out", out, "--force", words=["Read-only"])
    assert state(point) == before


@pytest.mark.parametrize("where", [pytest.param("missing", marks=pytest.mark.slow), "full"])
def test_the_folder_of_temporary_files_is_not_needed(disk, tmp_path, where):
    folder = tmp_path / where
    if where == "full":
        folder = disk("full", "size=4k")
        (folder / "fill").write_bytes(bytes(4096))
    genes = pd.read_csv(ROOT / "data/gene_sets/core.tsv", sep="\t")["gene"].drop_duplicates()
    frame = pd.DataFrame({"gene_name": genes})
    frame["zscore"] = (frame.index * 7 % 13 - 6) / 3
    frame.to_csv(tmp_path / "a.csv", index=False)
    done = subprocess.run(
        [sys.executable, "-m", "cli", "run", "--trait", "A=a.csv", "--out", "out", "--no-gsea"]
        + ["--no-report"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
