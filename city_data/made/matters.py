"""Lists of matters of a place that has published only how many there are: known names first, the rest by one rule.

In: a rule file (YAML) with counts, classes, departments, matters and kinds of place. Out: a `Catalogue` of exactly so
many rows. A made-up matter is a matter at a kind of place; which of the pairs are taken, a hash of their names tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from city_data.catalogue import SHIPPED, shipped_catalogue
from city_data.feeds.mapping_parts import Part
from city_data.limit_text import parse_limit
from city_data.street_plan import chance
from city_data.yaml_file import read_yaml, validated
from twin.domain.catalogue import EVENT, Catalogue, CatalogueRow, MatterKey, MatterLimit, catalogue_of
from twin.errors import CityError

CHEBEI: Final = SHIPPED / "chebei.yaml"

Limit = Annotated[MatterLimit, BeforeValidator(parse_limit)]
Share = Annotated[float, Field(ge=0, le=1)]


class Place(Part):
    """A kind of place: 背街小巷, in a back lane."""

    zh: str
    en: str


class MatterClass(Part):
    """A large class, and what holds for its matters unless they say otherwise."""

    code: Annotated[str, Field(pattern="^[0-9]{2}$")]
    zh: str
    en: str
    department: str
    on_the_spot_share: Share
    limit: Limit


class Base(Part):
    """A matter that is made into several, one `at` each place of a group; a known one needs no more than its name.

    `class_zh` (in the file `class`): the name of its large class.
    """

    zh: str
    at: str
    en: str = ""
    class_zh: Annotated[str, Field(alias="class")] = ""


class MattersList(Part):
    """A list of `n` matters. `begins_with`: standards whose known events are on it, each name once."""

    name: str
    n: Annotated[int, Field(ge=0, le=10_000)]
    begins_with: tuple[str, ...] = ()
    matters: tuple[Base, ...]


class Rule(Part):
    """What a rule file says.

    Parameters
    ----------
    standard : the name under which made-up matters have their codes.
    departments : the skill that each one's units have.
    source, known_source : what made-up rows and known rows say of themselves.
    limit_source : of the limits of the classes.
    departments_by_matter : known matters that not the department of their class sees to.
    """

    standard: str
    source: str
    known_source: str
    limit_source: str
    departments: dict[str, str]
    classes: tuple[MatterClass, ...]
    places: dict[str, tuple[Place, ...]]
    departments_by_matter: dict[str, tuple[str, ...]]
    lists: tuple[MattersList, ...]

    @cached_property
    def class_by_name(self) -> dict[str, MatterClass]:
        """Classes by their Chinese names, for standards number them differently."""
        return {one.zh: one for one in self.classes}

    @cached_property
    def department_by_matter(self) -> dict[str, str]:
        """The department of a matter that its class's does not see to."""
        return {matter: key for key, matters in self.departments_by_matter.items() for matter in matters}


@dataclass(frozen=True, slots=True)
class _Pair:
    """A matter at a kind of place: what a row can be made of."""

    like: CatalogueRow
    place: Place

    @property
    def name_zh(self) -> str:
        return self.place.zh + self.like.name_zh

    @property
    def name_en(self) -> str:
        return f"{self.like.name_en} {self.place.en}"


def chebei_catalogue() -> Catalogue:
    """The 275 matters of Chebei street: 176 of the city's list, 99 of the street's own."""
    return made_catalogue(read_rule(CHEBEI), shipped_catalogue())


def read_rule(path: Path) -> Rule:
    """A rule file.

    Raises
    ------
    ScenarioError : it cannot be read, or a key of it is wrong; with the line.
    """
    return validated(read_yaml(path), Rule)


def made_catalogue(rule: Rule, known: Catalogue) -> Catalogue:
    """The lists of a rule, each with exactly its count; what the standards say is the same stays the same.

    Raises
    ------
    CityError : a list begins with more names than its count, has too few pairs to be completed, or names a class,
        department, group of places or known matter that there is not.
    """
    rows: list[CatalogueRow] = []
    n_of_class: dict[str, int] = {}
    for one in rule.lists:
        first = list(_known_rows(rule, one, known))
        if len(first) > one.n:
            raise CityError(f"the list begins with {len(first)} known matters, more than its {one.n}", key=one.name)
        rows += first
        for pair in _picked(list(_pairs(rule, one, first)), one, n=one.n - len(first)):
            class_code = pair.like.class_code
            n_of_class[class_code] = n_of_class.get(class_code, 0) + 1
            rows.append(
                replace(
                    pair.like,
                    key=MatterKey(rule.standard, EVENT, f"{class_code}{n_of_class[class_code]:03d}"),
                    name_zh=pair.name_zh,
                    name_en=pair.name_en,
                    assumed=True,
                    source=rule.source.format(list=one.name, n=one.n),
                )
            )
    names = {row.name_zh for row in rows}
    if unmet := [matter for matter in rule.department_by_matter if matter not in names]:
        raise CityError("no list has this matter", key=unmet[0])
    return replace(catalogue_of(rows), same=known.same)


def _known_rows(rule: Rule, one: MattersList, known: Catalogue) -> Iterator[CatalogueRow]:
    met = set[str]()
    for standard in one.begins_with:
        events = known.of(standard=standard, kind=EVENT)
        if not events:
            raise CityError("no events of this standard are known", key=standard)
        for row in events:
            if row.name_zh in met:
                continue
            met.add(row.name_zh)
            of_class = _class(rule, row.class_zh)
            department, skill = _handled_by(rule, of_class, row.name_zh)
            yield replace(
                row,
                limit=row.limit or of_class.limit,
                limit_source=row.limit_source if row.limit else rule.limit_source,
                department=department,
                skill=skill,
                on_the_spot_share=of_class.on_the_spot_share,
                matters_list=one.name,
                source=rule.known_source.format(source=row.source, list=one.name),
            )


def _pairs(rule: Rule, one: MattersList, first: Sequence[CatalogueRow]) -> Iterator[_Pair]:
    by_name = {row.name_zh: row for row in first}
    for base in one.matters:
        if base.at not in rule.places:
            raise CityError("there is no such group of places", key=base.at)
        like = by_name.get(base.zh)
        of_class = _class(rule, base.class_zh or (like.class_zh if like else ""))
        if like is None:
            department, skill = _handled_by(rule, of_class, base.zh)
            like = CatalogueRow(
                MatterKey(rule.standard, EVENT, of_class.code),
                of_class.code,
                of_class.zh,
                of_class.en,
                base.zh,
                base.en,
                limit=of_class.limit,
                limit_source=rule.limit_source,
                department=department,
                skill=skill,
                on_the_spot_share=of_class.on_the_spot_share,
                matters_list=one.name,
            )
        like = replace(like, class_code=of_class.code)
        yield from (_Pair(like, place) for place in rule.places[base.at])


def _picked(pairs: Sequence[_Pair], one: MattersList, *, n: int) -> list[_Pair]:
    """So many of the pairs, in their order; a pair that was taken stays when the list grows."""
    if len(pairs) < n:
        raise CityError(f"there are {len(pairs)} pairs of matter and place, and {n} are needed", key=one.name)
    places = sorted(range(len(pairs)), key=lambda at: chance("matter", one.name, pairs[at].name_zh))
    return sorted((pairs[at] for at in sorted(places[:n])), key=lambda pair: pair.like.class_code)


def _class(rule: Rule, name: str) -> MatterClass:
    try:
        return rule.class_by_name[name]
    except KeyError:
        raise CityError("there is no such class", key=name) from None


def _handled_by(rule: Rule, of_class: MatterClass, matter: str) -> tuple[str, str]:
    """The department that sees to a matter, and the skill it takes."""
    department = rule.department_by_matter.get(matter, of_class.department)
    try:
        return department, rule.departments[department]
    except KeyError:
        raise CityError("there is no such department", key=department) from None
