"""How one feed says what we need to know: which column is what, on which clock, and in whose words.

In: a mapping file (YAML), one of those shipped or the user's own. Out: a checked, frozen `FeedMapping`.
"""

from __future__ import annotations

import codecs
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from city_data.feeds.mapping_parts import (
    NO_VALUE,
    Category,
    Column,
    Duplicates,
    Part,
    Place,
    Priority,
    Status,
    Units,
    Word,
)
from city_data.yaml_file import read_yaml, validated
from twin.domain.quantities import parse_span
from twin.errors import ScenarioError

AUTO = "auto"
SHIPPED = Path(__file__).parent / "mappings"


class FileFormat(StrEnum):
    """The shapes of file that are read."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    JSON_ARRAY = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"


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


def _encoding(name: str) -> str:
    if name == AUTO:
        return AUTO
    try:
        codec = codecs.lookup(name)
        is_ascii_based = codec.encode("a,\n")[0] == b"a,\n"
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(f"{name!r} is not a text encoding") from error
    if not is_ascii_based:
        raise ValueError(f"{name!r} is not based on ASCII: convert the file to UTF-8 first")
    return "gb18030" if codec.name in ("gb2312", "gbk") else codec.name


Zone = Annotated[str, AfterValidator(_zone)]
SpanUs = Annotated[int, BeforeValidator(parse_span)]
"""Microseconds, written as a span of time: `90s`, `15m`."""


class Ids(Part):
    """Columns that say which case, which unit, and (where the source has one) which row."""

    case: Column
    unit: Column | None = None
    row: Column | None = None


class Clock(Part):
    """Columns of the stamps, and how to read them.

    Parameters
    ----------
    columns : column of each stamp; `reported` is needed.
    format : `iso` (and the year-first forms of Chinese offices), `epoch_s`, `epoch_ms`, or a pattern of strptime.
    zone : the clock on the wall that stamps without a mark show.
    marked : UTC where the stamps say that they are UTC.
    trust_mark : false where that name is known to be wrong: the mark is then ignored and `zone` used.
    """

    columns: dict[Stamp, Column]
    format: Word = "iso"
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


class FeedMapping(Part):
    """One feed's words, columns and clock.

    Parameters
    ----------
    name : of the feed; the `source` of its envelopes.
    title, licence : what it is, for reports.
    format : of the file, where its content should not decide.
    encoding : `auto` (UTF-8 or GB18030, by the whole file), or the name of one.
    sheet : of a workbook; the first that has the columns where it is not given.
    lateness_us : how long after its event time a live message may come and still be put in order (`lateness: 15m`).
    missing : texts that mean "no value" beside the empty one.
    area : column of the area a case lies in.
    status : column that says whether a case is over, where a stamp alone does not.
    duplicates : column that labels second tellings.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str = ""
    licence: str = ""
    format: FileFormat | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] = AUTO
    sheet: Word | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    lateness_us: Annotated[SpanUs, Field(alias="lateness")] = parse_span("15m")
    missing: frozenset[Word] = NO_VALUE
    id: Ids
    stamps: Clock
    category: Category | None = None
    priority: Priority | None = None
    area: Column | None = None
    status: Status | None = None
    duplicates: Duplicates | None = None
    place: Place
    unit: Units

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of the file that are used, each once; a nested path counts by its first part."""
        wanted = (
            self.id.case,
            self.id.unit,
            self.id.row,
            *(self.stamps.columns[stamp] for stamp in STAMPS if stamp in self.stamps.columns),
            None if self.category is None else self.category.column,
            None if self.priority is None else self.priority.column,
            self.area,
            *self.place.columns,
            self.unit.kind,
            None if self.status is None else self.status.column,
            None if self.duplicates is None else self.duplicates.column,
        )
        return tuple(dict.fromkeys(column for column in wanted if column is not None))

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """The columns without which no row can be used: case, time of report, place."""
        return (self.id.case, self.stamps.columns[Stamp.REPORTED], *self.place.columns)


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
