"""The policy lab's question: a scenario, two to six alternatives, targets, and how often; nothing typed is lost.

Settings in, one call to the lab. The fields begin with the question that is on the bench.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from twin.console.desk import Choice, House
from twin.console.lab import LEAST_TRIES, MOST_TRIES, Lab, PolicyQuestion, Question, Try
from twin.console.tiles import plain
from twin.console.visit import Visit
from twin.domain.commands import Why
from twin.views.words import Words

_ROWS, _NEXT = "lab_rows", "lab_next_row"
_MOST = 10_000
_FEW, _USUAL = 2, 20
_STAFFING, _SETTINGS = "x1.2", "units.3.count = 4"
_FIRST_SCENARIO = "demo"
_FIRST = (Try("own_grid_first"), Try("nearest"))


@st.fragment
def ask_policies(house: House, visit: Visit) -> None:
    """The form, and why it may not be asked."""
    words, lab = visit.words, house.lab
    before, shipped = lab.policy.question, house.choices().scenarios
    scenario = choose_scenario("lab_scenario", shipped, words, first="" if before is None else before.scenario)
    st.markdown(f"**{words('lab.alternatives')}**", help=words("lab.alternatives.what"))
    tries = _tries(lab, words, _FIRST if before is None else before.tries)
    targets = ask_targets("lab", words, () if before is None else before.targets)
    n, lasting = ask_length("lab", words, before)
    question = PolicyQuestion(scenario, tries, targets, n, lasting)
    start(lab, question, visit, key="lab_start")


def choose_scenario(key: str, choices: Sequence[Choice], words: Words, *, first: str) -> str:
    """A shipped scenario, or the path that was typed."""
    names = {choice.what: choice.name for choice in choices}
    options = list(dict.fromkeys([*names, *([first] if first else [])]))
    wanted = first or _FIRST_SCENARIO
    chosen = st.selectbox(
        words("start.which"),
        options=options,
        format_func=lambda what: names.get(what, what),
        index=options.index(wanted) if wanted in options else 0,
        accept_new_options=True,
        placeholder=words("start.path"),
        key=key,
    )
    about = next((choice.about for choice in choices if choice.what == chosen), "")
    if about:
        st.caption(plain(about))
    return chosen or ""


def ask_targets(prefix: str, words: Words, before: Sequence[str]) -> tuple[str, ...]:
    """Limits on measures, one a line."""
    text = st.text_area(
        words("lab.targets"),
        value="\n".join(before) or "p90 response_s <= 900",
        help=words("lab.targets.help"),
        height=78,
        key=f"{prefix}_targets",
    )
    return tuple(filter(None, map(str.strip, text.splitlines())))


def ask_length(prefix: str, words: Words, before: Question | None) -> tuple[int, str]:
    """How often, and how long each run is."""
    first, second = st.columns(2)
    n = first.number_input(
        words("lab.n"),
        min_value=_FEW,
        max_value=_MOST,
        value=_USUAL if before is None else before.n_replications,
        step=1,
        key=f"{prefix}_n",
    )
    lasting = second.text_input(
        words("lab.lasting"),
        value="" if before is None else before.lasting,
        placeholder=words("lab.lasting.hint"),
        help=words("lab.lasting.help"),
        key=f"{prefix}_lasting",
    )
    return int(n), lasting.strip()


def start(lab: Lab, question: Question, visit: Visit, *, key: str) -> None:
    """The button that begins, and why it may not."""
    words = visit.words
    is_busy = lab.policy.progress is not None or lab.staffing.progress is not None
    icon = ":material/play_arrow:"
    goes = st.button(words("lab.start"), type="primary", icon=icon, disabled=is_busy, key=key, width="stretch")
    if goes and begin(lab, question, visit):
        st.rerun()


def begin(lab: Lab, question: Question, visit: Visit) -> bool:
    """Ask a question; whether it is being answered, and on the page why not."""
    why = lab.ask(question, seat=visit.seat)
    if why is not None:
        st.error(visit.words("lab.busy" if why is Why.BUSY else "lab.may_not"))
    return why is None


def _tries(lab: Lab, words: Words, before: Sequence[Try]) -> tuple[Try, ...]:
    """The alternatives, each in a box of its own."""
    if _ROWS not in st.session_state:
        st.session_state[_ROWS], st.session_state[_NEXT] = list(range(len(before))), len(before)
    rows: list[int] = st.session_state[_ROWS]
    tries = [
        _try(row, before[row] if row < len(before) else Try(), lab.policies, words, may_go=len(rows) > LEAST_TRIES)
        for row in rows
    ]
    if len(rows) < MOST_TRIES:
        st.button(words("lab.add"), icon=":material/add:", type="tertiary", key="lab_add", on_click=_add)
    return tuple(tries)


def _try(row: int, before: Try, policies: Sequence[str], words: Words, *, may_go: bool) -> Try:
    with st.container(border=True, gap="xsmall"):
        first, second = st.columns((6, 1), vertical_alignment="bottom")
        options = list(dict.fromkeys(["", *policies, before.policy]))
        policy = first.selectbox(
            words("lab.policy"),
            options=options,
            index=options.index(before.policy),
            format_func=lambda name: name or words("lab.policy.own"),
            accept_new_options=True,
            key=f"lab_policy_{row}",
        )
        second.button(
            "",
            icon=":material/close:",
            type="tertiary",
            help=words("lab.remove"),
            disabled=not may_go,
            key=f"lab_remove_{row}",
            on_click=_remove,
            args=(row,),
        )
        third, fourth = st.columns((1, 2))
        staffing = third.text_input(
            words("lab.staffing"),
            value=before.staffing,
            placeholder=_STAFFING,
            help=words("lab.staffing.help"),
            key=f"lab_staffing_{row}",
        )
        settings = fourth.text_input(
            words("lab.settings"),
            value=before.settings,
            placeholder=_SETTINGS,
            help=words("lab.settings.help"),
            key=f"lab_settings_{row}",
        )
    return Try(policy or "", staffing.strip(), settings.strip())


def _add() -> None:
    row = st.session_state[_NEXT]
    st.session_state[_ROWS] = [*st.session_state[_ROWS], row]
    st.session_state[_NEXT] = row + 1


def _remove(row: int) -> None:
    st.session_state[_ROWS] = [each for each in st.session_state[_ROWS] if each != row]
