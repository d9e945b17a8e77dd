"""Run folders and a city folder for the page, made once and changed by nothing, and the page itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from city_data.built_in import built_in_city
from city_data.folder import save_city
from tests.console.run_folders import empty_run, small_run
from twin.console.launch import SERVE_VARIABLE

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
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    def load(folder: Path, *, lang: str = "en") -> AppTest:
        monkeypatch.setenv(SERVE_VARIABLE, str(folder))
        st.cache_resource.clear()
        shown = AppTest.from_file(str(APP), default_timeout=60)
        shown.query_params["lang"] = lang
        return shown.run()

    yield load
    st.cache_resource.clear()
