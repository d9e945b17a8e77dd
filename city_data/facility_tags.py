"""What kind of facility do these tags or words mean?

In: OSM tags, or a kind as an office writes it. Out: a `FacilityKind`, or None for anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twin.domain.facility import FacilityKind

OF_TAG: Final[Mapping[tuple[str, str], FacilityKind]] = {
    ("emergency", "fire_hydrant"): FacilityKind.HYDRANT,
    ("amenity", "hospital"): FacilityKind.HOSPITAL,
    ("healthcare", "hospital"): FacilityKind.HOSPITAL,
    ("amenity", "school"): FacilityKind.SCHOOL,
    ("amenity", "kindergarten"): FacilityKind.SCHOOL,
    ("amenity", "college"): FacilityKind.SCHOOL,
    ("amenity", "university"): FacilityKind.SCHOOL,
    ("amenity", "police"): FacilityKind.POLICE,
    ("amenity", "fire_station"): FacilityKind.FIRE_STATION,
    ("emergency", "assembly_point"): FacilityKind.SHELTER,
    ("emergency", "shelter"): FacilityKind.SHELTER,
    ("social_facility", "shelter"): FacilityKind.SHELTER,
    ("leisure", "park"): FacilityKind.PARK,
    ("amenity", "toilets"): FacilityKind.TOILETS,
}
"""A shelter from rain at a bus stop (`amenity=shelter`) is none that people are brought to; private cameras
(`man_made=surveillance`) are not the centre's."""
KEYS: Final = frozenset(key for key, _ in OF_TAG)

OF_WORD: Final[Mapping[str, FacilityKind]] = {kind.value: kind for kind in FacilityKind} | {
    "fire_hydrant": FacilityKind.HYDRANT,
    "消火栓": FacilityKind.HYDRANT,
    "消防栓": FacilityKind.HYDRANT,
    "医院": FacilityKind.HOSPITAL,
    "学校": FacilityKind.SCHOOL,
    "派出所": FacilityKind.POLICE,
    "公安局": FacilityKind.POLICE,
    "fire station": FacilityKind.FIRE_STATION,
    "消防站": FacilityKind.FIRE_STATION,
    "消防救援站": FacilityKind.FIRE_STATION,
    "assembly_point": FacilityKind.SHELTER,
    "避难场所": FacilityKind.SHELTER,
    "公园": FacilityKind.PARK,
    "toilet": FacilityKind.TOILETS,
    "公共厕所": FacilityKind.TOILETS,
    "公厕": FacilityKind.TOILETS,
    "摄像头": FacilityKind.CAMERA,
    "视频监控": FacilityKind.CAMERA,
}


def kind_of_tags(tags: Mapping[str, str]) -> FacilityKind | None:
    """The first kind that one of the tags stands for, in the order of the table."""
    return next((kind for (key, value), kind in OF_TAG.items() if tags.get(key) == value), None)


def kind_of_word(word: str) -> FacilityKind | None:
    """The kind an office calls so.

    >>> kind_of_word("公厕"), kind_of_word("Hydrant"), kind_of_word("kiosk")
    (<FacilityKind.TOILETS: 'toilets'>, <FacilityKind.HYDRANT: 'hydrant'>, None)
    """
    return OF_WORD.get(word.strip().lower())
