"""The policy lab: on the left what is asked, on the right what is known so far, the answer in a sentence first.

Settings → one call to the lab → show. While runs are made, a bar says how far they are, and the answer is drawn anew
whenever there is a better one.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from twin.console.desk import House
from twin.console.lab import Bench, Lab, Progress
from twin.console.lab_answer import show_experiment
from twin.console.lab_form import ask_policies
from twin.console.tiles import plain, show_error
from twin.console.visit import Visit
from twin.console.ways import Page, show_ways
from twin.domain.seat import EXPERIMENT

COLUMNS = (1, 2.5)
_LOOK_AGAIN_S = 1.0


def show_lab(house: House, visit: Visit) -> None:
    """Draw the page."""
    words, lab = visit.words, house.lab
    show_head(house, visit, here=Page.LAB, title=words("lab.title"), lead=words("lab.lead"))
    left, right = st.columns(COLUMNS, gap="medium")
    with left:
        ask_policies(house, visit)
    with right:
        bench = lab.policy
        show_state(lambda: lab.policy, lab, visit)
        if bench.found is not None:
            show_experiment(bench.found, visit, is_final=bench.progress is None and not bench.was_stopped)
            show_folder(bench, visit)
        elif bench.progress is None and bench.fault is None:
            st.info(words("lab.empty"))


def show_head(house: House, visit: Visit, *, here: Page, title: str, lead: str) -> None:
    """What the page is for, and the ways to the others."""
    st.html(f'<div class="gt-head"><h1>{escape(title)}</h1><span>{escape(lead)}</span></div>')
    show_ways(house, visit, here=here)


def show_state(bench_now: Callable[[], Bench[object, object]], lab: Lab, visit: Visit) -> None:
    """How far it is, or why it is not going on."""
    words, bench = visit.words, bench_now()
    if bench.fault is not None:
        show_error(bench.fault, title=words("lab.fault"), words=words)
    if bench.was_stopped:
        st.warning(words("lab.stopped"))
    if bench.progress is not None:
        _show_progress(bench_now, bench, lab, visit)


def show_folder(bench: Bench[object, object], visit: Visit) -> None:
    """Where the answer is kept."""
    if bench.folder:
        st.caption(visit.words("lab.kept", folder=plain(bench.folder)))


def _show_progress(
    bench_now: Callable[[], Bench[object, object]], drawn: Bench[object, object], lab: Lab, visit: Visit
) -> None:
    words = visit.words

    @st.fragment(run_every=_LOOK_AGAIN_S)
    def wait() -> None:
        bench = bench_now()
        if bench.progress is None or bench.found is not drawn.found:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center", key="lab_progress"):
            st.progress(_part(bench.progress), text=_told(bench.progress, visit))
            if visit.seat.may(EXPERIMENT) and st.button(
                words("lab.stop"), icon=":material/stop:", disabled=bench.progress.what == "stop", key="lab_stop"
            ):
                lab.stop(seat=visit.seat)
                st.rerun(scope="fragment")

    wait()


def _part(progress: Progress) -> float:
    return min(1.0, progress.n / progress.of) if progress.of else 0.0


def _told(progress: Progress, visit: Visit) -> str:
    return visit.words(f"lab.step.{progress.what}", n=visit.words.count(progress.n), of=visit.words.count(progress.of))
