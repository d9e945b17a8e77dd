"""Boston's 311 cases: the published counts, and what was recorded of them replayed on Boston's streets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from city_data.build import build_city
from city_data.city import City
from city_data.feeds.mapping import load_mapping
from city_data.feeds.quality import check_feed
from city_data.feeds.report import FeedReport
from city_data.folder import load_city
from scenarios.record import Recorded, replay_history
from scenarios.replay import Source
from scenarios.run_folder import MANIFEST, facts_of
from scenarios.verify import verify_run
from twin.domain.facts import CaseClosed, CaseReported
from twin.roads.nearest import NearestEdge

CASES = "open311_cases_district_2008_2018H1.csv.gz"


@pytest.fixture(scope="module")
def boston(shared_data: Path) -> Path:
    return shared_data / "boston"


@pytest.fixture(scope="module")
def folder(boston: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("boston") / "city"
    build_city(boston / "overpass_drive_2022-05-04.json.gz", out)
    return out


@pytest.fixture(scope="module")
def city(folder: Path) -> City:
    return load_city(folder)


def checked(file: Path, city: City) -> FeedReport:
    return check_feed(file, load_mapping("boston_open311"), bounds=city.bounds, streets=NearestEdge(city.roads))


@pytest.fixture(scope="module")
def cases(boston: Path, city: City) -> FeedReport:
    return checked(boston / CASES, city)


@pytest.fixture(scope="module")
def page(boston: Path, city: City) -> FeedReport:
    return checked(boston / "open311_api_page_sample.json", city)


@pytest.fixture(scope="module")
def year(boston: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    source = Source(folder, boston / CASES, "boston_open311", "2015-01-01", "2016-01-01")
    return replay_history(source, out=tmp_path_factory.mktemp("year") / "run", policy=None)


def test_every_case_is_used_and_categorised(cases: FeedReport) -> None:
    assert (cases.n_rows, cases.n_used, cases.n_cases, cases.n_units) == (50_428, 50_428, 50_428, 0)
    assert {one.word: one.n for one in cases.categories} == {
        "Other": 24_397,
        "Illegal Parking": 19_674,
        "Sidewalk Not Shoveled": 5_461,
        "Abandoned Vehicle": 896,
    }
    assert cases.unmapped == {}


def test_open_cases_have_no_closing_though_they_were_updated(cases: FeedReport) -> None:
    assert (cases.n_open, cases.missing["closed_at"].n) == (5_718, 5_718)
    assert cases.contradictions == {"reported > closed": 2}


def test_duplicates_are_labelled_by_the_source(cases: FeedReport) -> None:
    assert (cases.n_exact_duplicates, cases.n_same_id, cases.n_labelled_duplicates) == (0, 0, 2_819)


def test_the_offsets_in_the_stamps_are_right(cases: FeedReport) -> None:
    assert (cases.first_reported, cases.last_reported) == ("2008-10-07T14:03:23-04:00", "2018-06-30T23:33:40-04:00")
    assert cases.clock.agrees
    assert cases.layout.as_dict()["encoding"] == "utf-8"


def test_the_places_fit_the_streets(cases: FeedReport) -> None:
    assert cases.n_off_map_cases == 1_180
    assert cases.street_fit is not None
    assert (cases.street_fit.best, cases.street_fit.warning) == ("wgs84", None)
    medians = {fit.assumption: fit.median_m for fit in cases.street_fit.fits}
    assert medians == {"wgs84": 15.4, "gcj02": 15.4, "bd09": 55.7, "exchanged": None}


def test_a_page_of_the_api_is_read_by_the_same_mapping(page: FeedReport) -> None:
    assert (page.n_rows, page.n_used, page.n_cases) == (250, 250, 200)
    assert (page.n_open, page.n_labelled_duplicates, page.n_exact_duplicates) == (75, 15, 50)


def test_the_blizzard_is_read_too(boston: Path, city: City) -> None:
    report = checked(boston / "open311_citywide_blizzard_2015.csv.gz", city)
    assert (report.n_rows, report.n_used, report.n_open) == (15_988, 15_988, 377)
    assert report.categories[0].n == 12_191


def test_a_recorded_year_is_its_openings_and_closings(year: Recorded) -> None:
    facts = list(facts_of(year.out))
    assert sum(isinstance(fact, CaseReported) for fact in facts) == 8_087
    assert sum(isinstance(fact, CaseClosed) for fact in facts) == 7_265
    assert len(facts) == 15_353
    assert verify_run(year.out)["facts compared"] == 15_353


def test_the_manifest_says_how_the_file_was_read(year: Recorded) -> None:
    manifest = json.loads((year.out / MANIFEST).read_text("utf-8"))
    layout = manifest["inputs"][0]["layout"]
    assert (layout["format"], layout["encoding"], layout["header_row"]) == ("csv", "utf-8", 1)
