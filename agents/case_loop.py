"""The case loop: from a report at the acceptor's desk to the archive, by way of those who verify, handle and check.

In: cases, tasks done at desks, stages done in the field. Out: one fact a step. What chance decides is drawn by the
case's own number and by how often it has come by, so that the same case meets the same luck under any policy.
"""

from __future__ import annotations

from collections.abc import Callable

from agents.base import City, CityAgent
from agents.desk_work import DeskWork, Done
from agents.loop_rules import Department, LoopRules, MatterRule
from agents.routing import Routing
from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, QUEUED, VERIFY, Case, Refused, Stage
from twin.domain.desk import Step
from twin.domain.ids import batch_and_number
from twin.domain.quantities import to_s
from twin.metrics.satisfaction import satisfied_share
from twin.world.view import CASE_QUEUED, Trigger

Begin = Callable[[int, Stage], None]


class CaseLoop(CityAgent):
    """The people who move cases on. `begin`: have units sent for a stage of a case."""

    def __init__(self, city: City, rules: LoopRules, *, desks: DeskWork, begin: Begin) -> None:
        super().__init__(city)
        self.rules, self._begin = rules, begin
        self.routing = Routing(city, rules)
        self.desks = desks

    def steps(self) -> dict[Step, Done]:
        """What happens when a step is done."""
        return {
            Step.ACCEPT: self._accept,
            Step.REGISTER: self._register,
            Step.DISPATCH: self._dispatch,
            Step.CHIEF: self._chief,
            Step.REMOTE: self._remote,
            Step.OFFICE: self.handled,
            Step.SEND_CHECK: self._send_check,
            Step.CLOSE: self._close,
            Step.VISIT: self._visit,
            Step.MEDIATE: self._mediate,
            Step.EXTEND: self._extend,
            Step.SUPERVISE: self._supervise,
        }

    # ---------------------------------------------------------------------- before it is dispatched

    def take(self, case: int) -> None:
        """A report came in and is a case now."""
        self._at_desk(Step.ACCEPT, case)

    def _accept(self, case: int) -> None:
        city, judgement = self.city, self.rules.judgement
        known = city.state.cases[case]
        share = judgement.spots_nothing if city.is_gone(case) else judgement.refuses_real
        if self._happens("refused", case, share):
            city.refuse(case, Refused.REJECTED)
        elif known.n_verify:
            self._begin(case, VERIFY)
        else:
            self._accepted(case)

    def verified(self, case: int) -> None:
        """Somebody has been there and seen it."""
        self._accepted(case)

    def _accepted(self, case: int) -> None:
        self.city.record(f.CaseAccepted(self.city.now, case))
        self._at_desk(Step.REGISTER, case)

    def _register(self, case: int) -> None:
        city = self.city
        if self._happens("not registered", case, self.rules.judgement.not_registered):
            city.refuse(case, Refused.NOT_REGISTERED)
            return
        city.record(f.CaseRegistered(city.now, case))
        self.routing.set_deadline(case)
        self._to_dispatch(case)

    # ---------------------------------------------------------------------- dispatch

    def _to_dispatch(self, case: int) -> None:
        """To the dispatcher, or, where nobody is needed for it, straight on."""
        known = self.city.state.cases[case]
        first = not known.n_returns and not known.n_reworks and not known.n_reopened
        if first and self._happens("automatic", case, self.rules.judgement.automatic_share):
            self._send(case, by_hand=False)
        else:
            self._at_desk(Step.DISPATCH, case)

    def _dispatch(self, case: int) -> None:
        self._send(case, by_hand=True)

    def _send(self, case: int, *, by_hand: bool) -> None:
        """To a department: the right one, or one that will send it back."""
        city, judgement, rules = self.city, self.rules.judgement, self.rules
        known = city.state.cases[case]
        right = self.routing.department_of(known)
        is_right = self._happens("dispatch", case, judgement.by_hand_right if by_hand else judgement.automatic_right)
        if right is None or is_right or known.n_reworks or len(rules.departments) == 1 or rules.return_after is None:
            name = "" if right is None else right.name
            city.record(f.CaseDispatched(city.now, case, name, None, by_hand))
            self._hold_or_handle(case, right)
            return
        others = [each for each in rules.departments if each is not right]
        wrong = others[int(self._luck("wrong department", case) * len(others))]
        lasting_us = city.streams.span_us(rules.return_after, f"return {known.n_returns}", *batch_and_number(case))
        city.record(f.CaseDispatched(city.now, case, wrong.name, city.now + lasting_us, by_hand))

    def give_back(self, case: int) -> None:
        """A department says that it is not responsible."""
        self.city.record(f.CaseReturned(self.city.now, case))
        self._at_desk(Step.DISPATCH, case)

    # ---------------------------------------------------------------------- handling

    def _hold_or_handle(self, case: int, department: Department | None) -> None:
        city, known = self.city, self.city.state.cases[case]
        held = self._rule(known).held
        is_first = not known.n_reworks and not known.n_reopened
        if held is not None and is_first and self._happens("held", case, held.share):
            lasting_us = city.streams.span_us(held.lasting, "held", *batch_and_number(case))
            city.record(f.CaseSuspended(city.now, case, city.now + lasting_us))
        else:
            self._handle(case, department)

    def resume(self, case: int) -> None:
        """It goes on."""
        known = self.city.state.cases[case]
        extra_us = self.routing.held_us(known)
        self.city.record(f.CaseResumed(self.city.now, case))
        self.routing.set_deadline(case, put_off_us=extra_us)
        self._handle(case, self.routing.department_of(known))

    def _handle(self, case: int, department: Department | None) -> None:
        known = self.city.state.cases[case]
        if self._rule(known).by_chief and not known.n_reworks:
            self._at_desk(Step.CHIEF, case)
        else:
            self._remotely_or_there(case, department)

    def _chief(self, case: int) -> None:
        known = self.city.state.cases[case]
        self.city.record(f.ChiefDecided(self.city.now, case, self._rule(known).is_joint))
        self._remotely_or_there(case, self.routing.department_of(known))

    def _remotely_or_there(self, case: int, department: Department | None) -> None:
        known = self.city.state.cases[case]
        share = self._rule(known).remote_share
        if not known.n_reworks and self.routing.can_be_seen(case) and self._happens("remotely", case, share):
            self._at_desk(Step.REMOTE, case)
        else:
            self._there(case, department)

    def _remote(self, case: int) -> None:
        known = self.city.state.cases[case]
        if self._happens("remote works", case, self._rule(known).remote_works):
            self.handled(case)
        else:
            self.city.record(f.RemoteFailed(self.city.now, case))
            self._there(case, self.routing.department_of(known))

    def can_try_remotely(self, case: int) -> bool:
        """Whether a case that waits for units could still be left to those who settle things by video."""
        known = self.city.state.cases.get(case)
        if known is None or known.status is not QUEUED or known.stage is not HANDLE or not known.n_waiting:
            return False
        if known.n_served or known.n_done or known.n_reworks or known.tried_remotely:
            return False
        is_a_desk = self.rules.rule_of(Step.REMOTE, known.matter) is not None
        return is_a_desk and self._rule(known).may_be_remote and self.routing.can_be_seen(case)

    def try_remotely(self, case: int, *, within_us: int | None, rule: str) -> None:
        """Dispatch leaves it to them first; `within_us`: how long it may wait for them."""
        now = self.city.now
        self.city.record(f.RemoteTried(now, case, None if within_us is None else now + within_us, rule))
        self._at_desk(Step.REMOTE, case)

    def give_up_remote(self, case: int) -> None:
        """They had no time for it."""
        self.city.record(f.RemoteGivenUp(self.city.now, case))
        self._there(case, self.routing.department_of(self.city.state.cases[case]))

    def _there(self, case: int, department: Department | None) -> None:
        if department is not None and department.office is not None:
            known = self.city.state.cases[case]
            self.desks.put_office(case, department, priority=known.priority, n=_n_times(known))
        else:
            self._begin(case, HANDLE)

    def handled(self, case: int) -> None:
        """Those who were sent, or a desk, are done with it."""
        city, known = self.city, self.city.state.cases[case]
        is_done = not self._happens("botched", case, self._rule(known).botched_share)
        barred = () if self.rules.judgement.own_checks else self.routing.body_of(known.handlers)
        city.record(f.CaseHandled(city.now, case, barred, is_done))
        if is_done:
            city.settled(case)
        if known.n_check:
            self._at_desk(Step.SEND_CHECK, case)
        else:
            self._at_desk(Step.CLOSE, case)

    def on_the_spot(self, case: int) -> None:
        """Whoever found it has settled it: it is looked through and closed."""
        city, known = self.city, self.city.state.cases[case]
        city.record(f.CaseHandled(city.now, case, known.handlers, is_done=True))
        city.settled(case)
        self._at_desk(Step.CLOSE, case)

    # ---------------------------------------------------------------------- checking and closing

    def _send_check(self, case: int) -> None:
        self.city.record(f.CheckSent(self.city.now, case))
        self._begin(case, CHECK)

    def checked(self, case: int) -> None:
        """Somebody has been there and seen what was done."""
        city, known, judgement = self.city, self.city.state.cases[case], self.rules.judgement
        is_own = not set(self.routing.body_of(known.handlers)).isdisjoint(known.checkers[-known.n_check :])
        finds = judgement.finds_own if is_own else judgement.finds_botched
        passed = known.is_done or not self._happens("finds", case, finds)
        city.record(f.CaseChecked(city.now, case, passed))
        if passed:
            self._at_desk(Step.CLOSE, case)
        else:
            self._to_dispatch(case)

    def _close(self, case: int) -> None:
        city, known = self.city, self.city.state.cases[case]
        rule = self._rule(known)
        visit = self.routing.was_told_by_citizens(known) and self._happens("visited", case, rule.visited_share)
        mediate = self._happens("mediated", case, rule.mediated_share)
        mediate = mediate and (Step.MEDIATE, case) not in city.state.desks.tasks
        if visit or mediate:
            city.record(f.FollowUpDue(city.now, case, visit, mediate))
        city.close(case)
        follow_up = city.state.after.get(case)
        for step in () if follow_up is None else follow_up.owed:
            if case in city.state.after:
                self._at_desk(step, case)

    # ---------------------------------------------------------------------- after closing

    def _mediate(self, case: int) -> None:
        self.city.record(f.CaseMediated(self.city.now, case))
        self._archive_if_over(case)

    def _visit(self, case: int) -> None:
        """The citizen knows whether it is settled; whether they are satisfied is a matter of chance."""
        city, known = self.city, self.city.state.after[case]
        is_there = known.problem is not None and known.problem in city.state.problems
        resolved = known.is_done and not is_there
        share = satisfied_share(
            to_s(known.since - known.reported_at),
            n_reworks=known.n_reworks,
            resolved=resolved,
            parameters=self.rules.satisfaction,
        )
        satisfied = self._luck("satisfied", case) < share
        city.record(f.CaseVisited(city.now, case, resolved, satisfied))
        if not resolved and self._happens("reopened", case, self.rules.reopens_share):
            self.reopen(case)
        else:
            self._archive_if_over(case)

    def _archive_if_over(self, case: int) -> None:
        """It is over for good, unless something is still owed."""
        known = self.city.state.after.get(case)
        if known is not None and not known.owed:
            self.city.record(f.CaseArchived(self.city.now, case))

    def reopen(self, case: int) -> None:
        """A closed case is dispatched again."""
        city = self.city
        problem = city.state.after[case].problem
        city.record(f.CaseReopened(city.now, case))
        if problem is not None:
            city.unseen_no_more(problem)
        self.routing.set_deadline(case)
        self._to_dispatch(case)

    # ---------------------------------------------------------------------- deadlines

    def ask_for_time(self, case: int) -> None:
        """Those who handle it see that they will be late."""
        self._at_desk(Step.EXTEND, case)

    def _extend(self, case: int) -> None:
        city, known = self.city, self.city.state.cases.get(case)
        if known is None or not self._happens("granted", case, self.rules.judgement.grants):
            city.record(f.ExtensionRefused(city.now, case))
            return
        city.record(f.DeadlineExtended(city.now, case))
        self.routing.set_deadline(case, put_off_us=self._rule(known).extension_us)

    def escalate(self, case: int) -> None:
        """It is past its deadline."""
        city, known = self.city, self.city.state.cases[case]
        priority = max(1, known.priority - self.rules.raises_by)
        city.record(f.CaseEscalated(city.now, case, priority))
        if priority < known.priority and known.n_waiting:
            city.decide(Trigger(CASE_QUEUED, case=case))  # it has a better place in the queue, or a right to more
        self._at_desk(Step.SUPERVISE, case)

    def _supervise(self, case: int) -> None:
        self.city.record(f.CaseSupervised(self.city.now, case))

    # ---------------------------------------------------------------------- desks and chance

    def _at_desk(self, step: Step, case: int) -> None:
        """Have it done, unless somebody has it before them from an earlier time round."""
        state = self.city.state
        if (step, case) in state.desks.tasks:
            return
        known = state.cases.get(case) or state.after[case]
        rule = self.rules.rule_of(step, known.matter)
        self.desks.put(step, case, priority=known.priority, rule=rule, n=_n_times(known))

    def _rule(self, case: Case) -> MatterRule:
        return self.rules.matter(case.matter)

    def _happens(self, purpose: str, case: int, share: float) -> bool:
        if share <= 0 or share >= 1:
            return share >= 1
        return self._luck(purpose, case) < share

    def _luck(self, purpose: str, case: int) -> float:
        state = self.city.state
        known = state.cases.get(case) or state.after[case]
        n = _n_times(known)
        return self.city.streams.uniform(f"{purpose} {n}" if n else purpose, *batch_and_number(case))


def _n_times(case: Case) -> int:
    """How often a case has come by: what is drawn for it again is drawn anew."""
    return case.n_returns + case.n_reworks + case.n_reopened
