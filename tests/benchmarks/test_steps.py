"""Steps of a long run: kept, shared, taken up again."""

import os

import pytest

from benchmarks.evidence.steps import Steps

DONE = []


def double(number):
    DONE.append(number)
    return 2 * number


JOBS = [(double, (k,)) for k in range(4)]


@pytest.fixture(autouse=True)
def _fresh():
    DONE.clear()


def test_results_come_in_the_order_of_the_jobs():
    assert Steps(processes=1).do(JOBS) == [0, 2, 4, 6]
    assert DONE == [0, 1, 2, 3]


def test_what_is_done_is_not_done_again(tmp_path):
    how = Steps(processes=1, folder=tmp_path / "steps")
    assert how.do(JOBS[2:]) == [4, 6]
    assert how.do(JOBS) == [0, 2, 4, 6]
    assert DONE == [2, 3, 0, 1]


def test_a_job_that_a_living_process_has_claimed_is_left_to_it(tmp_path, monkeypatch):
    how = Steps(processes=1, folder=tmp_path)
    claim = how._path(JOBS[1]).with_suffix(".claim")
    claim.write_text(str(os.getppid()))
    waited = []

    def wait(_seconds):
        waited.append(list(DONE))
        Steps(processes=1, folder=tmp_path / "other").do(JOBS[1:2])
        (tmp_path / "other" / how._path(JOBS[1]).name).rename(how._path(JOBS[1]))

    monkeypatch.setattr("benchmarks.evidence.steps.time.sleep", wait)
    assert how.do(JOBS) == [0, 2, 4, 6]
    assert waited == [[0, 2, 3]]


def test_the_claim_of_a_dead_process_is_nobodys(tmp_path):
    how = Steps(processes=1, folder=tmp_path)
    how._path(JOBS[0]).with_suffix(".claim").write_text("999999999")
    assert how.do(JOBS) == [0, 2, 4, 6]
