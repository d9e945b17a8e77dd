"""Problems: how long until somebody tells of them, how many nobody ever tells of, and what reports are worth.

The rows of `problem_reading` flow in, figures flow out. Only metrics know any of this: nobody in the city does.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.domain.problem import Channel, Ended
from twin.domain.quantities import DAY, HOUR
from twin.metrics.fates import CENSORED, OVER, REPORTED, Fates, fates
from twin.metrics.intervals import Intervals
from twin.metrics.performance import Figures, Ints, by_group, coded, rounded
from twin.metrics.problem_reading import FORGOTTEN

AGES_US = (HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY)
"""Ages for which it is told which share of problems was reported by then."""


def discovery(read: Intervals) -> Figures | None:
    """The figures of problems; None where none arose.

    `never_discovered_share` is of all that arise: those that are over before anybody tells of them, estimated so that
    what is open at the end biases nothing (`twin.metrics.fates`); `discovered_share` likewise, and `undecided_share`
    is what nobody can know yet. `discovery_s` is of those that were reported.
    """
    problems = read.problems
    if not problems.num_rows:
        return None
    reported = problems["first_reported_at"].is_valid()
    n_reported = pc.sum(reported).as_py()
    n_patrol = pc.sum(pc.equal(problems["channel"], Channel.PATROL.value)).as_py() or 0
    whys = problems["why"].value_counts().to_pylist()
    n_ended = {row["values"]: row["counts"] for row in whys if row["values"] is not None}
    n_again = pc.sum(problems["is_again"]).as_py()
    return {
        "n_arose": problems.num_rows,
        "n_there": problems["ended_at"].null_count,
        "n_ended": {why.value: n_ended.get(why.value, 0) for why in Ended},
        "n_forgotten": n_ended.get(FORGOTTEN, 0),
        "n_broke_out_again": n_again,
        "n_led_to": problems.num_rows - problems["parent"].null_count - n_again,
        "n_discovered": n_reported,
        "by_patrol_share": _share(n_patrol, n_reported),
        "fates": {"all": fate_figures(read), "by_matter": _by_matter(read)},
        "discovery_s": by_group(problems, problems["discovery_s"], groups=("channel", "matter", "area")),
        "problem_open_s": by_group(problems, problems["problem_open_s"], groups=("why", "matter")),
        "reports": _reports(read),
        "cases": _cases(read),
        "unseen": _unseen(read),
    }


def _reports(read: Intervals) -> Figures:
    """What the centre made of reports: each is of one of four kinds.

    It opened a case rightly, or although its problem had an open case; or it was added to a case, of its own problem or
    of another. `duplicate_share`: reports of problems that had been reported before. `merge_precision_share`: of
    reports added to a case, those of its own problem; `merge_recall_share`: of reports whose problem had an open case,
    those added to it.
    """
    told, told_as = read.n_told, read.n_told_as
    n = sum(told.values())
    rightly, wrongly = told_as.get("merged rightly", 0), told_as.get("merged wrongly", 0)
    return {
        "n": n,
        "by_channel": {channel.value: told.get(channel.value, 0) for channel in Channel},
        "duplicate_share": _share(told_as.get("again", 0), n),
        "n_opened": told_as.get("opened", 0),
        "n_not_merged_though_same": told_as.get("opened twice", 0),
        "n_merged_rightly": rightly,
        "n_merged_wrongly": wrongly,
        "merge_precision_share": _share(rightly, rightly + wrongly),
        "merge_recall_share": _share(rightly, told_as.get("to be merged", 0)),
    }


def _cases(read: Intervals) -> Figures:
    """Cases opened because of a problem.

    `gone_on_arrival_share`: of arrivals to verify or handle, those after the problem had ended. `void_share`: of closed
    cases that were to be verified, those where nothing was found. `on_the_spot_share`: of what patrols reported.
    """
    openings, came = read.openings, read.n_came
    by_patrol = pc.equal(openings["channel"], Channel.PATROL.value)
    n_patrol, n_spot = pc.sum(by_patrol).as_py() or 0, pc.sum(openings["on_the_spot"]).as_py() or 0
    told = read.cases.take(pc.index_in(openings["case"], read.cases["case"]))
    response_s = pc.if_else(openings["on_the_spot"], None, told["response_s"])
    return {
        "n": openings.num_rows,
        "n_on_the_spot": n_spot,
        "on_the_spot_share": _share(n_spot, n_patrol),
        "n_arrivals": came.get("came", 0),
        "gone_on_arrival_share": _share(came.get("came too late", 0), came.get("came", 0)),
        "n_void": came.get("void", 0),
        "void_share": _share(came.get("void", 0), came.get("verified", 0)),
        "response_s": by_group(openings, response_s, groups=("channel",)),
    }


def _unseen(read: Intervals) -> Figures:
    """How many problems are there that nobody has told of: mean over the run's span, most at a time, at the end."""
    problems, span_us = read.problems, read.until - read.began_at
    since = problems["since_at"].to_numpy()
    until = pc.min_element_wise(problems["first_reported_at"], problems["ended_at"]).fill_null(read.until).to_numpy()
    at = np.concatenate([since, until])
    change = np.concatenate([np.ones(since.size, np.int64), -np.ones(since.size, np.int64)])
    order = np.argsort(at, kind="stable")
    at, stock = at[order], np.cumsum(change[order])
    lasting = np.diff(at, append=at[-1:])
    at_end = pc.and_(problems["first_reported_at"].is_null(), problems["ended_at"].is_null())
    return {
        "mean": rounded(float((until - since).sum() / span_us)) if span_us else None,
        "max": int(stock[lasting > 0].max(initial=0)),
        "at_end": pc.sum(at_end).as_py(),
    }


def _fates(read: Intervals, rows: Ints | None = None) -> Fates:
    """What becomes of all problems, or of those in some rows."""
    table = read.problems if rows is None else read.problems.take(pa.array(rows))
    arose, since = table["arose_at"].to_numpy(), table["since_at"].to_numpy()
    reported = table["first_reported_at"].is_valid().to_numpy()
    forgotten = pc.equal(table["why"], FORGOTTEN).fill_null(False).to_numpy()
    over = table["ended_at"].is_valid().to_numpy() & ~reported & ~forgotten
    left = pc.coalesce(table["first_reported_at"], table["ended_at"]).fill_null(read.until).to_numpy()
    return fates(
        since - arose, np.maximum(left, since) - arose, np.select([reported, over], [REPORTED, OVER], CENSORED)
    )


def fate_figures(read: Intervals) -> Figures:
    """What becomes of problems, all together."""
    return _told(_fates(read))


def _told(found: Fates) -> Figures:
    within = zip(AGES_US, found.reported_within(AGES_US), strict=True)
    return {
        "never_discovered_share": rounded(found.over_share),
        "discovered_share": rounded(found.reported_share),
        "undecided_share": rounded(max(0.0, 1 - found.over_share - found.reported_share)),
        "discovered_within_share": {f"{age_us // 1_000_000}": rounded(share) for age_us, share in within},
    }


def _by_matter(read: Intervals) -> Mapping[str, Figures]:
    labels, codes = coded(read.problems["matter"])
    return {label: _told(_fates(read, np.flatnonzero(codes == code))) for code, label in enumerate(labels)}


def _share(part: int, whole: int) -> float | None:
    return rounded(part / whole) if whole else None
