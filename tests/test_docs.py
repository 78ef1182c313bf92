"""What the documents say is so: their commands parse, every command is shown, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kg.cli import COMMANDS
from kg.cli import kg as program
from kg_command import ROOT, Kg

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")

#: Seconds that `kg --help` may take on a slow machine; the figure that we hold ourselves to is measured in tests/bench.
PATIENCE = 5.0


def commands(page: Path) -> list[str]:
    """The `kg …` lines of a page's shell blocks, without comments."""
    lines = "\n".join(BLOCK.findall(page.read_text(encoding="utf-8"))).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("kg ")]


SHOWN = [(page.relative_to(ROOT).as_posix(), line) for page in PAGES for line in commands(page)]


@pytest.mark.parametrize(("page", "line"), SHOWN)
def test_a_shown_command_parses(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = program
    context = click.Context(program)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found is not None, f"{page}: {line}"
        command = found
    command.make_context("kg", [word for word in words if word not in "><|"], resilient_parsing=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_shown_and_has_help_with_an_example(name: str, kg: Kg) -> None:
    assert any(line.startswith(f"kg {name}") for _, line in SHOWN), f"no page shows kg {name}"
    command = program.get_command(click.Context(program), name)
    assert command is not None
    for words, leaf in leaves(command, f"kg {name}"):
        assert "Example" in (leaf.help or ""), f"{words}: the help has no example"
        assert any(line.startswith(words) for _, line in SHOWN), f"no page shows {words}"


def leaves(command: click.Command, words: str) -> Iterator[tuple[str, click.Command]]:
    """The commands below a command, each with the words that call it."""
    if not isinstance(command, click.Group):
        yield words, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from leaves(below, f"{words} {name}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    dead = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert dead == []


def test_the_documented_session_runs(kg: Kg) -> None:
    """Every command of the curator's page that needs no input but the samples runs on them, in order."""
    (kg.folder / "labels").symlink_to(ROOT / "kg" / "samples")
    (kg.folder / "updates").symlink_to(ROOT / "kg" / "sample_updates")
    (kg.folder / "names.tsv").write_text("name\tkind\nasprin\tdrug\n", encoding="utf-8")
    ran = [line for line in commands(ROOT / "docs" / "curators.md") if "serve" not in line and "rrf" not in line]
    for line in ran:
        kg(*shlex.split(line, comments=True)[1:])
    assert len(ran) > 8


def test_every_exit_status_is_told() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "kg").rglob("*.py")]
    used = {status for text in sources for status in re.findall(r"^_?EXIT_\w+ = (\d)$", text, re.MULTILINE)}
    told = (ROOT / "README.md").read_text(encoding="utf-8").partition("Exit status:")[2].partition("\n\n")[0]
    assert used == {"1", "3", "4"}
    assert {f"{status} " for status in used} <= {told[at : at + 2] for at in range(len(told))}


def test_help_names_every_command_without_loading_one(kg: Kg) -> None:
    started = time.monotonic()
    shown = kg("--help")
    assert time.monotonic() - started < PATIENCE
    assert all(name in shown for name in COMMANDS)
