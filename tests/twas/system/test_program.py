"""One thread of linear algebra, unless the user asks for another number; garbage seldom."""

import gc
import os
import subprocess
import sys

import pytest

from twas.system.program import ONE_THREAD, one_thread, seldom_collected


def test_all_libraries_are_asked_for_one_thread(monkeypatch):
    for name in ONE_THREAD:
        monkeypatch.delenv(name, raising=False)
    one_thread()
    assert {name: os.environ[name] for name in ONE_THREAD} == ONE_THREAD
    assert set(ONE_THREAD.values()) == {"1"}


@pytest.mark.parametrize("name", ONE_THREAD)
def test_what_the_user_asks_for_stays(monkeypatch, name):
    for other in ONE_THREAD:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "4")
    one_thread()
    assert {n: os.environ[n] for n in ONE_THREAD} == dict.fromkeys(ONE_THREAD, "4")


def test_garbage_is_looked_for_seldom_for_a_while():
    before = gc.get_threshold()
    with seldom_collected():
        assert gc.get_threshold()[0] > 10 * before[0]
    assert gc.get_threshold() == before


def test_the_last_thread_puts_back_what_the_first_found():
    before = gc.get_threshold()
    first, second = seldom_collected(), seldom_collected()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() != before
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


def test_a_command_asks_before_numpy_is_loaded():
    """Later it would be too late: the libraries read it once."""
    code = (
        "import builtins, os, sys\n"
        "from pathways.commands import main\n"
        "real, seen = builtins.__import__, []\n"
        "def watch(name, *rest, **more):\n"
        "    if name.split('.')[0] == 'numpy' and 'numpy' not in sys.modules:\n"
        "        seen.append(os.environ.get('OPENBLAS_NUM_THREADS'))\n"
        "    return real(name, *rest, **more)\n"
        "builtins.__import__ = watch\n"
        "main(['gene-sets', 'list'], standalone_mode=False)\n"
        "assert seen and set(seen) == {'1'}, seen\n"
    )
    clean = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    subprocess.run([sys.executable, "-c", code], check=True, env=clean, capture_output=True)
