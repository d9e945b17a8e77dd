"""How good is this feed file? Reads it once, in flat memory, and fills the data-quality page.

In: a file, its mapping and, if wanted, the map it belongs to. Out: a `FeedReport`. Rows are turned into columns a
few thousand at a time; what needs the whole file goes through `whole_file`.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from city_data.feeds.history import responses
from city_data.feeds.layout import Layout, find_layout
from city_data.feeds.mapping import STAMPS, FeedMapping, Stamp
from city_data.feeds.report import Category, FeedReport, Missing, Rejections
from city_data.feeds.response import MOST_WORDS, OTHER_WORDS, STAMP_FIELDS, Response, ResponseReader, instant
from city_data.feeds.rows import Rejected
from city_data.feeds.street_fit import StreetFit, ThinnedPlaces, fit_to_streets
from city_data.feeds.whole_file import NONE, Columns, WholeFile
from twin.errors import FeedError
from twin.roads.nearest import NearestEdge

Bounds = tuple[float, float, float, float]
"""West, south, east, north, degrees; both ends belong to it."""

BATCH = 8_192
N_CATEGORIES = 40


def check_feed(
    path: Path,
    mapping: FeedMapping,
    *,
    bounds: Bounds | None = None,
    streets: NearestEdge | None = None,
    progress: Callable[[int], None] | None = None,
) -> FeedReport:
    """Read a feed file to its end and report on it.

    Parameters
    ----------
    bounds : of the study area, for the count of rows off the map.
    streets : of the study area, to try the coordinates on.
    progress : told the rows read so far, now and then.

    Raises
    ------
    FeedError : the file cannot be read, or no row of it can be used.
    """
    layout = find_layout(path, mapping)
    places = None if streets is None else ThinnedPlaces()

    def street_fit() -> StreetFit | None:
        return None if places is None or streets is None else fit_to_streets(places, mapping.place, streets)

    with tempfile.TemporaryDirectory(prefix="gridtwin-feed-") as folder:
        tally = _Tally(mapping, Path(folder), bounds=bounds)
        read: list[Response] = []
        fingerprints: list[int] = []
        try:
            for item in responses(path, tally.reader, layout=layout, places=places):
                if isinstance(item, Rejected):
                    tally.reject(item)
                    continue
                fingerprints.append(item[0].fingerprint)
                read.append(item[1])
                if len(read) == BATCH:
                    tally.add(read, fingerprints)
                    read, fingerprints = [], []
                    if progress is not None:
                        progress(tally.n_rows)
        except FeedError as error:
            fit = street_fit()
            if fit is None or fit.warning is None:
                raise
            raise FeedError(f"{error.message}; {fit.warning}", file=path, line=error.line, key=error.key) from error
        tally.add(read, fingerprints)
        return tally.report(path.name, layout, street_fit())


class _Tally:
    """All counts, as they grow."""

    def __init__(self, mapping: FeedMapping, folder: Path, *, bounds: Bounds | None) -> None:
        self.reader = ResponseReader(mapping)
        self._mapping = mapping
        self._bounds = bounds
        self._whole_file = WholeFile(folder)
        self._n_used = 0
        self._n_off_map = 0
        self._rejected: Counter[tuple[str, str | None]] = Counter()
        self._first_lines: dict[tuple[str, str | None], int] = {}
        self._missing: Counter[str] = Counter()
        self._contradictions: Counter[tuple[Stamp, Stamp]] = Counter()
        self._n_contradictory = 0
        self._n_labelled = 0
        self._categories: Counter[str] = Counter()
        self._stamps = tuple(stamp for stamp in STAMPS if stamp in mapping.stamps.columns)
        self._texts = {
            field: column
            for field, column in (
                ("unit_ref", mapping.id.unit),
                ("unit_kind", mapping.unit.kind),
                ("area", mapping.area),
                ("category", None if mapping.category is None else mapping.category.column),
            )
            if column is not None
        }

    @property
    def n_rows(self) -> int:
        return self._n_used + self._rejected.total()

    def reject(self, rejected: Rejected) -> None:
        key = (rejected.reason, rejected.column)
        self._first_lines.setdefault(key, rejected.line)
        self._rejected[key] += 1

    def add(self, read: Sequence[Response], fingerprints: Sequence[int]) -> None:
        """Count a batch of used rows."""
        if not read:
            return
        self._n_used += len(read)
        if self._mapping.duplicates is not None:
            self._n_labelled += sum(response.is_duplicate for response in read)
        for field in self._texts:
            self._missing[field] += [getattr(response, field) for response in read].count(None)
        if self._mapping.category is not None:
            self._categories.update([response.category or "" for response in read])
            _cut(self._categories)
        stamps = {stamp: _instants(read, stamp) for stamp in self._stamps}
        self._add_stamps(stamps)
        lon = np.array([response.lon for response in read])
        lat = np.array([response.lat for response in read])
        is_inside = self._is_inside(lon, lat)
        self._n_off_map += len(read) - int(is_inside.sum())
        none = np.full(len(read), NONE)
        self._whole_file.add(
            Columns(
                row=np.array(fingerprints, np.int64),
                row_ref=_hashes([response.row_ref for response in read]),
                case=_hashes([response.case_ref for response in read]),
                unit=_hashes([response.unit_ref for response in read]),
                has_unit=np.array([response.unit_ref is not None for response in read]),
                reported=stamps[Stamp.REPORTED],
                dispatched=stamps.get(Stamp.DISPATCHED, none),
                freed=stamps.get(Stamp.FREED, none),
                lon=lon,
                lat=lat,
                is_inside=is_inside,
            )
        )

    def report(self, file: str, layout: Layout, fit: StreetFit | None) -> FeedReport:
        """The page, now that all rows are counted."""
        whole = self._whole_file.findings(self._mapping.stamps, self.reader.stamps.marks)
        known = {} if self._mapping.category is None else self._mapping.category.matters
        default = "" if self._mapping.category is None else self._mapping.category.default
        return FeedReport(
            file=file,
            mapping=self._mapping.name,
            layout=layout,
            n_rows=self.n_rows,
            n_used=self._n_used,
            rejected=tuple(
                Rejections(reason, column, n, self._first_lines[reason, column])
                for (reason, column), n in self._rejected.most_common()
            ),
            n_cases=whole.n_cases,
            n_units=whole.n_units,
            first_reported=self._civil(whole.first_reported),
            last_reported=self._civil(whole.last_reported),
            missing={
                field: Missing(self._missing[field], self._missing[field] / max(1, self._n_used))
                for field in (*self._texts, *(STAMP_FIELDS[stamp] for stamp in self._stamps))
            },
            contradictions={f"{earlier} > {later}": n for (earlier, later), n in self._contradictions.items() if n},
            n_contradictory_rows=self._n_contradictory,
            n_exact_duplicates=whole.n_exact_duplicates,
            n_same_id=whole.n_same_id,
            n_overlaps=whole.n_overlaps,
            n_off_map_rows=None if self._bounds is None else self._n_off_map,
            n_off_map_cases=None if self._bounds is None else whole.n_off_map_cases,
            categories=tuple(
                Category(word or "(none)", known.get(word, default), word in known, n)
                for word, n in self._categories.most_common(N_CATEGORIES)
            ),
            unmapped={f"{column}: {word or '(none)'}": n for (column, word), n in self.reader.unmapped.most_common()},
            repeated_points=whole.repeated_points,
            clock=whole.clock,
            n_labelled_duplicates=None if self._mapping.duplicates is None else self._n_labelled,
            n_open=None if self._mapping.status is None else self._missing[STAMP_FIELDS[Stamp.CLOSED]],
            street_fit=fit,
        )

    def _civil(self, at: int | None) -> str | None:
        """ISO time of an instant in the mapping's zone, or in UTC where it declares none."""
        if at is None:
            return None
        return instant(at).astimezone(ZoneInfo(self._mapping.stamps.zone or "UTC")).isoformat()

    def _add_stamps(self, stamps: dict[Stamp, NDArray[np.int64]]) -> None:
        is_wrong = np.zeros(len(stamps[Stamp.REPORTED]), np.bool_)
        for stamp, instants in stamps.items():
            self._missing[STAMP_FIELDS[stamp]] += int((instants == NONE).sum())
        for earlier, later in combinations(self._stamps, 2):
            # NONE is the least number: an earlier stamp that is missing is never the greater one.
            wrong = (stamps[later] < stamps[earlier]) & (stamps[later] != NONE)
            self._contradictions[earlier, later] += int(wrong.sum())
            is_wrong |= wrong
        self._n_contradictory += int(is_wrong.sum())

    def _is_inside(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        if self._bounds is None:
            return np.ones(len(lon), np.bool_)
        west, south, east, north = self._bounds
        inside: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        return inside


def _instants(read: Sequence[Response], stamp: Stamp) -> NDArray[np.int64]:
    field = STAMP_FIELDS[stamp]
    return np.array([NONE if (at := getattr(response, field)) is None else at for response in read], np.int64)


def _hashes(texts: Sequence[str | None]) -> NDArray[np.int64]:
    return np.fromiter(map(hash, texts), np.int64, len(texts))


def _cut(words: Counter[str]) -> None:
    """Keep the most frequent words one by one; the others are counted together."""
    if len(words) > 2 * MOST_WORDS:
        for word, n in words.most_common()[MOST_WORDS:]:
            del words[word]
            words[OTHER_WORDS] += n
