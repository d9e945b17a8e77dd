"""Grids coloured by how much an alternative differs there."""

from __future__ import annotations

from tests.console.fake_lab import HOSTILE, SLOW, experiment
from tests.views.shown_city import built_in_shown
from twin.views.difference_map import counted, difference_layer, has_grids
from twin.views.experiment_charts import BETTER, judged_colour
from twin.views.palette import Theme, palette
from twin.views.words import Language, Words

LIGHT = palette(Theme.LIGHT)
ENGLISH = Words(Language.ENGLISH)


def test_a_grid_that_gets_better_is_blue_and_says_by_how_much_and_others_say_that_nobody_can_tell() -> None:
    city = built_in_shown()
    refs = [grid.ref for grid in city.overlays[0].grids[:2]]
    shown = experiment(city=city, grids=refs)
    layer = difference_layer(shown, HOSTILE, "response_s_mean", words=ENGLISH, colours=LIGHT)
    rows = {row["text"].split("\n")[0]: row for row in layer.data}
    assert len(rows) == len(city.overlays[0].grids)
    names = [grid.name or grid.ref for grid in city.overlays[0].grids]
    first, second, third = (rows[name] for name in names[:3])
    assert first["fill"][:3] == list(judged_colour(BETTER, LIGHT))
    assert first["fill"][3] > second["fill"][3] > third["fill"][3]  # as deep as the difference
    assert "mean response: −3 min 19 s" in first["text"]
    assert "too few cases to tell" in third["text"]
    assert counted(shown, HOSTILE, "response_s_mean") == {"better": 2, "worse": 0, "open": 0}
    assert has_grids(shown)


def test_without_a_city_there_is_no_map() -> None:
    assert not has_grids(experiment(names=(SLOW, "fast"), grids=["a"]))
