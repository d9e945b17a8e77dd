"""Building a city folder from a road file or a place name.

In: where the streets come from and, if there is one, a file of stations. Out: a city folder, and the `City` in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from city_data.areas import edge_areas, read_areas
from city_data.city import ONE_AREA, City, Origin, make_city
from city_data.folder import require_usable, save_city
from city_data.roads import Progress, read_place, read_roads
from city_data.sources import OSM_LICENCE, Provenance, built_by, provenance_of_file
from city_data.stations import on_streets, read_stations

_SUFFIXES = (".gz", ".bz2", ".osm", ".xml", ".json", ".graphml")


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place that OpenStreetMap is asked for by name, as in "Longgang, Shenzhen"."""

    name: str


def build_city(
    source: Path | PlaceName,
    out_dir: Path,
    *,
    stations: Path | None = None,
    areas: Path | None = None,
    name: str | None = None,
    on_foot: bool = False,
    progress: Progress | None = None,
) -> City:
    """Build a city and write its folder.

    Parameters
    ----------
    source : a road file, or a place name (which needs the network).
    out_dir : the folder to write: new, empty, or an older city.
    stations : GeoJSON or CSV of stations.
    areas : GeoJSON of named polygons; without it the whole city is one area.
    name : for titles; by default from the source.
    on_foot : read lanes, footways and steps too, and who may use each street.
    progress : called with a short line at each step.

    Raises
    ------
    CityError : the source, the stations, the areas or the folder cannot be used.
    """
    require_usable(out_dir)
    tell = progress or (lambda _: None)
    outlines = () if areas is None else read_areas(areas)
    places = () if stations is None else read_stations(stations)
    if isinstance(source, PlaceName):
        roads = read_place(source.name, on_foot=on_foot, progress=progress)
        provenance = Provenance(source.name, roads.format_name, "", OSM_LICENCE, built_by())
    else:
        roads = read_roads(source, on_foot=on_foot, progress=progress)
        provenance = provenance_of_file(source, format_name=roads.format_name)
    if places:
        tell(f"putting {len(places):,} stations on the streets")
    area_names, edge_area = ONE_AREA, None
    if areas is not None:
        tell(f"sorting streets into {len(outlines):,} areas")
        area_names, edge_area = edge_areas(outlines, roads.network, bounds=roads.bounds, file=areas)
    city = make_city(
        name or title_of(source),
        roads.network,
        bounds=roads.bounds,
        origin=Origin(provenance, roads.report, roads.n_ways_cut),
        stations=on_streets(places, roads.network),
        areas=area_names,
        edge_area=edge_area,
    )
    tell(f"writing {city.roads.n_nodes:,} nodes and {city.roads.n_edges:,} edges to {out_dir.name}")
    save_city(city, out_dir)
    return city


def title_of(source: Path | PlaceName) -> str:
    """A name for a city that was given none.

    >>> title_of(Path("maps/north_sf.osm.gz")), title_of(PlaceName("Longgang, Shenzhen"))
    ('north sf', 'Longgang, Shenzhen')
    """
    if isinstance(source, PlaceName):
        return source.name
    stem = source.name
    while stem.lower().endswith(_SUFFIXES):
        stem = stem.rpartition(".")[0]
    return stem.replace("_", " ").strip() or "city"
