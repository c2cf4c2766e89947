"""Nobody waits in these lives: repeated reads follow at once, and the tenant waits for no vendor."""

from tests.faults.conftest import reads_are_repeated_at_once, world

__all__ = ["reads_are_repeated_at_once", "world"]
