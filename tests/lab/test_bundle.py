"""Bundles: the same bytes from the same results, made again on another machine, and nothing changed unnoticed."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from city_data.built_in import built_in_city
from city_data.folder import save_city
from scenarios.lab.bundle import CITATION, LOCK, PINS, SUMS, make_bundle
from scenarios.lab.design import load_experiment
from scenarios.lab.experiment import run_experiment
from scenarios.lab.results import ANSWER, ROWS
from scenarios.lab.unbundle import verify_bundle
from scenarios.record import run_scenario
from tests.lab.small_experiment import written
from tests.scenarios.commands import gridtwin
from twin.errors import JournalError

SMALL = """\
name: one van
lasting: 1h
seed: 3
city: {city}
units: [{{ name: Van, kind: van, skills: [order] }}]
on_scene: {{ "*": 5m }}
demand: [{{ name: calls, per_day: 96, matters: {{ plain: {{ needs: [order] }} }} }}]
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundled")
    run_experiment(load_experiment(written(folder)), out=folder / "out", n_processes=1)
    return folder / "out"


@pytest.fixture(scope="module")
def bundle(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(results, out=tmp_path_factory.mktemp("bundle") / "b.zip", authors=["Li Hua"]).file


def changed(bundle: Path, out: Path, name: str, change: Callable[[bytes], bytes], *, sums: bool) -> Path:
    """A bundle of which one file was changed by somebody, who may have mended the checksums."""
    with zipfile.ZipFile(bundle) as old:
        content = {entry: old.read(entry) for entry in old.namelist()}
    content[name] = change(content[name])
    if sums:
        marks = {entry: sha256(data).hexdigest() for entry, data in content.items() if entry != SUMS}
        content[SUMS] = "".join(f"{mark}  {entry}\n" for entry, mark in marks.items()).encode()
    with zipfile.ZipFile(out, "w") as new:
        for entry, data in content.items():
            new.writestr(entry, data)
    return out


def test_the_same_results_give_the_same_bytes_and_come_with_lock_and_citation(
    results: Path, bundle: Path, tmp_path: Path
) -> None:
    again = make_bundle(results, out=tmp_path / "again.zip", authors=["Li Hua"])
    assert again.file.read_bytes() == bundle.read_bytes()
    assert (again.inside, again.outside) == ((), ())
    with zipfile.ZipFile(bundle) as archive:
        citation = yaml.safe_load(archive.read(CITATION))
        assert (citation["title"], citation["authors"]) == ("Clerks", [{"name": "Li Hua"}])
        assert "numpy==" in archive.read(PINS).decode()
        assert archive.read(LOCK) == Path(LOCK).resolve().read_bytes()
        assert len(archive.read(SUMS).decode().splitlines()) == again.n_files - 1
    with pytest.raises(JournalError, match="is there already"):
        make_bundle(results, out=bundle)


def test_every_run_of_a_bundle_is_made_again(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_bundle(bundle, n_processes=1)["runs made again"] == "12 of 12, all the same"
    with pytest.MonkeyPatch.context() as patch:
        said = gridtwin("verify", bundle, "--rows", 3, "--processes", 1, "--json", monkeypatch=patch, capsys=capsys)
    assert (said.status, json.loads(said.out)["runs made again"]) == (0, "3 of 12, all the same")


def test_a_file_that_was_changed_is_named(bundle: Path, tmp_path: Path) -> None:
    name = f"results/{ANSWER}"
    with pytest.raises(JournalError, match=f"{name} is not the file that was bundled"):
        verify_bundle(changed(bundle, tmp_path / "b.zip", name, lambda data: data + b" ", sums=False))


def test_an_answer_that_its_rows_do_not_lead_to_is_found_out(bundle: Path, tmp_path: Path) -> None:
    def better(data: bytes) -> bytes:
        told = json.loads(data)
        told["measures"][0]["levels"]["three"]["mean"] -= 1
        return json.dumps(told).encode()

    with pytest.raises(JournalError, match="not the answer its rows lead to"):
        verify_bundle(changed(bundle, tmp_path / "b.zip", f"results/{ANSWER}", better, sums=True))


def test_a_row_that_no_run_leads_to_is_found_out(bundle: Path, tmp_path: Path) -> None:
    def other(data: bytes) -> bytes:
        table = pq.read_table(io.BytesIO(data))
        more = table.set_column(table.schema.get_field_index("n_facts"), "n_facts", pc.add(table["n_facts"], 1))
        pq.write_table(more, found := io.BytesIO())
        return found.getvalue()

    with pytest.raises(JournalError, match=r"three, seed 1: n_facts is \d+, but comes out as \d+"):
        verify_bundle(changed(bundle, tmp_path / "b.zip", f"results/{ROWS}", other, sums=True), n_rows=1, n_processes=1)


def test_data_stays_at_home_and_is_known_again_wherever_it_lies(tmp_path: Path) -> None:
    city, file = tmp_path / "here" / "street", tmp_path / "van.yaml"
    save_city(built_in_city(), city)
    file.write_text(SMALL.format(city=city), "utf-8")
    run_scenario(str(file), out=tmp_path / "run")
    at_home = make_bundle(tmp_path / "run", out=tmp_path / "home.zip")
    whole = make_bundle(tmp_path / "run", out=tmp_path / "whole.zip", with_data=True)
    assert (at_home.outside, whole.inside) == ((str(city),), (str(city),))
    shutil.move(city.parent, tmp_path / "there")
    with pytest.raises(JournalError, match=r"street, which is not in it: give a folder that holds the same"):
        verify_bundle(at_home.file)
    assert verify_bundle(at_home.file, data=tmp_path / "there")["figures"] == "the same"
    with zipfile.ZipFile(whole.file) as archive:
        assert any(name.startswith("inputs/") for name in archive.namelist())


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "results\\..\\evil"])
def test_what_is_no_bundle_is_refused(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(JournalError, match="is no bundle: it holds"):
        verify_bundle(tmp_path / "b.zip")
    (tmp_path / "c.zip").write_text("nothing")
    with pytest.raises(JournalError, match=r"not a \(finished\) run folder, and no bundle"):
        verify_bundle(tmp_path / "c.zip")
