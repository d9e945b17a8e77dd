"""What another process does with a town of these tests: run it from its beginning, and go on from a snapshot of it.

`python -m tests.properties.continuing TOWN SEED SNAPSHOT` prints both digests.
"""

from __future__ import annotations

import sys
from pathlib import Path

from agents.city import CityModel
from agents.setting import Setting
from tests.builders import begun, digest_of, live, setting, surprises, tied
from tests.centre_town import centre_town, hurries
from tests.grid_town import grid_town
from tests.policies.diverting import Diverting
from tests.post_town import post_town
from twin.domain.facts import Fact
from twin.roads.ways import NoTravel


def town_of(name: str, seed: int) -> tuple[Setting, list[Fact]]:
    """The setting and inputs of a town: "roads", "grids", "centre", "posts", or "ties", where all rings on minutes."""
    if name == "roads":
        return setting(policy=Diverting(), seed=seed), surprises()
    if name == "posts":
        return post_town(policy=Diverting(), seed=seed), surprises()
    if name == "grids":
        return grid_town(policy=Diverting(), seed=seed), []
    if name == "centre":
        return centre_town(policy=Diverting(), seed=seed), hurries()
    return tied(Diverting(), seed=seed), surprises(NoTravel())


def continued(name: str, seed: int, snapshot: bytes) -> str:
    """The digest at the end of a run that goes on from a snapshot."""
    built, inputs = town_of(name, seed)
    return digest_of(live(CityModel.from_snapshot(built, snapshot), inputs))


def told(*, begun: str, continued: str) -> list[str]:
    """What is printed, as words."""
    return ["begun", begun, "continued", continued]


if __name__ == "__main__":
    town, number, file = sys.argv[1:]
    from_beginning = digest_of(begun(*town_of(town, int(number))))
    words = told(begun=from_beginning, continued=continued(town, int(number), Path(file).read_bytes()))
    sys.stdout.write(" ".join(words))
