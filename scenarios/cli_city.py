"""`gridtwin city …` and `gridtwin feed …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli_output import print_json, table, ticking
from twin.errors import CityError

city_app = typer.Typer(help="Make and check cities.", no_args_is_help=True)
feed_app = typer.Typer(help="Check feeds and histories.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
MaybePath = Path | None


@city_app.command("build")
def build(
    out: Annotated[Path, typer.Option("--out", help="Folder for the city.")],
    source: Annotated[
        MaybePath, typer.Option("--from", help="OSM XML (also .gz, .bz2), Overpass JSON or GraphML.")
    ] = None,
    place: Annotated[str | None, typer.Option("--place", help="A name for OpenStreetMap; needs the network.")] = None,
    stations: Annotated[MaybePath, typer.Option("--stations", help="GeoJSON or CSV of stations.")] = None,
    areas: Annotated[MaybePath, typer.Option("--areas", help="GeoJSON of named areas.")] = None,
    on_foot: Annotated[
        bool, typer.Option("--on-foot", help="Lanes, footways and steps too, and who may use which street.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a city folder from a road file."""
    from city_data.build import PlaceName, build_city
    from city_data.check import describe

    if (source is None) == (place is None):
        raise CityError("give either --from FILE or --place NAME")
    with ticking("building") as tick:
        origin = source if source is not None else PlaceName(str(place))
        city = build_city(origin, out, stations=stations, areas=areas, on_foot=on_foot, progress=tick)
    table(describe(city).as_dict(), title=f"{city.name} → {out}", as_json=as_json)


@city_app.command("check")
def check(folder: Annotated[Path, typer.Argument(help="A city folder.")], as_json: AsJson = False) -> None:
    """Check a city folder and say what is in it."""
    from city_data.check import check_city

    table(check_city(folder).as_dict(), title=str(folder), as_json=as_json)


@city_app.command("grid")
def grid(
    folder: Annotated[Path, typer.Argument(help="A city folder; the grids are added to it.")],
    cell: Annotated[str | None, typer.Option("--cell", help="Side of a unit cell, 100m by default.")] = None,
    areas: Annotated[
        str | None, typer.Option("--areas", help="GeoJSON of named areas no grid reaches over; or: own.")
    ] = None,
    grids: Annotated[int | None, typer.Option("--grids", help="How many; by default one an area.")] = None,
    balance: Annotated[
        str, typer.Option("--balance", help="Even shares of street_length, walked_length, cases or residents.")
    ] = "street_length",
    data: Annotated[MaybePath, typer.Option("--data", help="Table of cases or residents: lon, lat or cell.")] = None,
    column: Annotated[str | None, typer.Option("--column", help="The table's column that counts.")] = None,
    overlay: Annotated[str, typer.Option("--overlay", help="base, security, sanitation, fire …")] = "base",
    digits: Annotated[int | None, typer.Option("--digits", help="Of cell codes: 15, or 14 in the older form.")] = None,
    communities: Annotated[
        MaybePath, typer.Option("--communities", help="Table of 12-digit community codes: name, code.")
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Make the cells again; their overlays are dropped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Unit cells, and an overlay of connected, balanced grids grown along the streets."""
    from city_data.cells import parse_metres
    from city_data.folder import load_city, save_city
    from city_data.lay_grids import GridOrder, lay_grids, parse_balance, parse_form

    order = GridOrder(
        overlay=overlay,
        size_m=None if cell is None else parse_metres(cell),
        areas=areas,
        n_grids=grids,
        balance=parse_balance(balance),
        table=data,
        column=column,
        form=None if digits is None else parse_form(digits),
        communities=communities,
        anew=anew,
    )
    with ticking("laying grids") as tick:
        city, report = lay_grids(load_city(folder), order, progress=tick)
        save_city(city, folder)
    table(report.as_dict(), title=f"{city.name} → {folder}", as_json=as_json)


@city_app.command("facilities")
def facilities(
    folder: Annotated[Path, typer.Argument(help="A city folder; the facilities are added to it.")],
    source: Annotated[Path, typer.Option("--from", help="OSM file, GeoJSON, Shapefile, GeoPackage, CSV, Parquet.")],
    kind: Annotated[str | None, typer.Option("--kind", help="Of all of them: hydrant, park …")] = None,
    as_json: AsJson = False,
) -> None:
    """Add hydrants, hospitals, schools, police, fire stations, shelters, parks and toilets."""
    from city_data.folder import load_city, save_city
    from city_data.furnish import add_facilities

    with ticking("reading") as tick:
        city, report = add_facilities(load_city(folder), source, kind=kind, progress=tick)
        save_city(city, folder)
    table(report, title=f"{city.name} → {folder}", as_json=as_json)


@city_app.command("components")
def components(
    folder: Annotated[Path, typer.Argument(help="A city folder; its asset table is replaced.")],
    source: Annotated[Path, typer.Option("--from", help="Asset table: CSV or Parquet.")],
    as_json: AsJson = False,
) -> None:
    """Read the asset table: manhole covers, lamps, bins …"""
    from city_data.folder import load_city, save_city
    from city_data.furnish import put_components

    with ticking("reading") as tick:
        city, report = put_components(load_city(folder), source, progress=tick)
        save_city(city, folder)
    table(report, title=f"{city.name} → {folder}", as_json=as_json)


@feed_app.command("check")
def feed_check(
    file: Annotated[Path, typer.Argument(help="A feed or history file.")],
    mapping: Annotated[str, typer.Option("--mapping", help="Name of a shipped mapping, or a YAML file.")],
    city: Annotated[MaybePath, typer.Option("--city", help="A city folder: what lies off it, does it fit?")] = None,
    as_json: AsJson = False,
) -> None:
    """A data-quality page: missing, contradictory, off the map, duplicates, and whether clock and zone are right."""
    from city_data.feeds.mapping import load_mapping
    from city_data.feeds.quality import check_feed
    from city_data.folder import load_city
    from twin.roads.nearest import NearestEdge

    place = None if city is None else load_city(city)
    with ticking("reading") as tick:
        report = check_feed(
            file,
            load_mapping(mapping),
            bounds=None if place is None else place.bounds,
            streets=None if place is None else NearestEdge(place.roads),
            progress=lambda n: tick(f"{n:,} rows"),
        )
    if as_json:
        print_json(report.to_json())
    else:
        print(report.to_text())
