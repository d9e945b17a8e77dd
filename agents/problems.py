"""Problems go their way: they end by themselves, break out again, lead to others, and citizens tell of them."""

from __future__ import annotations

from agents.base import City, CityAgent
from agents.contacts import Contacts
from agents.life import Life, arisen
from agents.lookout import Lookout
from agents.reports import Reports
from twin.domain import facts as f
from twin.domain.ids import batch_and_number, child_id
from twin.domain.problem import BY_ITSELF, CITIZEN, Ended, Problem
from twin.domain.route import Spot
from twin.world.apply_problems import AGAIN


class Problems(CityAgent):
    """Keeps watch over what nobody sees. `contacts`: how citizens reach the centre; None: they are heard at once."""

    def __init__(self, city: City, *, reports: Reports, lookout: Lookout, contacts: Contacts | None) -> None:
        super().__init__(city)
        self.reports, self.lookout, self.contacts = reports, lookout, contacts

    def end(self, number: int) -> None:
        """It goes away by itself."""
        self._over(number, BY_ITSELF)

    def settled(self, number: int) -> None:
        """Somebody has put it right, if it was still there."""
        if number in self.city.state.problems:
            self._over(number, Ended.SETTLED)

    def tell(self, number: int) -> None:
        """A citizen tells of it."""
        city = self.city
        known = city.state.problems[number]
        if self.contacts is not None and self.contacts.rules.told_by:
            n_called = known.n_called
            next_at = self._life(known).next_told_at(number, city.streams, n_reports=n_called + 1, at=city.now)
            self.contacts.tell(number, channel=self.contacts.channel_of(number, n_called), told_at=next_at)
        else:
            self._heard(number, known)

    def told_of(self, number: int, problem: Problem) -> None:
        """Somebody in the room reports a problem that nobody knew of, not even the world: it is there from now on.

        Nobody has to listen to it at a desk first.
        """
        city = self.city
        city.record(arisen(number, problem, self._life(problem), city.streams, at=city.now))
        self._heard(number, city.state.problems[number])

    def _heard(self, number: int, known: Problem) -> None:
        city = self.city
        next_at = self._life(known).next_told_at(number, city.streams, n_reports=known.n_reports + 1, at=city.now)
        was_unseen = known.case is None
        self.reports.take(number, channel=CITIZEN, told_at=next_at)
        if was_unseen:
            self.lookout.problem_gone(number)

    def arise_from(self, number: int) -> None:
        """What an earlier one has led to."""
        city = self.city
        born = city.state.offspring[number]
        like, spot = born.like, born.like.spot
        if number != child_id(born.parent, AGAIN):
            along = city.streams.uniform("offspring spot", *batch_and_number(number))
            spot = Spot(spot.edge, int(along * city.terrain.length_mm(spot.edge)))
        problem = Problem(like.source, like.area, like.matter, like.priority, like.needs, spot, city.now)
        city.record(arisen(number, problem, self._life(problem), city.streams, at=city.now, parent=born.parent))
        city.problem_there(number)

    def _over(self, number: int, why: Ended) -> None:
        city = self.city
        life = self._life(city.state.problems[number])
        city.record(f.ProblemEnded(city.now, number, why, life.again_at(number, city.streams, ended_at=city.now)))
        self.lookout.problem_gone(number)

    def _life(self, problem: Problem) -> Life:
        return self.city.setting.sources[problem.source].life_of(problem.matter)
