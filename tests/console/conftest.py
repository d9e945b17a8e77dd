"""Run folders and a city folder for the page, made once and changed by nothing, and the page itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import app
from city_data.built_in import built_in_city
from city_data.folder import save_city
from tests.console.run_folders import empty_run, small_run
from twin.console.desk import Wish

APP = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_run(tmp_path_factory.mktemp("small") / "run")


@pytest.fixture(scope="session")
def empty_run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_run(tmp_path_factory.mktemp("empty") / "run")


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "street"
    save_city(built_in_city(), folder)
    return folder


@pytest.fixture
def page() -> Iterator[Callable[..., AppTest]]:
    """The page of a server that was asked to open something; with nothing, its start page."""

    def load(what: Path | str = "", *, lang: str = "en", folder: str = "", begin: str = "") -> AppTest:
        app.house.stop()
        app.house.fault = None
        if what:
            app.house.open_now(Wish(str(what), folder=folder, begin=begin))
        shown = AppTest.from_file(str(APP), default_timeout=60)
        shown.query_params["lang"] = lang
        return shown.run()

    yield load
    app.house.stop()
