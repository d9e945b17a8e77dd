"""A desk with a few servers and no roads, so that a run takes milliseconds; and experiments on it."""

from __future__ import annotations

from pathlib import Path

DESK = """\
name: a desk
epoch: "2026-03-02T08:00:00+08:00"
lasting: 2h
city: none
travel: none
policy: nearest
units:
  - { name: "Clerk {n}", kind: clerk, count: 3, skills: [order] }
on_scene: { "*": { dist: exponential, mean: 10m } }
demand:
  - name: calls
    per_day: 360
    matters:
      plain: { needs: [order], priority: 2, share: 98 }
      rare: { needs: [order], priority: 9, share: 2 }
limits: { "*": 30m }
"""
CLERKS = """\
name: Clerks
question: How many clerks?
scenario: desk.yaml
alternatives:
  - { name: three, set: { units.0.count: 3 } }
  - { name: four, set: { units.0.count: 4 } }
replications: { at_least: 6 }
targets: [p90 response_s <= 900]
"""


def written(folder: Path, experiment: str = CLERKS, *, scenario: str = DESK) -> Path:
    """Both files in a folder; returns the experiment's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "desk.yaml").write_text(scenario, "utf-8")
    path = folder / "experiment.yaml"
    path.write_text(experiment, "utf-8")
    return path
