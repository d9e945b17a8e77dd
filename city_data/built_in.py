"""A town made by code, so that the first run needs no network and no file.

In: nothing but a size. Out: a `City`: main roads, side streets with one-ways and dead ends, lanes of urban villages
that no car can enter, a river with bridges and promenades, parks, schools, and all layers. The smallest is one street
(街道), loosely after Chebei in Guangzhou. Everything is invented; it is not a map of anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from city_data.city import City, Origin, make_city
from city_data.edge_list import extent
from city_data.made.blocks import fill
from city_data.made.communities import Communities, make_communities
from city_data.made.frame import make_frame
from city_data.made.green import lay_river
from city_data.made.ground import Plan
from city_data.made.layers import make_layers
from city_data.made.places import make_facilities, make_stations
from city_data.made.sizes import SIZES as MADE_SIZES
from city_data.made.sizes import MadeSize
from city_data.made.streets import Laid, Stretches, lay_streets, stretches_of
from city_data.sources import BUILT_IN_LICENCE, Provenance, built_by
from twin.errors import CityError

SIZES = tuple(MADE_SIZES)


@lru_cache(maxsize=len(SIZES))
def built_in_city(size: str = "street") -> City:
    """The built-in city; the same at every call and on every machine.

    Parameters
    ----------
    size : "street" (2.5 km across), "town" (4.5 km), "district" (14 km) or "city" (28 km).

    Raises
    ------
    CityError : there is no built-in city of that size.
    """
    if size not in MADE_SIZES:
        raise CityError(f"there is no built-in city of this size; there is {', '.join(SIZES)}", key=size)
    made = MADE_SIZES[size]
    town = lay_out(made)
    roads = town.laid.network
    stations = make_stations(town.laid, town.communities)
    return make_city(
        made.title,
        roads,
        bounds=extent(roads.node_lon, roads.node_lat),
        origin=Origin(
            Provenance(f"built-in {size}", "made by code", "", BUILT_IN_LICENCE, built_by()), town.laid.report
        ),
        stations=stations,
        areas=town.communities.names,
        edge_area=town.communities.of_edge,
        layers=make_layers(
            made,
            town.laid,
            town.communities,
            facilities=make_facilities(town.plan, town.stretches, town.laid, stations=stations),
            grounds=town.plan.grounds,
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """The streets of a size and what they come from."""

    plan: Plan
    stretches: Stretches
    laid: Laid
    communities: Communities


def lay_out(size: MadeSize) -> Town:
    """Plan, streets and communities of a size, without its layers."""
    frame, plan = make_frame(size), Plan()
    for big in frame.blocks:
        fill(plan, big, is_west=big.column < frame.banks[0])
    lay_river(plan, frame)
    stretches = stretches_of([*frame.stretches.values(), *plan.streets])
    laid = lay_streets(stretches)
    return Town(plan, stretches, laid, make_communities(size, laid, plan.quarters))
