"""How one feed says what we need to know: which column is what, on which clock, and in whose words.

In: a mapping file (YAML), one of those shipped or the user's own. Out: a checked, frozen `FeedMapping`.
"""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from city_data.yaml_file import read_yaml, validated
from twin.domain.quantities import parse_span
from twin.errors import ScenarioError

SHIPPED = Path(__file__).parent / "mappings"


class FileFormat(StrEnum):
    """The shapes of file that are read."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    JSON_ARRAY = "json"
    PARQUET = "parquet"


class Stamp(StrEnum):
    """The instants of a response, in the order in which they should happen."""

    REPORTED = "reported"
    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    ROLLED = "rolled"
    ARRIVED = "arrived"
    TRANSPORTING = "transporting"
    AT_HOSPITAL = "at_hospital"
    FREED = "freed"
    CLOSED = "closed"


STAMPS = tuple(Stamp)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone: write one like America/Los_Angeles or UTC") from error
    return name


def _pattern(text: str) -> str:
    try:
        n_groups = re.compile(text).groups
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    if n_groups != 1:
        raise ValueError(f"{text!r} must hold exactly one group, the station's name")
    return text


def _encoding(name: str) -> str:
    try:
        codec = codecs.lookup(name)
        is_ascii_based = codec.encode("a,\n")[0] == b"a,\n"
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(f"{name!r} is not a text encoding") from error
    if not is_ascii_based:
        raise ValueError(f"{name!r} is not based on ASCII: convert the file to UTF-8 first")
    return codec.name


Zone = Annotated[str, AfterValidator(_zone)]
Column = Annotated[str, Field(min_length=1)]
SpanUs = Annotated[int, BeforeValidator(parse_span)]
"""Microseconds, written as a span of time: `90s`, `15m`."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Ids(_Part):
    """Columns that say which case, which unit, and (where the source has one) which row."""

    case: Column
    unit: Column | None = None
    row: Column | None = None


class Clock(_Part):
    """Columns of the stamps, and how to read them.

    Parameters
    ----------
    columns : column of each stamp; `reported` is needed.
    format : `iso`, `epoch_s`, `epoch_ms`, or a pattern of strptime.
    zone : the clock on the wall that stamps without a mark show.
    marked : UTC where the stamps say that they are UTC.
    trust_mark : false where that name is known to be wrong: the mark is then ignored and `zone` used.
    """

    columns: dict[Stamp, Column]
    format: str = "iso"
    zone: Zone | None = None
    marked: Literal["UTC"] | None = None
    trust_mark: bool = True

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if Stamp.REPORTED not in self.columns:
            raise ValueError("needs a column for `reported`")
        if not self.trust_mark and self.zone is None:
            raise ValueError("`trust_mark: false` needs a `zone` to read the stamps in")
        if not self.format.startswith(("iso", "epoch_")) and "%" not in self.format:
            raise ValueError(
                f"`format: {self.format}` is none of iso, epoch_s, epoch_ms or a pattern like '%m/%d/%Y %H:%M'"
            )
        if self.format.startswith(("iso", "epoch_")) and self.format not in ("iso", "epoch_s", "epoch_ms"):
            raise ValueError(f"`format: {self.format}` is none of iso, epoch_s and epoch_ms")
        return self


class Category(_Part):
    """Column with the source's own word for what is wrong, and our matter for each word."""

    column: Column
    matters: dict[str, str] = {}
    default: str = "other"


class Priority(_Part):
    """Column with the source's own priority, and our level for each: 1 is the most urgent."""

    column: Column
    levels: dict[str, Annotated[int, Field(ge=1)]]
    default: Annotated[int, Field(ge=1)]


class Place(_Part):
    """Where: two columns, or the path to a GeoJSON point's coordinates (`intersection_point.coordinates`)."""

    lon: Column | None = None
    lat: Column | None = None
    point: Column | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.lon is None) != (self.lat is None) or (self.lon is None) == (self.point is None):
            raise ValueError("give either `lon` and `lat`, or `point`")
        return self


class Units(_Part):
    """What responds: its kind, the skill that follows, its station, and which kinds are counted in the headline.

    Parameters
    ----------
    kind : column of the kind of unit.
    skills : skill of each kind.
    default_skill : skill of all other kinds, or of every row of a feed that names no units.
    station : regular expression whose one group makes a station's name of a unit's id.
    station_kinds : the kinds it holds for; empty means all.
    headline : kinds whose times are reported first.
    """

    kind: Column | None = None
    skills: dict[str, str] = {}
    default_skill: str
    station: Annotated[str, AfterValidator(_pattern)] | None = None
    station_kinds: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()


class FeedMapping(_Part):
    """One feed's words, columns and clock.

    Parameters
    ----------
    name : of the feed; the `source` of its envelopes.
    title, licence : what it is, for reports.
    format : of the file, where its content should not decide.
    lateness_us : how long after its event time a live message may come and still be put in order (`lateness: 15m`).
    missing : texts that mean "no value" beside the empty one.
    area : column of the area a case lies in.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str = ""
    licence: str = ""
    format: FileFormat | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    lateness_us: Annotated[SpanUs, Field(alias="lateness")] = parse_span("15m")
    missing: frozenset[str] = frozenset()
    id: Ids
    stamps: Clock
    category: Category | None = None
    priority: Priority | None = None
    area: Column | None = None
    place: Place
    unit: Units

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of the file that are used, each once; a nested path counts by its first part."""
        point = None if self.place.point is None else self.place.point.partition(".")[0]
        wanted = (
            self.id.case,
            self.id.unit,
            self.id.row,
            *(self.stamps.columns[stamp] for stamp in STAMPS if stamp in self.stamps.columns),
            None if self.category is None else self.category.column,
            None if self.priority is None else self.priority.column,
            self.area,
            self.place.lon,
            self.place.lat,
            point,
            self.unit.kind,
        )
        return tuple(dict.fromkeys(column for column in wanted if column is not None))

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """The columns without which no row can be used: case, time of report, place."""
        place = self.place.point.partition(".")[0] if self.place.point is not None else None
        needed = (self.id.case, self.stamps.columns[Stamp.REPORTED], self.place.lon, self.place.lat, place)
        return tuple(column for column in needed if column is not None)


def shipped_mappings() -> tuple[str, ...]:
    """Short names of the mappings that come with gridtwin."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def load_mapping(name: str | Path) -> FeedMapping:
    """A mapping by short name (`datasf_fire`) or by the path of a YAML file.

    Raises
    ------
    ScenarioError : no such mapping, or one that cannot be used; with file, line and key.
    """
    if str(name) in shipped_mappings():
        path = SHIPPED / f"{name}.yaml"
    else:
        path = Path(name)
        if not path.is_file():
            known = ", ".join(shipped_mappings())
            raise ScenarioError(f"{str(name)!r} is neither a mapping file nor one of those shipped: {known}")
    return validated(read_yaml(path), FeedMapping)


def mapping_schema() -> dict[str, Any]:
    """JSON Schema of mapping files, for editors."""
    return FeedMapping.model_json_schema()
