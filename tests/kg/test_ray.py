"""A build on a Ray cluster of two nodes: the same graph, though a worker and a node are killed meanwhile."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from extractors.inputs import iter_items
from kg.comparing import compare
from kg.errors import RunnerError
from kg.pipeline import build
from kg.ray_joining import try_to
from kg.ray_runner import BATCH, RayRunner, apply_all, connected
from kg.runners import LocalRunner
from kg.stores.sqlite import open_store
from kg_command import ROOT, Kg
from ontologies.parcel import pack, unpack
from ontologies.pinned import pin
from ontologies.registry import open_lexicon

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

ray = pytest.importorskip("ray", reason="needs Ray: pip install 'medkg[ray]'")
pytestmark = [pytest.mark.xdist_group("ray"), pytest.mark.timeout(600)]

SAMPLES = ROOT / "kg" / "samples"
_SMALL: dict[str, Any] = {"num_cpus": 1, "object_store_memory": 400 << 20}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        # Where the functions of this file, and medkg, are found by the workers.
        environment.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        made = Cluster(initialize_head=True, head_node_args={**_SMALL, "include_dashboard": False})
        made.add_node(**_SMALL)
        made.wait_for_nodes()
        yield made
        made.shutdown()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def runner(cluster: Cluster) -> Iterator[RayRunner]:
    with connected(cluster.address) as made:
        yield made


def _double(number: int) -> int:
    return number * 2


def _die_of_13(number: int) -> int:
    if number == 13:
        os._exit(9)
    return number * 2


def _die_once(number: int, marks: Path) -> int:
    """Kills its worker the first time that it meets 5."""
    if number == 5 and not (marks / "5").exists():
        (marks / "5").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 2


def _slow_once(number: int, marks: Path) -> int:
    """Takes a minute for 7, but only the first time."""
    if number == 7 and not (marks / "7").exists():
        (marks / "7").touch()
        time.sleep(60)
    return number


def _at_length(number: int, marks: Path) -> bytes:
    """More than Ray sends along with the word that a task is done: it stays on the machine that ran it."""
    (marks / str(number)).touch()
    return bytes([number]) * (1 << 20)


def _fill_the_disk(number: int) -> int:
    raise OSError(28, "No space left on device")


def _with(function: Any, marks: Path) -> Any:
    from functools import partial

    return partial(function, marks=marks)


def test_every_item_gets_its_result_from_both_nodes(runner: RayRunner) -> None:
    assert dict(runner.run(_double, range(5 * BATCH + 1))) == {n: 2 * n for n in range(5 * BATCH + 1)}


def test_an_item_that_kills_its_worker_each_time_is_none_and_the_rest_is_done(runner: RayRunner) -> None:
    assert dict(runner.run(_die_of_13, range(20))) == {n: None if n == 13 else 2 * n for n in range(20)}


def test_what_a_killed_worker_had_is_done_again(runner: RayRunner, tmp_path: Path) -> None:
    assert dict(runner.run(_with(_die_once, tmp_path), range(20))) == {n: 2 * n for n in range(20)}
    assert (tmp_path / "5").exists()


def test_a_straggler_is_not_waited_for(runner: RayRunner, tmp_path: Path) -> None:
    started = time.monotonic()
    assert dict(runner.run(_with(_slow_once, tmp_path), range(20))) == {n: n for n in range(20)}
    assert time.monotonic() - started < 60


def test_items_are_taken_only_as_results_are(runner: RayRunner) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    results = RayRunner(batch=1, ahead=2).run(_double, items())
    next(results)
    assert len(taken) <= 8
    results.close()  # type: ignore[attr-defined]


def test_results_that_went_with_their_machine_are_made_again(
    cluster: Cluster, runner: RayRunner, tmp_path: Path
) -> None:
    lost = cluster.add_node(**_SMALL | {"num_cpus": 2})
    cluster.wait_for_nodes()
    results = RayRunner(batch=1).run(_with(_at_length, tmp_path), range(12))
    found = [next(results)]
    while len(list(tmp_path.iterdir())) < 12:
        time.sleep(0.05)
    cluster.remove_node(lost, allow_graceful=False)
    found += results
    assert {number: (data[:1], len(data)) for number, data in found if data} == {
        number: (bytes([number]), 1 << 20) for number in range(12)
    }


def test_another_medkg_on_a_machine_of_the_cluster_is_told_with_the_remedy() -> None:
    with pytest.raises(RunnerError, match=r"and this machine medkg 0\.0\.1: install the same"):
        apply_all("medkg 0.0.1", _double, [1])


def test_a_worker_that_cannot_do_it_is_told_in_a_sentence(runner: RayRunner) -> None:
    with pytest.raises(RunnerError, match=r"a worker of the Ray cluster failed .*No space left"):
        list(runner.run(_fill_the_disk, range(3)))


def test_the_graph_is_the_same_though_a_node_dies_in_the_middle(
    cluster: Cluster, runner: RayRunner, kg_home: Path, tmp_path: Path
) -> None:
    lost = cluster.add_node(**_SMALL)
    cluster.wait_for_nodes()
    pinned = pin(lexicon := open_lexicon(home=kg_home), home=kg_home)
    paths = [SAMPLES / "warfarin-tablets.xml", *sorted(SAMPLES.iterdir())]
    with open_store(str(tmp_path / "here"), mode="create") as here:
        build(iter_items(paths), here, lexicon=pinned, runner=LocalRunner())
    gone: list[bool] = []

    def lose(_: object) -> None:
        if not gone:
            gone.append(True)
            cluster.remove_node(lost, allow_graceful=False)

    def items() -> Iterator[Any]:
        for number, item in enumerate(iter_items(paths)):
            if number == 4:
                lose(None)
            yield item

    with open_store(str(tmp_path / "there"), mode="create") as there:
        done = build(items(), there, lexicon=pinned, runner=runner, on_progress=lose)
        assert gone
        assert done.quarantined == []
        with open_store(str(tmp_path / "here")) as here:
            assert list(compare(here, there)) == []
            assert there.get_stats().facts > 100
    assert lexicon.terminologies


def test_a_parcel_is_unpacked_once_and_opens_as_the_same_lexicon(kg_home: Path, tmp_path: Path) -> None:
    lexicon = open_lexicon(home=kg_home)
    parcel = pack(pin(lexicon, home=kg_home))
    fetched = iter([parcel])
    first, again = (unpack(parcel.digest, parcel.decisions, tmp_path / "cache", lambda: next(fetched)) for _ in "12")
    assert again == first
    opened = first.open()
    assert opened.stamp == lexicon.stamp
    assert opened.find("warfarin") == lexicon.find("warfarin") != []


def test_a_cluster_that_is_not_there_is_told_with_the_remedy() -> None:
    with pytest.raises(RunnerError, match="ray start --head"), connected("127.0.0.1:1"):
        pass


def test_a_cluster_that_is_slow_to_start_is_tried_again() -> None:
    tries: list[str] = []
    told: list[str] = []

    def start() -> None:
        tries.append("start")
        if len(tries) < 5:
            raise Exception("The current node timed out during startup.\nAnd more.")

    try_to(start, "local", remedy="wait", tries=3, undo=lambda: tries.append("undo"), on_wait=told.append)
    assert tries == ["start", "undo", "start", "undo", "start"]
    assert told[0] == "Ray did not start in time (The current node timed out during startup.): trying again, 2 more"
    tries.clear()
    with pytest.raises(RunnerError, match=r"'local' .*startup.*: wait"):
        try_to(start, "local", remedy="wait", tries=1)


def test_the_command_builds_on_ray(kg: Kg, tmp_path: Path) -> None:
    graph = tmp_path / "graph"
    kg("build", str(SAMPLES / "warfarin-tablets.xml"), "--graph", str(graph), "--ray", "local")
    with open_store(str(graph)) as store:
        assert store.get_stats().facts > 10


def test_an_interrupt_leaves_no_process_behind(kg: Kg, tmp_path: Path) -> None:
    labels = tmp_path / "labels"
    labels.mkdir()
    for number in range(3000):
        (labels / f"{number}.xml").symlink_to(SAMPLES / "warfarin-tablets.xml")
    command = psutil.Process(kg.start("build", labels, "--ray", "local").pid)
    below: list[psutil.Process] = []
    while not any("ray::apply_all" in word for one in below for word in _words(one)):
        time.sleep(0.2)
        below = command.children(recursive=True)
    command.send_signal(signal.SIGINT)
    # Ray's agents look every few seconds whether their node is still there.
    gone, left = psutil.wait_procs([command, *below], timeout=120)
    assert left == []
    assert gone


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
