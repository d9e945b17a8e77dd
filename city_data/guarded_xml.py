"""XML without its dangers: no document type, no entity, errors with file and line.

In: bytes and an expat parser with handlers. Out: whatever the handlers collect. Every reader of XML goes through here.
"""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from twin.errors import CityError


class _RootMetError(Exception):
    """Ends a parse at the root element."""


def parse_guarded(parser: expat.XMLParserType, data: bytes, file: Path) -> None:
    """Run `parser` over `data`; any document type is refused at its first character, before an entity is read.

    Raises
    ------
    CityError : a document type, or not well-formed.
    """

    def refuse(*_: object) -> None:
        raise CityError(
            "a document type (<!DOCTYPE) is not allowed in a map: entities are never expanded",
            file=file,
            line=parser.CurrentLineNumber,
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise CityError(f"not well-formed XML: {reason}", file=file, line=error.lineno) from error


def root_name(data: bytes, file: Path) -> str:
    """Name of the root element, without a prefix; what follows it is not read."""
    names: list[str] = []

    def met(name: str, _: object) -> None:
        names.append(name)
        raise _RootMetError

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = met
    try:
        parse_guarded(parser, data, file)
    except _RootMetError:
        return names[0].rpartition(":")[2]
    raise CityError("the XML has no element", file=file)
