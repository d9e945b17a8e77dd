"""Feed files and mappings that are broken, hostile or merely odd, and what `feed check` has to say about each.

Every feed file lies beside a `mapping.yaml` that fits it; `says` is expected in the error message or in the page.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.bad_input.table import BadInput

HEADER = "call,unit,received,sent,free,lon,lat,note"
ROW = "{call},E01,{received},2018-01-14 10:01:00,2018-01-14 10:20:00,-122.41,37.79,{note}"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAPPING = """\
name: sample
id: { case: call, unit: unit }
stamps:
  zone: America/Los_Angeles
  columns: { reported: received, dispatched: sent, freed: free }
place: { lon: lon, lat: lat }
unit: { default_skill: engine }
"""


def row(call: object, *, received: str = "2018-01-14 10:00:00", note: str = "") -> str:
    return ROW.format(call=call, received=received, note=note)


def feed(folder: Path, lines: list[str], *, mapping: str = MAPPING, name: str = "feed.csv") -> Path:
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def raw(folder: Path, content: bytes, *, name: str = "feed.csv") -> Path:
    path = feed(folder, [], name=name)
    path.write_bytes(content)
    return path


def truncated_gzip(folder: Path) -> Path:
    # Notes that differ and do not shrink, so that the cut falls after rows that can be read.
    lines = [HEADER, *(row(call, note=str(pow(3, call + 40, 10**60 + 7))) for call in range(20_000))]
    packed = gzip.compress("\n".join(lines).encode(), mtime=0)
    return raw(folder, packed[: len(packed) // 2], name="feed.csv.gz")


def gzip_cut_in_its_header(folder: Path) -> Path:
    return raw(folder, gzip.compress(b"call,unit\n", mtime=0)[:6], name="feed.csv.gz")


def gzip_bomb(folder: Path) -> Path:
    return raw(folder, gzip.compress(f"{HEADER}\n".encode() + b"x" * (80 << 20), 1, mtime=0), name="feed.csv.gz")


def huge_field(folder: Path) -> Path:
    return feed(folder, [HEADER, row(1), row(2, note="x" * (10 << 20)), row(3)])


def duplicated_ids(folder: Path) -> Path:
    return feed(folder, [HEADER, row(1), row(1), row(1, note="corrected"), row(2)])


def stamps_without_zone(folder: Path) -> Path:
    without_zone = MAPPING.replace("  zone: America/Los_Angeles\n", "")
    return feed(folder, [HEADER, row(1), row(2)], mapping=without_zone)


def stamps_in_the_gap(folder: Path) -> Path:
    return feed(folder, [HEADER, row(1), row(2, received="2018-03-11 02:30:00")])


def stamps_in_the_doubled_hour(folder: Path) -> Path:
    return feed(folder, [HEADER, row(1), row(2, received="2018-11-04 01:30:00")])


def missing_column(folder: Path) -> Path:
    return feed(folder, [HEADER.replace("received", "reported"), row(1)])


def doubled_column(folder: Path) -> Path:
    return feed(folder, [HEADER.replace("note", "call"), row(1)])


def another_feed(folder: Path) -> Path:
    return feed(folder, [HEADER, *(row(call, received="yesterday") for call in range(5))])


def empty_file(folder: Path) -> Path:
    return raw(folder, b"")


def binary_junk(folder: Path) -> Path:
    return raw(folder, bytes(range(256)) * 40)


def broken_parquet(folder: Path) -> Path:
    return raw(folder, b"PAR1" + bytes(range(256)) * 40, name="feed.parquet")


def deep_json(folder: Path) -> Path:
    return raw(folder, b'[{"call": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", name="feed.json")


def deep_json_lines(folder: Path) -> Path:
    return raw(folder, b'{"call": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", name="feed.jsonl")


def truncated_json(folder: Path) -> Path:
    return raw(folder, b'[\n{"call": 1},\n{"call"', name="feed.json")


def wrong_encoding(folder: Path) -> Path:
    lines = [HEADER, row(1), row(2, note="caf\N{LATIN SMALL LETTER E WITH ACUTE}"), row(3)]
    return raw(folder, "\n".join(lines).encode("latin-1"))


def web_page(folder: Path) -> Path:
    return raw(folder, b"<!DOCTYPE html><html><body>Sign in</body></html>")


def mixed_encodings(folder: Path) -> Path:
    lines = [HEADER, *(row(call, note="占道经营") for call in range(1, 9))]
    return raw(folder, b"".join(f"{line}\n".encode("utf-8" if at == 4 else "gb18030") for at, line in enumerate(lines)))


def utf16(folder: Path) -> Path:
    return raw(folder, f"{HEADER}\n{row(1)}\n".encode("utf-16"))


def header_too_far_down(folder: Path) -> Path:
    return feed(folder, [*(["title"] * 20), HEADER, row(1)])


def exchanged_columns(folder: Path) -> Path:
    lines = [HEADER, *(row(call).replace("-122.41,37.79", "37.79,-122.41") for call in range(3))]
    return feed(folder, lines)


def relation(key: str, kind: str, target: str) -> str:
    return f'<Relationships><Relationship Id="{key}" Type="{KINDS}/{kind}" Target="{target}"/></Relationships>'


def workbook(folder: Path, *, sheet: str | None = None) -> Path:
    """A workbook by hand: `sheet` is the XML of its one sheet."""
    cells = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER.split(","))
    values = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in row(1).split(","))
    content = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relation("a", "officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns:r="{KINDS}"><sheets><sheet name="one" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relation("b", "worksheet", "worksheets/one.xml"),
        "xl/worksheets/one.xml": sheet
        or f"<worksheet><sheetData><row>{cells}</row><row>{values}</row></sheetData></worksheet>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return raw(folder, stream.getvalue(), name="feed.xlsx")


def workbook_bomb(folder: Path) -> Path:
    return workbook(folder, sheet="<worksheet><sheetData>" + " " * (80 << 20))


def workbook_of_entities(folder: Path) -> Path:
    entities = '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
    return workbook(folder, sheet=f"{entities}<worksheet><sheetData>&b;</sheetData></worksheet>")


def workbook_with_a_huge_tag(folder: Path) -> Path:
    return workbook(folder, sheet=f'<worksheet><row r="{"1" * (3 << 20)}"/></worksheet>')


def workbook_cut_short(folder: Path) -> Path:
    path = workbook(folder)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def workbook_without_its_sheet(folder: Path) -> Path:
    path = workbook(folder)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "worksheets" not in name}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def other_zip(folder: Path) -> Path:
    path = feed(folder, [], name="feed.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("feed.csv", f"{HEADER}\n{row(1)}\n")
    return path


def old_workbook(folder: Path) -> Path:
    return raw(folder, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), name="feed.xls")


FEED_FIXTURES: list[BadInput] = [
    BadInput("truncated gzip", truncated_gzip, ("feed.csv.gz", "cut short", "the last good line is")),
    BadInput("gzip cut in its header", gzip_cut_in_its_header, ("feed.csv.gz", "cut short", "nothing of it")),
    BadInput("gzip bomb", gzip_bomb, ("feed.csv.gz", "compression bomb")),
    BadInput("10 MB field", huge_field, ("feed.csv", "longer than 1 MB", "line 3", "used 2, rejected 1")),
    BadInput("duplicated ids", duplicated_ids, ("feed.csv", "1 exact rows", "2 rows repeat an id")),
    BadInput("stamps without zone", stamps_without_zone, ("feed.csv", "line 2", "received", "has no zone")),
    BadInput("stamps in the DST gap", stamps_in_the_gap, ("feed.csv", "line 3", "received", "put forward over it")),
    BadInput("stamps that exist twice", stamps_in_the_doubled_hour, ("feed.csv", "line 3", "put back over it")),
    BadInput("missing column", missing_column, ("feed.csv", "line 1", "'received'", "no such column")),
    BadInput("doubled column", doubled_column, ("feed.csv", "line 1", "'call'", "2 columns have this name")),
    BadInput("another feed's mapping", another_feed, ("feed.csv", "line 2", "'received'", "not one row can be used")),
    BadInput("empty file", empty_file, ("feed.csv", "the file is empty")),
    BadInput("binary junk", binary_junk, ("feed.csv", "neither CSV")),
    BadInput("broken Parquet", broken_parquet, ("feed.parquet", "not readable Parquet")),
    BadInput("JSON too deep", deep_json, ("feed.json", "line 1", "nested more than")),
    BadInput("JSON line too deep", deep_json_lines, ("feed.jsonl", "line 1", "nested more than")),
    BadInput("truncated JSON", truncated_json, ("feed.json", "line 3", "cut short")),
    BadInput("wrong encoding", wrong_encoding, ("feed.csv", "line 3", "is not utf-8 text", "used 2, rejected 1")),
    BadInput("web page", web_page, ("feed.csv", "neither CSV")),
    BadInput("mixed encodings", mixed_encodings, ("feed.csv", "gb18030", "line 5", "is not gb18030 text", "used 7")),
    BadInput("UTF-16", utf16, ("feed.csv", "UTF-16", "save it as CSV in UTF-8")),
    BadInput("header below row 20", header_too_far_down, ("feed.csv", "line 1", "'call'", "no such column")),
    BadInput("exchanged columns", exchanged_columns, ("feed.csv", "line 2", "'lon'", "latitude exchanged")),
    BadInput("zip bomb", workbook_bomb, ("feed.xlsx", "compression bomb")),
    BadInput("entities in a workbook", workbook_of_entities, ("feed.xlsx", "xl/worksheets/one.xml", "document type")),
    BadInput("huge tag in a workbook", workbook_with_a_huge_tag, ("feed.xlsx", "a tag longer than 1 MB")),
    BadInput("workbook cut short", workbook_cut_short, ("feed.xlsx", "damaged workbook")),
    BadInput(
        "workbook without its sheet", workbook_without_its_sheet, ("feed.xlsx", "xl/worksheets/one.xml is missing")
    ),
    BadInput("another zip archive", other_zip, ("feed.zip", "no workbook", "unpack it first")),
    BadInput("old workbook", old_workbook, ("feed.xls", "save it as .xlsx")),
]


def mapping_file(text: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "mapping.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return make


def nested_aliases() -> str:
    levels = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    levels += [
        f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]" for below, name in zip("abcdefg", "bcdefgh", strict=True)
    ]
    return "\n".join(levels)


MAPPING_FIXTURES: list[BadInput] = [
    BadInput(
        "YAML tag",
        mapping_file('name: !!python/object/apply:os.system ["true"]\n'),
        ("mapping.yaml", "line 1", "tags are not allowed"),
    ),
    BadInput("alias bomb", mapping_file(nested_aliases()), ("mapping.yaml", "line 2", "aliases")),
    BadInput(
        "unknown key",
        mapping_file(f"{MAPPING}colour: red\n"),
        ("mapping.yaml", "line 8", "'colour'", "unknown key"),
    ),
    BadInput(
        "unknown stamp",
        mapping_file(MAPPING.replace("freed: free", "finished: free")),
        ("mapping.yaml", "line 5", "stamps.columns.finished"),
    ),
    BadInput(
        "negative duration",
        mapping_file(f"{MAPPING}lateness: -5m\n"),
        ("mapping.yaml", "line 8", "'lateness'", "not a span of time"),
    ),
    BadInput("not a mapping", mapping_file("- call\n- unit\n"), ("mapping.yaml", "line 1", "must be a mapping")),
    BadInput("not YAML", mapping_file("name: [sample\nid: {\n"), ("mapping.yaml", "line 2")),
    BadInput("empty mapping", mapping_file("# nothing yet\n"), ("mapping.yaml", "empty")),
    BadInput(
        "key twice",
        mapping_file(f"{MAPPING}name: other\n"),
        ("mapping.yaml", "line 8", "'name'", "a second time"),
    ),
    BadInput(
        "no such zone",
        mapping_file(MAPPING.replace("Los_Angeles", "San_Fransisco")),
        ("mapping.yaml", "line 4", "stamps.zone", "not a time zone"),
    ),
    BadInput(
        "untrusted mark without zone",
        mapping_file(MAPPING.replace("zone: America/Los_Angeles", "trust_mark: false")),
        ("mapping.yaml", "line 3", "'stamps'", "needs a `zone`"),
    ),
    BadInput(
        "no place",
        mapping_file(MAPPING.replace("{ lon: lon, lat: lat }", "{ lon: lon }")),
        ("mapping.yaml", "line 6", "'place'", "`lon` and `lat`"),
    ),
    BadInput(
        "no such coordinate system",
        mapping_file(MAPPING.replace("lat: lat", "lat: lat, crs: EPSG:999999")),
        ("mapping.yaml", "line 6", "place.crs", "not a coordinate system"),
    ),
    BadInput(
        "no such encoding",
        mapping_file(f"{MAPPING}encoding: utf-16\n"),
        ("mapping.yaml", "line 8", "'encoding'", "not based on ASCII"),
    ),
    BadInput("very deep", mapping_file("a: " + "[" * 500 + "]" * 500), ("mapping.yaml", "line 1", "levels deep")),
    BadInput("very large", mapping_file("# " + "x" * (5 << 20)), ("mapping.yaml", "larger than 4 MB")),
]
