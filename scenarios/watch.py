"""What is kept up beside a world while its facts come in: running figures, files of cases, and what became of commands.

In: facts, each after it has been applied. Out: a reading at any instant, what came by which channel, the facts about a
case or a unit, and answers.
"""

from __future__ import annotations

from twin.domain.facts import CommandGiven, CommandRefused, Fact
from twin.domain.light import Limits
from twin.metrics.channels import ChannelTally
from twin.metrics.tally import SAMPLE_US, Tally
from twin.views.casebook import Casebook
from twin.views.centre import DeskNamed
from twin.world.state import State
from twin.world.world import fold_one


class Watch:
    """Figures and files, fact by fact. `sample_at`: the next full ten minutes, whose counts are still to be noted.

    Parameters
    ----------
    limits : by when cases should be closed.
    desks : what the desks of the centre are called, by number; None where there is no centre.
    casebook : where to file facts.
    """

    def __init__(
        self, limits: Limits, *, desks: tuple[DeskNamed, ...] | None = None, casebook: Casebook | None = None
    ) -> None:
        self.limits, self.desks = limits, desks
        self.tally, self.casebook = Tally(limits), casebook or Casebook()
        self.channels = ChannelTally(limits.civil)
        self.sample_at = SAMPLE_US
        self.given: dict[tuple[str, str], CommandGiven | CommandRefused] = {}
        """(seat, token) of every command → that it was given or, where it was, refused."""
        self._last_given: tuple[str, str] = ("", "")

    def take(self, fact: Fact, state: State) -> None:
        """A fact has just been applied."""
        self.tally.take(fact, state)
        self.channels.take(fact)
        self._file(fact)

    def sample(self, state: State, until: int) -> None:
        """Note the counts of every full ten minutes up to `until`, before which nothing more will happen."""
        while self.sample_at <= until:
            self.tally.sample(state, self.sample_at)
            self.sample_at += SAMPLE_US

    def fold(self, state: State, fact: Fact) -> None:
        """Apply a fact of a journal, and take it in."""
        self.count(state, fact)
        self._file(fact)

    def count(self, state: State, fact: Fact) -> None:
        """Apply a fact whose case is on file already."""
        self.sample(state, fact.at)
        fold_one(state, fact)
        self.tally.take(fact, state)
        self.channels.take(fact)

    def _file(self, fact: Fact) -> None:
        self.casebook.take(fact)
        if isinstance(fact, CommandGiven):
            self._last_given = fact.by, fact.token
            self.given[self._last_given] = fact
        elif isinstance(fact, CommandRefused):
            self.given[self._last_given] = fact
