"""Shared fixtures: where the real data are, and hypothesis settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from twas.system.program import one_thread

# As a command does, before numpy is loaded: sums of several threads differ in their last digit.
one_thread()

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("project")


def data_root() -> Path:
    """Folder of the real data: TWAS_TEST_DATA, else ``../shared/data`` beside the checkout."""
    return Path(os.environ.get("TWAS_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def test_data() -> Callable[..., Path]:
    """Path of a real data file or folder; the test is skipped where there is none."""

    def find(*parts: str) -> Path:
        path = data_root().joinpath(*parts)
        if not path.exists():
            pytest.skip(f"real data {'/'.join(parts)} not found; set TWAS_TEST_DATA")
        return path

    return find
