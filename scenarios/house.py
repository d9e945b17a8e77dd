"""The house: what the page's server has open. One thing at a time, for everybody who comes in.

In: wishes. Out: a desk once it is ready. Opening goes on in a thread of its own, the heartbeat of what is open in the
server's lifespan; whatever cannot be opened is said, and the house is as it was before.
"""

from __future__ import annotations

import gc
import logging
import tempfile
import threading
from collections.abc import Iterator
from datetime import time
from functools import cache
from pathlib import Path

from city_data.folder import ABOUT as CITY_FILE
from city_data.folder import load_city
from city_data.named import BUILT_IN, city_called
from scenarios.lab.desk import Laboratory
from scenarios.lab.reading import is_experiment
from scenarios.load import library, load_scenario
from scenarios.opening import city_shown, open_run, open_twin, resume_twin
from scenarios.room import Room
from scenarios.run_folder import MANIFEST, ROOM
from twin.console.desk import Choice, Choices, Drive, Gear, Wish
from twin.domain.commands import Why
from twin.domain.seat import LOCAL_ADMIN, OPEN, Seat
from twin.errors import GridtwinError, JournalError, ScenarioError
from twin.views.city import CityShown

IDLE_S = 0.1
_MOST_FOLDERS = 40

_log = logging.getLogger(__name__)


class House:
    """See `twin.console.desk.House`."""

    def __init__(self) -> None:
        self.desk: Room | None = None
        self.city: CityShown | None = None
        self.opening: str | None = None
        self.fault: GridtwinError | None = None
        self.front = ""
        self.lab = Laboratory(Path.cwd() / "runs")
        self._lock = threading.Lock()

    @property
    def ground(self) -> CityShown | None:
        """The city of whatever is open."""
        return self.city if self.desk is None else self.desk.city

    def ground_called(self, digits: str) -> CityShown | None:
        """The city whose checksum begins like this, in the lab or open; for any other, what is open."""
        ground = self.ground
        is_open = ground is not None and ground.checksum.startswith(digits)
        return ground if is_open else self.lab.city(digits) or ground

    def open(self, wish: Wish, *, seat: Seat) -> Why | None:
        """Begin to open something."""
        if not seat.may(OPEN):
            return Why.NO_RIGHT
        with self._lock:
            if self.opening is not None:
                return Why.BUSY
            self.opening, self.fault = "", None
        threading.Thread(target=self.open_now, args=(wish,), daemon=True, name="opening").start()
        return None

    def leave(self, *, seat: Seat) -> Why | None:
        """Back to the start page."""
        if not seat.may(OPEN):
            return Why.NO_RIGHT
        self._close()
        return None

    def stop(self) -> None:
        """The server stops: write down what happened."""
        self.lab.close()
        self._close()

    def beat(self) -> float:
        """The heart of what is open beats once; returns after how many wall seconds to come again."""
        desk = self.desk
        return IDLE_S if desk is None or desk.fault is not None else desk.beat()

    def choices(self) -> Choices:
        """What there is to be opened."""
        cities = [Choice(name, name) for name in BUILT_IN]
        return Choices(_shipped(), tuple(cities), tuple(_near(MANIFEST)), tuple(_near(ROOM)))

    def open_now(self, wish: Wish) -> None:
        """Open something, and return when it is open or has failed."""
        try:
            opened = self._opened(wish)
        except GridtwinError as error:
            self.fault = error
        except Exception as error:  # noqa: BLE001 - a bug must not leave the page waiting for ever
            _log.exception("opening %s failed", wish.what)
            self.fault = GridtwinError(f"a fault of gridtwin itself: {type(error).__name__}: {error}", file=wish.what)
        else:
            self._close()
            _set_apart()
            self.desk = opened if isinstance(opened, Room) else None
            self.city = opened if isinstance(opened, CityShown) else None
            self.front = opened if isinstance(opened, str) else ""
        finally:
            self.opening = None

    def _opened(self, wish: Wish) -> Room | CityShown | str:
        """A room, a city by itself, or the page on which an answer lies now."""
        require_something(wish.what)
        path = Path(wish.what)
        if wish.what in BUILT_IN:
            return city_shown(city_called(wish.what))
        if (path / CITY_FILE).exists():
            return city_shown(load_city(path))
        if is_experiment(path):
            return self.lab.put(path)
        if (path / MANIFEST).exists():
            return open_run(path, beside=Path(wish.beside) if wish.beside else None, say=self._say)
        if (path / ROOM).exists():
            return resume_twin(path, say=self._say)
        folder = Path(wish.folder) if wish.folder else Path(tempfile.mkdtemp(prefix="gridtwin-")) / "room"
        if (folder / ROOM).exists():
            raise JournalError("there is a twin here already: open this folder to go on with it", file=folder)
        room = open_twin(wish.what, folder=folder, begin=_time(wish.begin), say=self._say)
        room.drive(Drive(Gear.SPEED, wish.speed), seat=LOCAL_ADMIN)
        if wish.plays:
            room.drive(Drive(Gear.PLAY), seat=LOCAL_ADMIN)
        return room

    def _say(self, step: str) -> None:
        self.opening = step

    def _close(self) -> None:
        desk, self.desk, self.city, self.front = self.desk, None, None, ""
        if desk is not None:
            desk.close()


@cache
def _shipped() -> tuple[Choice, ...]:
    return tuple(Choice(name, told.name, told.about) for name in library() for told in (load_scenario(name),))


def _set_apart() -> None:
    """Keep what stands still out of the collector's way: pages have it look through everything, at every tick of each.

    Measured with 2,000 units: half a second a tick and looker with it, a tenth of that without.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def require_something(what: str) -> None:
    """Whether there is anything by this name.

    Raises
    ------
    ScenarioError : there is not.
    """
    path = Path(what)
    is_known = what in BUILT_IN or what in library() or path.is_file()
    if not is_known and not any((path / name).exists() for name in (CITY_FILE, MANIFEST, ROOM)):
        raise ScenarioError(
            f"nothing to show: give a run or experiment folder (with {MANIFEST}), the folder of a stopped twin "
            f"(with {ROOM}), a city folder, a scenario file, or one of {', '.join(library())}",
            file=path,
        )


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError as error:
        raise ScenarioError(f"{text!r} is no time of day, such as 08:00", key="--begin") from error


def _near(name: str) -> Iterator[Choice]:
    """Folders here, and one below, that hold such a file."""
    here = Path.cwd()
    found = sorted(
        (file.parent for pattern in (f"*/{name}", f"*/*/{name}") for file in here.glob(pattern)),
        key=lambda folder: -folder.stat().st_mtime,
    )
    for folder in found[:_MOST_FOLDERS]:
        yield Choice(str(folder), str(folder.relative_to(here)))
