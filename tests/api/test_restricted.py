"""The quotes of restricted evidence over HTTP: withheld, but from who bears a token."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from kg.stores.sqlite import open_store
from kgql.scope import Scope
from service_process import serving
from tests.graphs import EMBOLISM, WARFARIN, contribution, evidence

SECRET = "she took warfarin for her embolism"
TOKEN = "correct horse battery staple"
DIGEST = sha256(TOKEN.encode()).hexdigest()
QUERY = """{
  facts(first: 9) { edges { evidenceCount evidence { quote restricted document { restricted sections { text } } } } }
  document(id: "cohort:c/x/notes") { restricted sections { title text } }
}"""


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    row = evidence(WARFARIN, "indicated_for", EMBOLISM, document="cohort:c/x/notes", quote=SECRET)
    made = contribution(row, document="cohort:c/x/notes")
    with open_store(str(tmp_path / "graph"), mode="create") as store:
        store.put([replace(made, document=replace(made.document, restricted=True))])
    return tmp_path / "graph"


@pytest.fixture
def home(graph: Path) -> Path:
    """The KG_HOME of the service, with the hash of a token."""
    home = graph.parent / "home"
    home.mkdir()
    (home / "config.toml").write_text(f'[serve]\nrestricted_tokens = ["{DIGEST}"]\n')
    return home


def ask(url: str, authorization: str = "") -> tuple[str, dict[str, Any]]:
    """The answer as text, and the row of evidence in it."""
    headers = {"authorization": authorization} if authorization else {}
    answer = httpx.post(url, json={"query": QUERY}, headers=headers, timeout=30)
    assert answer.status_code == 200
    ((edge,),) = [answer.json()["data"]["facts"]["edges"]]
    assert edge["evidenceCount"] == 1
    (row,) = edge["evidence"]
    return answer.text, row


def test_a_token_shows_the_quotes_for_its_request_alone(graph: Path, home: Path) -> None:
    with serving(graph) as (url, _):
        for wrong in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {DIGEST}"):
            text, row = ask(url, wrong)
            assert (row["quote"], row["restricted"]) == ("", True)
            assert SECRET not in text
        for right in (f"Bearer {TOKEN}", f"bearer  {TOKEN}"):
            text, row = ask(url, right)
            assert (row["quote"], row["restricted"]) == (SECRET, True)
            assert text.count(SECRET) == 3
        assert SECRET not in ask(url)[0]


def test_without_tokens_no_bearer_is_known_and_with_the_option_everyone_is(graph: Path) -> None:
    with serving(graph) as (url, _):
        assert SECRET not in ask(url, f"Bearer {TOKEN}")[0]
    with serving(graph, "--restricted") as (url, _):
        assert ask(url)[1]["quote"] == SECRET


def test_an_empty_token_is_never_known() -> None:
    scope = Scope(tokens=(sha256(b"").hexdigest(), DIGEST))
    assert [scope.covers(header) for header in ("", "Bearer", "Bearer ", f"Bearer {TOKEN}")] == [
        False,
        False,
        False,
        True,
    ]
