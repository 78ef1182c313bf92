"""What is typed after `kg embed train`: what it comes to elsewhere, and what is refused before anything begins."""

from __future__ import annotations

import shlex
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import click
import numpy as np
import pytest

from kg.cli import kg as program
from kg.commands.embed.typed import type_again
from kg.embed.device import DeviceError, enough_memory, get_device
from kg.embed.errors import TrainingError
from kg_command import Kg, KgHere

PLACES = ("model", "graph", "records", "key_file")


@pytest.fixture
def here(kg_home: Path, tmp_path: Path) -> Kg:
    return KgHere(kg_home, tmp_path)


def context_of(*words: str) -> click.Context:
    """What `kg embed train` makes of words."""
    context = click.Context(program, info_name="kg")
    command: click.Command = program
    for name in ("embed", "train"):
        assert isinstance(command, click.Group)
        found = command.get_command(context, name)
        assert found is not None
        command = found
        context = found.make_context(name, list(words) if name == "train" else ["train"], parent=context)
    return context


def test_the_command_again_does_not_hang_on_folder_or_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_GRAPH", "drugs")
    (tmp_path / "mine.toml").touch()
    with chdir(tmp_path):
        typed = ("--config", "mine.toml", "--set", "rank=8", "--set", "epochs=2", "--drop-leaks", "--json")
        again = shlex.split(type_again(context_of(*typed), always=("model", "graph"), files=("config",)))
    assert again[:3] == ["kg", "embed", "train"]
    told = context_of(*again[3:]).params
    assert told["graph"] == tmp_path / "drugs"
    assert told["config"] == str(tmp_path / "mine.toml")
    assert (told["model"], told["values"], told["drop_leaks"]) == ("complex", ("rank=8", "epochs=2"), True)
    assert "--json" not in again
    assert "--valid" not in again


def test_a_preset_a_server_and_two_days_stay_as_they_are(tmp_path: Path) -> None:
    typed = (
        "--config",
        "umls",
        "--graph",
        "neo4j://host:1/db",
        "--split",
        "time",
        "--days",
        "2024-01-01",
        "2025-01-01",
    )
    with chdir(tmp_path):
        again = shlex.split(type_again(context_of(*typed), always=PLACES, files=("config",)))
    told = context_of(*again[3:]).params
    assert (told["config"], told["graph"]) == ("umls", "neo4j://host:1/db")
    assert told["days"] == ("2024-01-01", "2025-01-01")
    assert told["records"].is_absolute()
    assert "--key-file" in again


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--model", "me2vec", "--split", "time", "--valid", "0.3"), "--split, --valid"),
        (("--model", "me2vec", "--drop-leaks"), "--drop-leaks means nothing here: me2vec learns from records"),
        (("--model", "me2vec", "--refit"), "--refit"),
        (("--model", "gnn", "--records", "records"), "--records means nothing here: gnn learns from facts"),
        (("--triples", ".", "--test", "0.2"), "--test means nothing here: --triples is divided by its files"),
        (("--days", "2024-01-01", "2025-01-01"), "it goes with --split time"),
        (("--area", "MONDO:1"), "it goes with --split area"),
    ],
)
def test_what_has_no_meaning_beside_other_options_is_refused(words: tuple[str, ...], told: str, here: Kg) -> None:
    done = here.run("embed", "train", *words)
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize("name", ["xpu", "meta", "cpu:x", "nothing"])
def test_only_what_is_computed_on_is_a_device(name: str) -> None:
    with pytest.raises(DeviceError, match="use auto, cpu, cuda or cuda:N"):
        get_device(name)


def test_too_little_memory_is_one_sentence() -> None:
    with pytest.raises(TrainingError, match="memory is too small"), enough_memory():
        np.empty(10**17)
    torch = pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")
    for size in ((10**15,), (2**62, 2**62)):
        with pytest.raises(TrainingError, match=r"memory is too small.*rank"), enough_memory():
            torch.empty(size)
    with pytest.raises(RuntimeError, match="must match"), enough_memory():
        torch.zeros(2) + torch.zeros(3)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--set", "skipgram.foo=1"), "is no setting"),
        (("--set", "foo=1"), "is no setting"),
        (("--key-file", "nowhere.key"), "nowhere.key"),
    ],
)
def test_settings_and_key_of_records_are_looked_at_before_torch_is_loaded(
    words: tuple[str, ...], told: str, kg_home: Path, small_graph: Path
) -> None:
    kg = Kg(kg_home, small_graph.parent)
    line = ["kg", "embed", "train", "--model", "me2vec", "--graph", str(small_graph), *words]
    script = (
        f"import sys; sys.argv = {line!r}\nfrom kg.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], env=kg.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert told in done.stderr
