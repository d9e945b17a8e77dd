"""What can go wrong, by name.

Every error a user can cause is a `GridtwinError`: its message says what is wrong, where (file and line or key) and what
to do; its fields carry the same facts for programs. Anything else that is raised is a bug and should crash.
"""

from __future__ import annotations

from pathlib import Path


class GridtwinError(Exception):
    """Base of all errors about input, orders and stored data.

    Parameters
    ----------
    message : what is wrong and, where it helps, what to do about it.
    file, line, key : where it is wrong; each appears in the text when given.
    """

    def __init__(
        self, message: str, *, file: str | Path | None = None, line: int | None = None, key: str | None = None
    ) -> None:
        self.message, self.file, self.line, self.key = message, None if file is None else str(file), line, key
        where = ", ".join(
            part
            for part in (
                self.file,
                None if line is None else f"line {line}",
                None if key is None else f"key {key!r}",
            )
            if part
        )
        super().__init__(f"{where}: {message}" if where else message)


class ScenarioError(GridtwinError):
    """A scenario, calibration or mapping file says something that cannot be run."""


class CityError(GridtwinError):
    """A city folder, or a file a city is made from, cannot be used."""


class FeedError(GridtwinError):
    """A feed or history file cannot be read at all (single bad rows go to the quarantine instead)."""


class RoadError(GridtwinError):
    """A road network breaks a rule that routing depends on."""


class NoRouteError(RoadError):
    """There is no way by road between two places, as the roads are now."""


class PolicyError(GridtwinError):
    """A policy cannot be loaded, or breaks the policy contract."""


class JournalError(GridtwinError):
    """A journal or run folder is damaged, incomplete, or not what its manifest says."""
