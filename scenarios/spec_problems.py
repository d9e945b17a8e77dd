"""What a scenario may say about problems: where and when they arise, how they live, who notices and who tells."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from scenarios.spec_demand import MatterSpec, Rhythm
from scenarios.spread import Model, Span, Spread, wrong

Share = Annotated[float, Field(ge=0, le=1)]


class Told(Model):
    """Citizens tell of a `share` of the problems, first so long `after` they arose and then `again` every so often."""

    share: Share = 1.0
    after: Spread
    again: Spread | None = None


class Again(Model):
    """A `share` of the problems breaks out again at the same place, so long `after` they have ended."""

    share: Share
    after: Spread


class Offspring(Model):
    """A problem leads to `mean` others on its street, on average, each so long `after` it arose."""

    mean: Annotated[float, Field(ge=0, lt=1)]
    after: Spread


class ProblemMatter(MatterSpec):
    """A kind of problem: what cases of it need, and its life.

    `lasts` until it ends by itself; `seen` by a patrol that comes by, with this chance; `settles`: chance, by kind of
    unit ("*": any), that whoever finds it on patrol puts it right at once.
    """

    lasts: Spread | None = None
    told: Told | None = None
    seen: Share = 1.0
    settles: dict[str, Share] = Field(default_factory=dict)
    again: Again | None = None
    offspring: Offspring | None = None


class MatterKind(ProblemMatter):
    """How problems live whose matters a catalogue lists; they need the skill that it names, where none is said."""

    needs: Annotated[tuple[str, ...], Field(max_length=64)] = ()


class CatalogueSpec(Model):
    """A list of matters: that of a `place` that is shipped, or a table (CSV, XLSX) of one's own in some `standard`."""

    place: Literal["chebei"] | None = None
    file: Path | None = None
    standard: str | None = None

    @model_validator(mode="after")
    def _one(self) -> CatalogueSpec:
        if (self.place is None) is (self.file is None):
            raise wrong("place", "name a place or a file, one of the two")
        return self


class Problems(Model):
    """A Poisson source of problems: `per_day` on average, split over `matters` by share and over places by `where`.

    With a `catalogue` its matters are these, and `kinds` say how they live: by name, class or skill, "*" for others.
    `street_length` and `residents` go by unit cells, where the city has them: residents by the hour. Without cells,
    `street_length` goes by the city's areas, and `areas` names shares of them.
    """

    name: str
    per_day: Annotated[float, Field(ge=0, le=10_000_000)]
    matters: dict[str, ProblemMatter] = Field(default_factory=dict)
    catalogue: CatalogueSpec | None = None
    kinds: dict[str, MatterKind] = Field(default_factory=dict)
    where: Literal["street_length", "residents"] = "street_length"
    areas: dict[str, Annotated[float, Field(ge=0)]] | None = None
    rhythm: Rhythm = Rhythm()

    @model_validator(mode="after")
    def _one_way_of_saying_where(self) -> Problems:
        if self.areas is not None and self.where == "residents":
            raise wrong("areas", "say where by areas or by residents, not both")
        if not self.matters and self.catalogue is None:
            raise wrong("matters", "name a matter or more, or a catalogue")
        return self


class Recorded(Model):
    """Take each recorded case for a problem that arose so long before it was reported, which somebody else may find.

    `seen` and `settles` as for modelled problems; it lasts until it is settled, and is told of when it was recorded.
    """

    arose_before: Spread
    seen: Share = 1.0
    settles: dict[str, Share] = Field(default_factory=dict)
    verify: str | None = None
    check: str | None = None


class MergeSpec(Model):
    """A report is taken for a second one of an open case of its matter that lies so near and was reported so lately."""

    within_m: Annotated[float, Field(ge=0)] = 50.0
    within: Span
