"""The data-quality page of a feed: what `feed check` says, as data, as JSON and as text."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from city_data.feeds.clock_verdict import ClockVerdict
from city_data.feeds.layout import Layout
from city_data.feeds.street_fit import StreetFit, street_fit_lines

_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Missing:
    """How many usable rows lack a value."""

    n: int
    share: float


@dataclass(frozen=True, slots=True)
class Rejections:
    """Rows that cannot be used, for one reason and column; `first_line` is where to look."""

    reason: str
    column: str | None
    n: int
    first_line: int


@dataclass(frozen=True, slots=True)
class Category:
    """One of the source's words, our matter for it, and whether the mapping names it."""

    word: str
    matter: str
    is_mapped: bool
    n: int


@dataclass(frozen=True, slots=True)
class RepeatedPoint:
    """A place (degrees, rounded to a millionth) at which many rows lie."""

    lon: float
    lat: float
    n: int


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What is in a feed file, and how far it can be believed.

    Parameters
    ----------
    layout : how the file was read.
    n_rows : all rows read: used and rejected.
    n_cases, n_units : different case ids, and unit ids, among the used rows.
    first_reported, last_reported : ISO instants, in the mapping's zone.
    missing : by mapped field.
    contradictions : by "earlier > later": rows whose stamps stand in that wrong order.
    n_contradictory_rows : rows with at least one of them.
    n_exact_duplicates : rows that repeat an earlier one in full.
    n_same_id : rows that repeat an earlier one's id, exact duplicates included.
    n_overlaps : jobs to which a unit was dispatched before its previous one, by time of dispatch, had freed it.
    n_off_map_rows, n_off_map_cases : outside the study area; None when none was given.
    categories : the most frequent words first.
    unmapped : by "column: word", how often a word fell to the mapping's default.
    n_labelled_duplicates : rows that the source calls a second telling; None where the mapping knows no label.
    n_open : rows that the source calls not over; None where the mapping knows no status.
    street_fit : how the places fit the streets; None where no streets were given.
    """

    file: str
    mapping: str
    layout: Layout
    n_rows: int
    n_used: int
    rejected: tuple[Rejections, ...]
    n_cases: int
    n_units: int
    first_reported: str | None
    last_reported: str | None
    missing: dict[str, Missing]
    contradictions: dict[str, int]
    n_contradictory_rows: int
    n_exact_duplicates: int
    n_same_id: int
    n_overlaps: int
    n_off_map_rows: int | None
    n_off_map_cases: int | None
    categories: tuple[Category, ...]
    unmapped: dict[str, int]
    repeated_points: tuple[RepeatedPoint, ...]
    clock: ClockVerdict
    n_labelled_duplicates: int | None = None
    n_open: int | None = None
    street_fit: StreetFit | None = None

    @property
    def n_rejected(self) -> int:
        """Rows that cannot be used."""
        return sum(entry.n for entry in self.rejected)

    def to_json(self) -> dict[str, object]:
        """Plain data for `--json`."""
        return {**asdict(self), "layout": self.layout.as_dict(), "n_rejected": self.n_rejected}

    def to_text(self) -> str:
        """The page, for a terminal."""
        sections = (
            self._overview(),
            self._rejected(),
            self._stamps(),
            self._doubles(),
            self._words(),
            self._clock(),
            [] if self.street_fit is None else street_fit_lines(self.street_fit),
        )
        return "\n\n".join("\n".join(section) for section in sections if section)

    def _overview(self) -> list[str]:
        lines = [
            f"{self.file}: {self.n_rows:,} rows (mapping {self.mapping})",
            f"  read as {self.layout.described()}",
            f"  used {self.n_used:,}, rejected {self.n_rejected:,}; {self.n_cases:,} cases, {self.n_units:,} units",
        ]
        if self.first_reported is not None:
            lines.append(f"  reported from {self.first_reported} to {self.last_reported}")
        if self.n_open is not None:
            lines.append(f"  not closed: {self.n_open:,} rows")
        if self.n_off_map_rows is not None:
            lines.append(f"  off the map: {self.n_off_map_rows:,} rows, {self.n_off_map_cases:,} cases")
        return lines

    def _rejected(self) -> list[str]:
        return ["Rejected"] * bool(self.rejected) + [
            f"  {entry.n:>9,}  {'' if entry.column is None else entry.column + ' '}{entry.reason}"
            f" (first: line {entry.first_line:,})"
            for entry in self.rejected
        ]

    def _stamps(self) -> list[str]:
        lines = ["Missing values"] + [
            f"  {entry.n:>9,}  {entry.share:6.1%}  {field}" for field, entry in self.missing.items() if entry.n
        ]
        if len(lines) == 1:
            lines = ["Missing values: none"]
        lines.append(f"Contradictory stamps: {self.n_contradictory_rows:,} rows (kept as they are)")
        return lines + [f"  {n:>9,}  {pair}" for pair, n in self.contradictions.items()]

    def _doubles(self) -> list[str]:
        lines = [
            f"Duplicates: {self.n_exact_duplicates:,} exact rows; {self.n_same_id:,} rows repeat an id"
            + (
                "" if self.n_labelled_duplicates is None else f"; {self.n_labelled_duplicates:,} labelled by the source"
            ),
            f"Units sent before they were free: {self.n_overlaps:,} times",
        ]
        if self.repeated_points:
            lines.append("Places with the most rows")
            lines += [f"  {point.n:>9,}  {point.lat:.6f}, {point.lon:.6f}" for point in self.repeated_points]
        return lines

    def _words(self) -> list[str]:
        lines = ["Categories"] * bool(self.categories) + [
            f"  {entry.n:>9,}  {entry.word} → {entry.matter}{'' if entry.is_mapped else ' (not in the mapping)'}"
            for entry in self.categories
        ]
        if self.unmapped:
            lines.append("Words that fell to a default")
            lines += [f"  {n:>9,}  {word}" for word, n in self.unmapped.items()]
        return lines

    def _clock(self) -> list[str]:
        most = max(self.clock.hourly, default=0)
        curve = "".join(_BARS[count * (len(_BARS) - 1) // most] for count in self.clock.hourly) if most else ""
        return [f"Clock: {self.clock.verdict}"] + (
            [f"  cases by hour as written, 00 to 23 h: {curve}"] if curve else []
        )
