"""The cards: of the case that is selected, and of the unit; how it stands, what can be done about it, and its history.

In: what is selected, the facts about it. Out: cards. References, areas and names come from feeds: they are escaped in
markup and plain in everything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from twin.console.act_panel import show_case_acts, show_unit_acts
from twin.console.desk import Desk
from twin.console.selection import let_go, select_case, select_unit, selected
from twin.console.tiles import plain
from twin.console.visit import Visit
from twin.views.choices import unit_lines
from twin.views.dossier import Because, Dossier, Who, dossier
from twin.views.palette import css
from twin.views.timeline import Entry
from twin.views.unit_card import UnitCard, unit_card


def show_case_card(desk: Desk, visit: Visit) -> None:
    """The case that is selected."""
    words, moment, case = visit.words, desk.moment, selected("case")
    card = None
    if case is not None:
        names = [unit.name for unit in moment.units]
        facts = desk.facts_about(case=case)
        card = dossier(facts, moment, case, civil=desk.about.civil, words=words, names=names)
    if card is None:
        st.info(words("room.pick_case"))
        return
    st.html(_case_head(card, visit))
    _who(card.here, words("card.here"))
    _who(card.coming, words("card.coming"))
    shown = next((shown for shown in moment.cases if shown.case == case), None)
    if shown is not None and desk.about.is_live:
        show_case_acts(desk, shown, seat=visit.seat, words=words)
    if card.orders:
        st.markdown(f"**{words('card.why')}**")
        st.html("".join(_because(order, visit) for order in card.orders))
    st.markdown(f"**{words('card.timeline')}**")
    st.html(_timeline(card.timeline))
    st.button(words("room.forget"), on_click=let_go, type="tertiary", key="case_let_go")


def show_unit_card(desk: Desk, visit: Visit) -> None:
    """The unit that is selected; it can be chosen here too."""
    words, moment = visit.words, desk.moment
    lines = unit_lines(moment.units, words)
    chosen = selected("unit")

    def choose() -> None:
        number = st.session_state["unit_choice"]
        if number is None:
            let_go()
        else:
            select_unit(number)

    st.session_state["unit_choice"] = chosen
    st.selectbox(
        words("room.pick"),
        options=range(len(lines)),
        format_func=lines.__getitem__,
        index=None,
        placeholder=words("room.pick_unit"),
        on_change=choose,
        label_visibility="collapsed",
        key="unit_choice",
    )
    if chosen is None or chosen >= len(lines):
        return
    card = unit_card(desk.facts_about(unit=chosen), moment, chosen, civil=desk.about.civil, words=words)
    assert card is not None
    st.html(_unit_head(card, visit))
    if card.case is not None:
        st.button(words("card.its_case"), on_click=select_case, args=(card.case,), key="unit_to_case", width="stretch")
    if desk.about.is_live:
        show_unit_acts(desk, moment.units[chosen], seat=visit.seat, words=words)
    if card.jobs:
        st.markdown(f"**{words('card.jobs')}**")
        headings = (words("card.sent"), words("card.arrived"), words("card.freed"), words("card.outcome"))
        rows = zip(*((job.sent, job.arrived, job.freed, job.outcome) for job in card.jobs), strict=True)
        st.dataframe(dict(zip(headings, map(list, rows), strict=True)), hide_index=True)
    st.markdown(f"**{words('card.timeline')}**")
    st.html(_timeline(card.timeline))


def _case_head(card: Dossier, visit: Visit) -> str:
    words, colour = visit.words, css(visit.colours.light[card.light])
    facts = [
        (words("column.priority"), words.count(card.priority)),
        (words("column.area"), card.area),
        (words("column.stage"), card.stage),
        *((words("card.at_desks"), said) for said in card.desks),
        (words("column.department"), card.department),
        (words("room.waiting"), ", ".join(card.waiting)),
        (words("column.channel"), card.channel),
        (words("column.reported"), card.reported),
        (words("card.due"), card.due),
        (words("card.upstream"), card.upstream),
        (words("column.ref"), card.ref),
    ]
    marks = [card.light_said, card.countdown]
    marks += [words("card.stands_still")] if card.is_suspended else []
    marks += [words("card.escalated")] if card.is_late else []
    return (
        f'<div class="gt-card" style="border-left-color:{colour}"><h3>{escape(card.matter)}</h3>'
        f'<div class="gt-count">{escape(" · ".join(marks))}</div>{_facts(facts)}</div>'
    )


def _unit_head(card: UnitCard, visit: Visit) -> str:
    words = visit.words
    facts = [
        (words("column.kind"), f"{card.kind}, {card.mode}"),
        (words("card.skills"), ", ".join(card.skills)),
        (words("card.since_when"), card.since),
        (words("card.coming"), card.expected or ""),
    ]
    return (
        f'<div class="gt-card"><h3>{escape(card.name)}</h3>'
        f'<div class="gt-count">{escape(card.status)}</div>{_facts(facts)}</div>'
    )


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)
    return f"<dl>{rows}</dl>"


def _who(units: Iterable[Who], title: str) -> None:
    """Units that are there, or coming: each is a way to its card."""
    for who in units:
        label = f"{plain(who.name)} · {plain(title)}: {plain(who.said)}"
        st.button(label, on_click=select_unit, args=(who.unit,), key=f"card_unit_{who.unit}", width="stretch")


def _because(order: Because, visit: Visit) -> str:
    words = visit.words
    head = words("card.order", clock=order.when, unit=order.name, skill=order.skill)
    others = "".join(f"<li>{escape(other.name)}: {escape(other.expected)}</li>" for other in order.runners_up)
    rest = f"<div>{escape(words('card.instead'))}</div><ul>{others}</ul>" if others else ""
    why = words("card.because", rule=order.rule, expected=order.expected)
    return f'<div class="gt-why"><b>{escape(head)}</b><div>{escape(why)}</div>{rest}</div>'


def _timeline(entries: Iterable[Entry]) -> str:
    rows = "".join(
        f"<li><time>{escape(entry.when)}</time><span>{escape(entry.phrase)}</span>"
        f"{f'<small>{escape(entry.detail)}</small>' if entry.detail else ''}</li>"
        for entry in reversed(tuple(entries))
    )
    return f'<ol class="gt-line-of-time">{rows}</ol>'
