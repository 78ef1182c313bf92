"""The service as a process: it starts on a free port, answers, serves GraphiQL by itself, and ends when told to."""

from __future__ import annotations

import re
import shutil
import signal
import socket
from pathlib import Path

import httpx
import pytest

from browser import find_chromium, open_page
from kg_command import Kg
from kgql.serve import LexiconOnceThere
from ontologies.lexicon import Lexicon
from service_process import serving


def test_it_answers_on_the_address_it_prints_and_ends_gracefully(small_graph: Path) -> None:
    with serving(small_graph) as (url, process):
        answer = httpx.post(url, json={"query": '{ concept(id: "drugbank:DB00682") { name } }'})
        assert answer.json() == {"data": {"concept": {"name": "warfarin"}}}
        assert httpx.get(url.replace("/graphql", "/readyz")).json() == {"status": "ready"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_several_processes_answer_on_one_address(small_graph: Path) -> None:
    with serving(small_graph, "--workers", "2") as (url, process):
        for _ in range(20):
            answer = httpx.post(url, json={"query": "{ meta { counts { documents } } }"}, timeout=30)
            assert answer.json()["data"]["meta"]["counts"]["documents"] == 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_a_port_that_is_taken_is_one_sentence(small_graph: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = Kg(small_graph.parent / "home", small_graph.parent).run(
            "serve", "--graph", small_graph, "--port", str(port)
        )
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_graphiql_runs_a_query_and_asks_nobody_else(small_graph: Path, tmp_path: Path) -> None:
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("needs chromium: apt-get install chromium, to see GraphiQL run without internet")
    with serving(small_graph) as (url, _), open_page(chromium, tmp_path) as page:
        page.call("Page.navigate", url=url)
        page.wait_for("document.querySelector('.graphiql-execute-button') !== null")
        page.wait_for("document.querySelector('.graphiql-query-editor .CodeMirror') !== null")
        page.evaluate("document.querySelector('.graphiql-execute-button').click()")
        page.wait_for("document.querySelector('.result-window')?.innerText.includes('华法林')")
        origin = url.removesuffix("/graphql")
        assert [asked for asked in page.requests if not asked.startswith((origin, "data:", "about:"))] == []
        assert page.errors == []
        assert len([asked for asked in page.requests if asked == url]) >= 2


def test_the_page_allows_no_foreign_script(small_graph: Path) -> None:
    with serving(small_graph) as (url, _):
        page = httpx.get(url, headers={"accept": "text/html"})
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "http" not in re.sub(r"<!doctype html>", "", page.text).replace("graphql/static", "")
        asked = httpx.get(url)
        assert (asked.status_code, asked.headers["allow"]) == (405, "POST")
        static = url + "/static/"
        assert httpx.get(static + "graphiql.min.js").status_code == 200
        assert httpx.get(static + "..%2fapp.py").status_code == 404


def test_a_lexicon_that_is_compiled_later_is_read_then(tmp_path: Path, kg_home: Path) -> None:
    """Without it a service knows less of what a label forbids."""
    folder = tmp_path / "lexicon"
    get_lexicon = LexiconOnceThere(folder)
    assert get_lexicon() is None
    folder.mkdir()
    assert get_lexicon() is None
    shutil.copytree(kg_home / "lexicon", folder, dirs_exist_ok=True)
    assert isinstance(get_lexicon(), Lexicon)
