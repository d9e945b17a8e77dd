"""`gridtwin city …` and `gridtwin feed …`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli_output import table, ticking
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
    as_json: AsJson = False,
) -> None:
    """Make a city folder from a road file."""
    from city_data.build import PlaceName, build_city
    from city_data.check import describe

    if (source is None) == (place is None):
        raise CityError("give either --from FILE or --place NAME")
    with ticking("building") as tick:
        origin = source if source is not None else PlaceName(str(place))
        city = build_city(origin, out, stations=stations, areas=areas, progress=tick)
    table(describe(city).as_dict(), title=f"{city.name} → {out}", as_json=as_json)


@city_app.command("check")
def check(folder: Annotated[Path, typer.Argument(help="A city folder.")], as_json: AsJson = False) -> None:
    """Check a city folder and say what is in it."""
    from city_data.check import check_city

    table(check_city(folder).as_dict(), title=str(folder), as_json=as_json)


@feed_app.command("check")
def feed_check(
    file: Annotated[Path, typer.Argument(help="A feed or history file.")],
    mapping: Annotated[str, typer.Option("--mapping", help="Name of a shipped mapping, or a YAML file.")],
    city: Annotated[MaybePath, typer.Option("--city", help="A city folder, to tell what lies off the map.")] = None,
    as_json: AsJson = False,
) -> None:
    """A data-quality page: missing, contradictory, off the map, duplicates, and whether clock and zone are right."""
    from city_data.feeds.mapping import load_mapping
    from city_data.feeds.quality import check_feed
    from city_data.folder import load_city

    bounds = None if city is None else load_city(city).bounds
    with ticking("reading") as tick:
        report = check_feed(file, load_mapping(mapping), bounds=bounds, progress=lambda n: tick(f"{n:,} rows"))
    if as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        print(report.to_text())
