"""Places of public use that people and units go to, and things on the street that somebody must look after.

In: what `city_data` has read and checked. Out: facilities as records, for there are thousands; components (manhole
covers, lamps …) as columns, for there are hundreds of thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.domain.route import Spot


class FacilityKind(StrEnum):
    """Facilities that are told apart."""

    HYDRANT = "hydrant"
    HOSPITAL = "hospital"
    SCHOOL = "school"
    POLICE = "police"
    FIRE_STATION = "fire_station"
    SHELTER = "shelter"
    PARK = "park"
    TOILETS = "toilets"
    CAMERA = "camera"


class Facility(msgspec.Struct, frozen=True, gc=False):
    """A facility and the place on the roads that is nearest to it.

    `ref` is its id where it comes from ("node/123"), unique in its city; `lon` and `lat` are degrees.
    """

    ref: str
    kind: FacilityKind
    name: str
    lon: float
    lat: float
    spot: Spot
    distance_m: float


class ComponentStatus(IntEnum):
    """State of a component, as the standard lists it: 完好 破损 丢失 废弃 移除."""

    SOUND = 0
    DAMAGED = 1
    LOST = 2
    ABANDONED = 3
    REMOVED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """City components (部件), one entry of each array for each.

    Parameters
    ----------
    ids : bytes (n,), 16 or 17 digits, unique.
    ids_assumed : whether they were made up.
    kinds, kind : codes of class and sub-class (4 or 5 digits), and int32 (n,) into them.
    names, name : what they are called, and int32 (n,) into that.
    departments, department : who is responsible ("" where unknown), and int32 (n,) into that.
    status : uint8 (n,), `ComponentStatus`.
    lon, lat : float64 (n,), degrees.
    """

    ids: NDArray[np.bytes_]
    ids_assumed: bool
    kinds: tuple[str, ...]
    kind: NDArray[np.int32]
    names: tuple[str, ...]
    name: NDArray[np.int32]
    departments: tuple[str, ...]
    department: NDArray[np.int32]
    status: NDArray[np.uint8]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    @property
    def n(self) -> int:
        """Number of components."""
        return len(self.ids)
