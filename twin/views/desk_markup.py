"""Desks and channels of a centre as a small piece of HTML: words, figures and bars.

In: the centre of a moment, colours, words. Out: markup for the page. Names of desks come from scenarios: all is
escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from twin.domain.light import Light
from twin.domain.quantities import to_s
from twin.domain.unit import UnitStatus
from twin.metrics.channels import ChannelDay
from twin.views.centre import CallsShown, DeskShown
from twin.views.palette import Colour, Palette, css
from twin.views.words import Words

_FREE = "rgba(128,128,128,.3)"


def desk_markup(desk: DeskShown, at: int, *, colours: Palette, words: Words) -> str:
    """A desk: its name, how many seats are staffed and busy, what waits and how long, and that as a bar."""
    busy = words("desks.seats", busy=words.count(desk.n_busy), seats=words.count(desk.n_seats))
    if not desk.n_seats and not desk.n_busy:
        busy = words("desks.unstaffed")
    pieces = (
        (desk.n_busy, css(colours.status[UnitStatus.EN_ROUTE])),
        (max(0, desk.n_seats - desk.n_busy), _FREE),
        (desk.n_waiting, css(colours.light[Light.YELLOW])),
    )
    return (
        f'<div class="gt-desk"><div class="gt-desk-head"><b>{escape(words.named("desk", desk.name))}</b>'
        f"<span>{escape(waiting_said(desk.n_waiting, desk.waits_since, at, words))}</span></div>"
        f'{_bar(pieces)}<div class="gt-desk-said">{escape(busy)}</div></div>'
    )


def desk_key(*, colours: Palette, words: Words) -> str:
    """What the pieces of the bars mean."""
    return _key(
        (
            (words("desks.busy"), css(colours.status[UnitStatus.EN_ROUTE])),
            (words("desks.free"), _FREE),
            (words("desks.waiting"), css(colours.light[Light.YELLOW])),
        )
    )


def waiting_said(n: int, since: int | None, at: int, words: Words) -> str:
    """How many wait, and how long the one that waits longest."""
    if since is None:
        return words("desks.nothing")
    return words("desks.n_waiting", n=words.count(n), span=words.span(to_s(at - since)))


def calls_markup(calls: Sequence[CallsShown], at: int, *, words: Words) -> str:
    """Contacts that nobody has answered, by channel."""
    if not calls:
        return f'<div class="gt-desk-said">{escape(words("calls.none"))}</div>'
    rows = "".join(
        f"<tr><td>{escape(words.named('channel', each.channel.value))}</td>"
        f"<td>{escape(waiting_said(each.n_waiting, each.waits_since, at, words))}</td>"
        f"<td>{escape(words('calls.answering', n=words.count(each.n_answering)) if each.n_answering else '')}</td></tr>"
        for each in calls
    )
    return f'<table class="gt-table">{rows}</table>'


def channels_markup(channels: Sequence[ChannelDay], *, colours: Palette, words: Words) -> str:
    """What came by each channel today, as figures and as bars of one scale."""
    if not channels:
        return f'<div class="gt-desk-said">{escape(words("channels.none"))}</div>'
    looks = _looks(colours, with_unheard=any(each.n_unheard for each in channels))
    heads = "".join(f"<th>{escape(words(key))}</th>" for key, *_ in looks)
    head = f"<tr><th>{escape(words('channels.channel'))}</th><th>{escape(words('channels.contacts'))}</th>{heads}</tr>"
    most = max(each.n_contacts + each.n_unheard for each in channels)
    rows = []
    for each in channels:
        counted = [(int(getattr(each, field)), colour) for _, field, colour in looks]
        cells = "".join(f"<td>{escape(words.count(n)) if n else ''}</td>" for n, _ in counted)
        rows.append(
            f"<tr><td>{escape(words.named('channel', each.channel.value))}</td>"
            f"<td>{escape(words.count(each.n_contacts))}</td>{cells}</tr>"
            f'<tr class="gt-bar-row"><td colspan="{len(looks) + 2}">'
            f"{_bar([(n, css(colour)) for n, colour in counted], out_of=most)}</td></tr>"
        )
    key = _key([(words(phrase), css(colour)) for phrase, _, colour in looks])
    return f'<table class="gt-table gt-figures">{head}{"".join(rows)}</table>{key}'


def _looks(colours: Palette, *, with_unheard: bool) -> list[tuple[str, str, Colour]]:
    """Phrase, field and colour of each thing a contact can turn out to be."""
    soon, fair, late, latest = (band.colour for band in colours.bands)
    found = [
        ("channels.cases", "n_cases", soon),
        ("channels.merged", "n_merged", fair),
        ("channels.consultations", "n_consultations", late),
        ("channels.handed_over", "n_handed_over", latest),
    ]
    return [*found, ("channels.unheard", "n_unheard", colours.unreached)] if with_unheard else found


def _bar(pieces: Sequence[tuple[int, str]], *, out_of: int | None = None) -> str:
    """A bar of coloured pieces, which fill it or, with `out_of`, their part of it."""
    whole = out_of or sum(n for n, _ in pieces) or 1
    drawn = "".join(f'<i style="width:{100 * n / whole:.1f}%;background:{colour}"></i>' for n, colour in pieces if n)
    return f'<div class="gt-bar">{drawn}</div>'


def _key(entries: Sequence[tuple[str, str]]) -> str:
    parts = "".join(f'<span><i style="background:{colour}"></i>{escape(text)}</span>' for text, colour in entries)
    return f'<div class="gt-bar-key">{parts}</div>'
