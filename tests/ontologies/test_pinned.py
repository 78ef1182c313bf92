"""A lexicon that is pinned stays what it was for all processes of a run, whatever is compiled or decided meanwhile."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from ontologies.compiled import write_files
from ontologies.decided import open_decided
from ontologies.decisions import Action, Line, open_log
from ontologies.errors import LexiconError
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Decision, Kind, TerminologyInfo, Verdict
from ontologies.pinned import Pinned, pin

INFO = TerminologyInfo("test", "", "Test", "1", "", "")


def compile_names(folder: Path, *names: str) -> None:
    """Compiles a lexicon of diseases with these names."""
    concepts = [Concept(f"mesh:D{name}", name, Kind.DISEASE) for name in names]
    write_files(folder, [(INFO, concepts)])


def decide(home: Path, name: str, curie: str) -> None:
    decision = Decision("", name, Kind.DISEASE, Verdict.EXACT, curie, name, "ann", "", "", "")
    open_log(home=home).append([Line(Action.DECIDE, "ann", decision=decision)])


def found(pinned: Pinned) -> tuple[str, list[str]]:
    """What another process finds: the stamp, and the concepts of two names."""
    lexicon = pinned.open()
    return lexicon.stamp, [match.curie for name in ("gout", "podagra", "rust") for match in lexicon.find(name)]


@pytest.mark.parametrize("decided", [False, True])
def test_another_process_opens_what_was_pinned(tmp_path: Path, decided: bool) -> None:
    compile_names(tmp_path / "lexicon", "gout")
    if decided:
        decide(tmp_path, "podagra", "mesh:Dgout")
    lexicon = open_decided(tmp_path / "lexicon")
    pinned = pin(lexicon, home=tmp_path)
    before = found(pinned)
    compile_names(tmp_path / "lexicon", "gout", "rust")
    decide(tmp_path, "rust", "mesh:Dgout")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(found, pinned).result() == before
    assert before == (lexicon.stamp, ["mesh:Dgout"] * (2 if decided else 1))
    now = open_decided(tmp_path / "lexicon")
    assert now.stamp != lexicon.stamp


def test_what_was_let_go_is_told(tmp_path: Path) -> None:
    compile_names(tmp_path / "lexicon", "gout")
    pinned = pin(Lexicon.open(tmp_path / "lexicon"), home=tmp_path)
    for names in (["a"], ["b"], ["c"]):
        compile_names(tmp_path / "lexicon", *names)
    with pytest.raises(LexiconError, match="run the same command again"):
        pinned.open()
    with pytest.raises(LexiconError, match="in memory"):
        pin(Lexicon.of([]))
