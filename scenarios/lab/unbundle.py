"""Is a bundle what it says? Files are held against their checksums, and runs made again and compared to the last bit.

In: a bundle, and perhaps a folder where its data lies. Out: what was compared, or the first difference.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from copy import deepcopy
from hashlib import sha256
from pathlib import Path, PurePosixPath

import msgspec
import pyarrow.parquet as pq

from city_data.yaml_file import YamlDocument, read_yaml, validated
from scenarios.lab.bundle import INPUTS, PINS, RESULTS, SUMS, Given, at, marks_of, paths_in, pins
from scenarios.lab.executor import Workers, required
from scenarios.lab.outcome import Lens, Outcome, Row
from scenarios.lab.reading import read_answer, tried_in
from scenarios.lab.results import ANSWER, EXPERIMENT, GROUPS, ROWS
from scenarios.lab.spec import Experiment
from scenarios.lab.trial import Trial, as_task, try_out
from scenarios.load import check
from scenarios.run_folder import MANIFEST, read_manifest, said
from scenarios.verify import verify_run
from twin.domain.quantities import to_us
from twin.errors import JournalError
from twin.metrics.answer import Answer, Asked, answer
from twin.metrics.measure import Target

Tick = Callable[[object], None]
LARGEST = 16 * 2**30
"""Bytes that a bundle may come to when it is unpacked."""
LABELS = ("alternative", "replication")


def verify_bundle(
    file: Path,
    *,
    data: Path | None = None,
    n_rows: int | None = None,
    n_processes: int | None = None,
    progress: Tick = lambda _: None,
) -> dict[str, object]:
    """Verify a bundle; returns what was compared.

    Parameters
    ----------
    data : a folder, anywhere below which the cities and histories lie that are not in the bundle.
    n_rows : how many runs of an experiment are made again, spread over all of them; None: every one.

    Raises
    ------
    JournalError : it is no bundle, a file of it was changed, data is missing, or a run comes out otherwise.
    """
    with _unpacked(file) as folder:
        progress("checking the checksums")
        n_files = _check_sums(folder, file=file)
        results = folder / RESULTS
        manifest = read_manifest(results)
        places = _places(folder, data=data, file=file)
        if manifest.get("kind") == "experiment":
            report = _make_again(results, manifest, places, n_rows=n_rows, n_processes=n_processes, progress=progress)
        else:
            city = places.get(str(said(manifest, "scenario", dict, out=results).get("city")))
            report = verify_run(results, city=None if city is None else Path(city), progress=progress)
        return {"files": n_files, **report, "other versions here": list(_other_versions(folder)) or "none"}


@contextmanager
def _unpacked(file: Path) -> Iterator[Path]:
    try:
        archive = zipfile.ZipFile(file)
    except (OSError, zipfile.BadZipFile) as error:
        raise JournalError(f"this is not a (finished) run folder, and no bundle: {error}", file=file) from error
    with archive, tempfile.TemporaryDirectory(prefix="gridtwin-bundle-") as folder:
        entries = archive.infolist()
        for entry in entries:
            path = PurePosixPath(entry.filename)
            if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
                raise JournalError(f"is no bundle: it holds {entry.filename!r}", file=file)
        if sum(entry.file_size for entry in entries) > LARGEST:
            raise JournalError("is no bundle: it is far too large when it is unpacked", file=file)
        try:
            archive.extractall(folder)
        except (OSError, zipfile.BadZipFile, RuntimeError) as error:
            raise JournalError(f"cannot be unpacked: {error}", file=file) from error
        yield Path(folder)


def _check_sums(folder: Path, *, file: Path) -> int:
    """Hold every file against its checksum; returns how many there are."""
    if not (folder / SUMS).is_file():
        raise JournalError(f"is no bundle: it has no {SUMS}", file=file)
    lines = (folder / SUMS).read_text("utf-8").splitlines()
    promised = {name: mark for mark, _, name in (line.partition("  ") for line in lines)}
    there = {found.relative_to(folder).as_posix(): found for found in folder.rglob("*") if found.is_file()}
    for name in sorted(promised.keys() | (there.keys() - {SUMS})):
        if name not in there:
            raise JournalError(f"{name} is missing", file=file)
        if sha256(there[name].read_bytes()).hexdigest() != promised.get(name):
            raise JournalError(f"{name} is not the file that was bundled (other checksum)", file=file)
    return len(promised)


def _places(folder: Path, *, data: Path | None, file: Path) -> dict[str, str]:
    """Where each file or folder lies that runs were made from: what scenarios call it → its place here."""
    found: dict[str, str] = {}
    for given in msgspec.json.decode((folder / INPUTS).read_bytes(), type=list[Given]):
        if given.is_inside:
            found[given.path] = str(folder / given.place)
            continue
        same = None if data is None else _same_below(data, given)
        if same is None:
            raise JournalError(
                f"was made from {given.path}, which is not in it: give a folder that holds the same with --data",
                file=file,
            )
        found[given.path] = str(same)
    return found


def _same_below(data: Path, given: Given) -> Path | None:
    """A file or folder with the same name and the same content."""
    for path in (data, *sorted(data.rglob(Path(given.path).name))):
        if path.name == Path(given.path).name and marks_of(path) == given.files:
            return path
    return None


def _other_versions(folder: Path) -> Iterator[str]:
    """Packages that are not installed here as they were where the bundle was made."""
    here = pins()
    for line in (folder / PINS).read_text("utf-8").splitlines():
        name, _, pin = line.partition("==")
        if here.get(name) != pin:
            yield f"{name} {here.get(name, 'not here')}, there {pin}"


# ------------------------------------------------------------------------------------------------- of experiments


def _make_again(
    folder: Path,
    manifest: Mapping[str, object],
    places: Mapping[str, str],
    *,
    n_rows: int | None,
    n_processes: int | None,
    progress: Tick,
) -> dict[str, object]:
    told = read_answer(folder)
    if _answered(folder, told) != told:
        raise JournalError("this is not the answer its rows lead to", file=folder / ANSWER)
    rows, groups = pq.read_table(folder / ROWS).to_pylist(), pq.read_table(folder / GROUPS).to_pylist()
    lens = Lens(to_us(told.late_after_s), to_us(float(str(manifest.get("warm_up_s", 0)))))
    tasks = {
        str(each["name"]): _task(folder, said(each, "scenario", dict, out=folder), places)
        for each in said(manifest, "alternatives", list, out=folder)
    }
    chosen = rows if n_rows is None else [rows[place * len(rows) // n_rows] for place in range(min(n_rows, len(rows)))]
    trials = [Trial(tasks[str(row["alternative"])], int(row["seed"]), lens) for row in chosen]
    n_done = 0
    with Workers(n_processes) as workers, closing(workers.results(try_out, trials)) as coming:
        for done in coming:
            _compare(chosen[done.place], groups, required(done), folder=folder)
            n_done += 1
            progress(f"{n_done} of {len(trials)} runs made again")
    return {"answer": "the one its rows lead to", "runs made again": f"{len(trials)} of {len(rows)}, all the same"}


def _answered(folder: Path, told: Answer) -> Answer:
    experiment = validated(read_yaml(folder / EXPERIMENT), Experiment)
    asked = Asked(
        name=told.name,
        question=told.question,
        targets=[Target.parse(text) for text in told.targets],
        half_width=experiment.replications.half_width,
        seed=experiment.seed,
        late_after_s=told.late_after_s,
        warm_up_s=told.warm_up_s,
    )
    return answer(tried_in(folder, told), asked)


def _task(folder: Path, scenario: dict[str, object], places: Mapping[str, str]) -> str:
    """A scenario with its files where they lie here."""
    here = deepcopy(scenario)
    for keys, _ in paths_in(scenario):
        *above, last = keys
        holder = at(here, above)
        holder[last] = places[str(holder[last])]  # type: ignore[index]
    return as_task(check(YamlDocument(folder / MANIFEST, here, {})))


def _compare(row: Row, groups: list[Row], made: Outcome, *, folder: Path) -> None:
    where = f"{row['alternative']}, seed {row['seed']}"
    for name, value in made.row.items():
        if row.get(name) != value:
            raise JournalError(f"{where}: {name} is {row.get(name)!r}, but comes out as {value!r}", file=folder / ROWS)
    own = [
        {name: value for name, value in group.items() if name not in LABELS}
        for group in groups
        if all(group[label] == row[label] for label in LABELS)
    ]
    if own != [dict(group) for group in made.groups]:
        raise JournalError(f"{where}: its groups of cases come out otherwise", file=folder / GROUPS)
