"""How satisfied citizens are, as a function of how they were served: one set of parameters for all centres.

What happened to a citizen's case flows in, the share who would call themselves satisfied flows out. Centres differ by
what they do, never by parameters of their own, so that satisfaction can be compared between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log1p, tanh

from twin.errors import GridtwinError


@dataclass(frozen=True, slots=True, kw_only=True)
class SatisfactionParameters:
    """The odds of being satisfied (satisfied : not satisfied). **Assumed**, every one: fit them before believing them.

    Parameters
    ----------
    odds_at_once : of a citizen whom somebody reached at once and whose problem was not resolved.
    patience_s : seconds until somebody comes after which the odds are down to 2 to the power of −`response_weight`.
    response_weight : how much waiting matters; 0: not at all.
    rework_factor : by how much each time the work had to be done again multiplies the odds.
    resolved_factor : by how much it multiplies the odds that the problem was resolved.

    Raises
    ------
    GridtwinError : a value by which slower, worse or unresolved service would satisfy more.
    """

    odds_at_once: float = 1.0
    patience_s: float = 86_400.0
    response_weight: float = 1.0
    rework_factor: float = 0.5
    resolved_factor: float = 100.0

    def __post_init__(self) -> None:
        for key, is_right, must in (
            ("odds_at_once", self.odds_at_once > 0, "be more than 0"),
            ("patience_s", self.patience_s > 0, "be more than 0"),
            ("response_weight", self.response_weight >= 0, "not be less than 0"),
            ("rework_factor", 0 < self.rework_factor <= 1, "be more than 0 and at most 1"),
            ("resolved_factor", self.resolved_factor >= 1, "be 1 or more"),
        ):
            if not is_right:
                raise GridtwinError(f"must {must}, not {getattr(self, key)}", key=key)


ASSUMED = SatisfactionParameters()


def satisfied_share(
    response_s: float, *, n_reworks: int, resolved: bool, parameters: SatisfactionParameters = ASSUMED
) -> float:
    """Share of citizens served in this way who are satisfied, 0–1.

    Logistic in log(1 + response / patience), in the times of rework, and in whether it was resolved.

    Parameters
    ----------
    response_s : seconds from the report until somebody came or called.

    Raises
    ------
    GridtwinError : a response or a number of reworks below 0.

    >>> round(satisfied_share(86_400, n_reworks=0, resolved=True), 3)
    0.98
    """
    for key, value in (("response_s", response_s), ("n_reworks", n_reworks)):
        if not value >= 0:
            raise GridtwinError(f"must not be less than 0, not {value}", key=key)
    log_odds = log(parameters.odds_at_once) - parameters.response_weight * log1p(response_s / parameters.patience_s)
    log_odds += n_reworks * log(parameters.rework_factor) + resolved * log(parameters.resolved_factor)
    return (1 + tanh(log_odds / 2)) / 2
