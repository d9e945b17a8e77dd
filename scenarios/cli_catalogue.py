"""`gridtwin catalogue`: which matters are there, what is a code under another standard, is our own list in order?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from scenarios.cli_output import problem, table
from twin.domain.catalogue import CaseKind, CatalogueRow
from twin.errors import CityError, GridtwinError

if TYPE_CHECKING:
    from city_data.catalogue import CheckedList

MADE = "chebei"
"""The place whose lists are made up to their published counts."""


def catalogue(
    standard: Annotated[str | None, typer.Option("--standard", help="List it; with --file: of rows without.")] = None,
    kind: Annotated[
        CaseKind | None, typer.Option("--kind", help="Of these only; with --file: of rows without.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Check a list of your own: CSV or .xlsx.")] = None,
    place: Annotated[str | None, typer.Option("--place", help=f"The lists of a place: {MADE}.")] = None,
    translate: Annotated[str | None, typer.Option("--translate", help="A key: 'CJ/T 214:event:0501'.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The standard to translate into.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """What can be the matter: the shipped catalogues, a list of your own, and codes of one standard in another."""
    if translate is not None or to is not None:
        if translate is None or to is None:
            raise GridtwinError("--translate and --to go together: a key, and the standard wanted")
        if file is not None or place is not None:
            raise GridtwinError("--translate takes neither --file nor --place")
        report = _translated(translate, to)
        if not as_json and not report["is_known"]:
            report["translation"] = "not known"
        table(report, title=f"{translate} in {to}", as_json=as_json)
    elif file is not None:
        from city_data.catalogue import check_catalogue

        checked = check_catalogue(file, standard=standard, kind=kind)
        table(_checked(checked, as_json=as_json), title=str(file), as_json=as_json)
        for error in checked.errors:
            problem(error)
        if checked.errors:
            raise typer.Exit(2)
    else:
        rows = [row for row in _rows(standard, place) if kind is None or row.key.kind is kind]
        if standard is None and place is None:
            table(_summary(rows), title="Catalogues of matters", as_json=as_json)
        else:
            report = {"n_rows": len(rows), "matters": _listed(rows, as_json=as_json)}
            table(report, title=place or standard or "", as_json=as_json)


def _rows(standard: str | None, place: str | None) -> tuple[CatalogueRow, ...]:
    """Rows of the shipped catalogues, or of a place; of one standard where it is given."""
    from city_data.catalogue import shipped_catalogue
    from city_data.catalogue_cells import standard_named
    from city_data.made.matters import chebei_catalogue

    if place not in (None, MADE):
        raise CityError(f"no lists of this place are known; there is {MADE}", key=place)
    known = shipped_catalogue() if place is None else chebei_catalogue()
    rows = known.of(standard=None if standard is None else standard_named(standard))
    if not rows:
        there = ", ".join(dict.fromkeys(row.key.standard for row in known.rows))
        raise CityError(f"there is no such standard; there are {there}", key=standard)
    return rows


def _translated(text: str, to: str) -> dict[str, object]:
    from city_data.catalogue import FILES, shipped_catalogue
    from city_data.catalogue_cells import parse_key, standard_named

    known, key, standard = shipped_catalogue(), parse_key(text), standard_named(to)
    if standard not in FILES:
        raise CityError(f"there is no such standard; there are {', '.join(FILES)}", key=to)
    found, named = known.translate(key, to=standard), known.row(key)
    row = None if found is None else known.row(found)
    return {
        "key": str(key),
        "name": None if named is None else f"{named.name_zh} {named.name_en}",
        "standard": standard,
        "is_known": found is not None,
        "translation": None if found is None else str(found),
        "class": None if row is None else f"{row.class_code} {row.class_zh} {row.class_en}",
    }


def _summary(rows: Iterable[CatalogueRow]) -> dict[str, object]:
    """How many rows of each standard and kind, and where the files come from."""
    from city_data.catalogue import shipped_provenance
    from city_data.sources import CATALOGUE_LICENCE

    return {
        "standards": _counts(rows),
        "licence": CATALOGUE_LICENCE,
        "files": [{"file": one.source, "sha256": one.sha256} for one in shipped_provenance()],
    }


def _checked(checked: CheckedList, *, as_json: bool) -> dict[str, object]:
    """What a list comes to."""
    report: dict[str, object] = {
        "n_rows": len(checked.rows),
        "n_errors": len(checked.errors),
        "columns": dict(checked.columns),
        "standards": _counts(checked.rows),
    }
    if as_json:
        report["matters"] = _listed(checked.rows, as_json=True)
        report["errors"] = [
            {"line": error.line, "column": error.key, "message": error.message} for error in checked.errors
        ]
    return report


def _counts(rows: Iterable[CatalogueRow]) -> list[dict[str, object]]:
    counts: dict[tuple[str, CaseKind], list[CatalogueRow]] = {}
    for row in rows:
        counts.setdefault((row.key.standard, row.key.kind), []).append(row)
    return [
        {
            "standard": standard,
            "kind": str(kind),
            "n_rows": len(group),
            "n_classes": len({row.class_code for row in group}),
            "n_with_limit": sum(row.limit is not None for row in group),
            "n_assumed": sum(row.assumed for row in group),
        }
        for (standard, kind), group in counts.items()
    ]


def _listed(rows: Iterable[CatalogueRow], *, as_json: bool) -> list[object]:
    """Rows whole for programs, and what fits on a line for people."""
    if as_json:
        return [msgspec.to_builtins(row) for row in rows]
    return [
        {
            "code": row.key.code,
            "kind": str(row.key.kind),
            "class": row.class_zh,
            "中文": row.name_zh,
            "English": row.name_en,
            "limit": None if row.limit is None else str(row.limit),
            "department": row.department,
            "assumed": row.assumed,
        }
        for row in rows
    ]
