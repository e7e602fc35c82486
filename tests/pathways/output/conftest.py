"""The small runs that the report's tests use too."""

from tests.pathways.report.conftest import hostile, nothing, one_trait, planted

__all__ = ["hostile", "nothing", "one_trait", "planted"]
