"""What if? A level and people by shift, what the curve says of them, and a button that makes the runs."""

from __future__ import annotations

import streamlit as st

from twin.console.desk import House
from twin.console.lab import PolicyQuestion, Question, StaffingQuestion, Try
from twin.console.lab_form import begin
from twin.console.tiles import Tile, show_tiles
from twin.console.visit import Visit
from twin.console.ways import Page, go_to
from twin.domain.quantities import times
from twin.metrics.read_off import ReadOff, people_at, read_off
from twin.metrics.service_curve import ServiceCurve
from twin.views.measuring import amount, measure_name
from twin.views.staff_charts import measures_in
from twin.views.staff_tables import as_settings, crew_name
from twin.views.staff_verdict import start_of
from twin.views.words import Words

_STEP, _MOST_CREWS, _IN_A_ROW, _TILES = 0.05, 24, 3, 4
Crews = dict[tuple[str, str], int]


def show_what_if(house: House, found: ServiceCurve, visit: Visit) -> None:
    """Sliders above, what to expect below."""
    words = visit.words
    first, last = found.levels[0].times, found.levels[-1].times
    if first >= last:
        return
    st.subheader(words("staff.what_if"), anchor=False)
    st.caption(words("staff.what_if.what"))
    level = st.slider(
        words("staff.slider"),
        min_value=first,
        max_value=last,
        value=start_of(found),
        step=_STEP,
        format="x%.2f",
        key="staff_level",
    )
    crews = people_at(found, level)
    chosen = _people(crews, level, words) if len(crews) <= _MOST_CREWS else crews
    read = read_off(found, sum(chosen.values()))
    show_tiles(_tiles(found, read, words))
    _offer(house, found, level, crews, chosen, visit)


def _people(crews: Crews, level: float, words: Words) -> Crews:
    """People by crew and shift, as the level has them until somebody changes them."""
    with st.expander(words("staff.by_shift")):
        st.caption(words("staff.by_shift.what"))
        columns = st.columns(_IN_A_ROW)
        return {
            key: int(
                columns[place % _IN_A_ROW].number_input(
                    crew_name(*key, words), min_value=0, value=n, step=1, key=f"staff_crew_{level:g}_{place}"
                )
            )
            for place, (key, n) in enumerate(crews.items())
        }


def _tiles(found: ServiceCurve, read: ReadOff, words: Words) -> list[Tile]:
    beyond = words("staff.people.what" if read.is_within else "staff.beyond")
    tiles = [Tile(words("staff.people"), words.count(round(read.n_people)), beyond)]
    if read.cost_per_day is not None:
        cost = words("staff.cost.what", currency=found.currency)
        tiles.append(Tile(words("staff.cost"), f"{read.cost_per_day:,.0f}", cost))
    for name in measures_in(found)[:_TILES]:
        level = read.measures[name]
        if level.mean is None:
            continue
        told = ""
        if level.t is not None:
            low, high = (amount(name, max(0.0, edge), words) for edge in (level.t.low, level.t.high))
            told = words("staff.read", low=low, high=high)
        tiles.append(Tile(measure_name(name, words), amount(name, level.mean, words), told))
    return tiles


def _offer(house: House, found: ServiceCurve, level: float, crews: Crews, chosen: Crews, visit: Visit) -> None:
    """To make the runs: a level is added to the curve; other numbers are compared with today's in the policy lab."""
    words, asked = visit.words, house.lab.staffing.question
    if asked is None:
        return
    question: Question
    if chosen == crews:
        levels = sorted({*(each.times for each in found.levels), round(level, 6)})
        label, page = words("staff.run_level"), Page.STAFFING
        said = ",".join(times(each)[1:] for each in levels)
        question = StaffingQuestion(
            asked.scenario, said, asked.targets, asked.only, asked.n_replications, asked.lasting
        )
        is_new = all(abs(each.times - level) > 1e-6 for each in found.levels)
    else:
        label, page, is_new = words("staff.run_shifts"), Page.LAB, True
        tries = (Try(staffing=times(level)), Try(settings=as_settings(chosen)))
        question = PolicyQuestion(asked.scenario, tries, asked.targets, asked.n_replications, asked.lasting)
    if st.button(label, icon=":material/play_arrow:", disabled=not is_new, key="staff_run") and begin(
        house.lab, question, visit
    ):
        go_to(page)
        st.rerun()
