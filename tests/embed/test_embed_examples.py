"""Every example of `kg embed`, of its page and of its help, does what it says on the bundled labels and records."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from kg.commands.embed import COMMANDS
from kg.commands.embed import command as group
from kg.embed.shelf import Shelf
from kg_command import ROOT, Kg, KgHere

pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")

#: What makes trainings short, by model, and keeps them on the CPU.
SHORT = {
    "me2vec": ("skipgram.epochs=1", "givers.epochs=1", "line.epochs=1"),
    "gnn": ("epochs=2", "width=16"),
    "complex": ("epochs=2", "rank=4"),
}
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)

#: Those that need a server, or a text encoder; and the graph of the demonstration, built here without its service.
ELSEWHERE = ("neo4j://", "names=encoded", "kg demo")

#: What the bundled records are too few for, and how that is told.
TOO_FEW = {
    "--config paper": "nothing is left to learn from",
    "embed evaluate me2vec": "the records are too few to tell what me2vec is worth",
}


def iter_examples() -> Iterator[str]:
    """The lines of the page in their order, then those of the help."""
    page = (ROOT / "docs" / "embeddings.md").read_text(encoding="utf-8")
    for block in BLOCK.findall(page):
        yield from (line for line in block.splitlines() if line.startswith("kg "))
    context = click.Context(group)
    for name in COMMANDS:
        found = group.get_command(context, name)
        assert found is not None
        yield from re.findall(r"^ *(?:Examples?:)? *(kg embed .*)$", found.help or "", re.MULTILINE)


def find_lines() -> list[str]:
    """The examples that run without a server, each once."""
    return [line for line in dict.fromkeys(iter_examples()) if not any(word in line for word in ELSEWHERE)]


def to_be_run(line: str) -> tuple[str, ...]:
    """The words of a line, a training made short."""
    words = shlex.split(line, comments=True)[1:]
    if words[1] not in ("train", "classify"):
        return tuple(words)
    model = "gnn" if words[1] == "classify" else words[words.index("--model") + 1] if "--model" in words else "complex"
    short = [word for value in SHORT.get(model, SHORT["complex"]) for word in ("--set", value)]
    return (*words, *short, "--device", "cpu", *(["--no-pictures"] if words[1] == "train" else []))


@pytest.fixture(scope="module")
def demo(kg_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Kg:
    """The graph of the bundled labels, and the bundled records beside it."""
    kg = KgHere(kg_home, tmp_path_factory.mktemp("examples"))
    kg("build", ROOT / "kg" / "samples")
    kg("records", "ingest", "--samples", "--records", "records", "--key-file", "records.key")
    shutil.copytree(ROOT / "kg" / "record_samples", kg.folder / "more-records")
    (kg.folder / "mine.toml").write_text("epochs = 2\n", encoding="utf-8")
    return kg


def write_facts(kg: Kg) -> None:
    """Facts that nobody stated: of one drug and many findings."""
    vectors = Shelf(kg.graph).open("complex").vectors
    kinds = dict(zip(vectors.names, vectors.kinds, strict=True))
    drug = next(name for name, kind in kinds.items() if kind == "drug")
    rows = (f"{drug}\tcauses_adverse_event\t{name}\n" for name, kind in kinds.items() if kind == "finding")
    (kg.folder / "mine.tsv").write_text("".join(rows), encoding="utf-8")


def run(kg: Kg, line: str) -> None:
    """Runs a line; what needs more records than are bundled says so."""
    told = next((told for words, told in TOO_FEW.items() if words in line), None)
    if told is None:
        kg(*to_be_run(line))
        return
    done = kg.run(*to_be_run(line))
    assert done.returncode == 1, line
    assert told in done.stderr


@pytest.mark.timeout(900)
def test_every_example_of_a_graph_or_records_runs(demo: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_RECORDS", str(demo.folder / "records"))
    monkeypatch.setenv("KG_RECORDS_KEY", str(demo.folder / "records.key"))
    lines = [line for line in find_lines() if "--triples" not in line]
    first = [line for line in lines if "embed train" in line]
    last = [line for line in lines if "embed remove" in line]
    assert len(first) > 5
    for line in first:
        run(demo, line)
    write_facts(demo)
    for line in (line for line in lines if line not in {*first, *last}):
        for written in demo.folder.glob("vectors.*"):
            written.unlink()
        run(demo, line)
    for line in last:
        if shlex.split(line)[3] in Shelf(demo.graph).names():
            run(demo, line)


def test_every_example_of_a_benchmark_runs(kg_home: Path, tmp_path: Path, shared_data: Callable[[str], Path]) -> None:
    kg = KgHere(kg_home, tmp_path)
    for name in ("codex-s", "umls"):
        (tmp_path / name).symlink_to(shared_data(f"kg/{name}"))
    lines = [line for line in find_lines() if "--triples" in line]
    assert len(lines) > 1
    for line in lines:
        run(kg, line)
