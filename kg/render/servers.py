"""`kg neo4j`: where a local server answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from kg.neo4j_server.place import Place
from kg.neo4j_server.state import Running
from kg.render.console import make_console, make_table, print_json
from kg.stores.neo4j.initialising import Initialised


def print_started(running: Running, *, started: bool, as_json: bool) -> None:
    """Print where a server answers that was started now, or that ran already."""
    if as_json:
        print_json(_form(running) | {"started": started})
        return
    console = make_console()
    console.print(
        f"{running.name}: {'started' if started else 'runs already'}, Neo4j {running.version}{_options(running)}"
    )
    _print_address(running)
    console.print(f"stop it with: kg neo4j stop --name {running.name}", style="dim")


def print_stopped(place: Place, *, stopped: bool, as_json: bool) -> None:
    """Print whether a server was stopped, or did not run."""
    if as_json:
        print_json({"name": place.name, "stopped": stopped, "folder": str(place.folder)})
        return
    make_console().print(f"{place.name}: {'stopped' if stopped else 'did not run'}; its data are in {place.folder}")


def print_servers(servers: Sequence[tuple[Place, Running | None]], *, as_json: bool) -> None:
    """Print each server, and where it answers if it runs."""
    if as_json:
        print_json([_form(running) if running else _stopped_form(place) for place, running in servers])
        return
    console = make_console()
    if not servers:
        console.print("no server was started yet: `kg neo4j start` starts one")
        return
    table = make_table("name", "state", "uri", "http", "folder")
    for place, running in servers:
        where = (running.uri, running.http_uri or "") if running else ("", "")
        table.add_row(place.name, "runs" if running else "stopped", *where, str(place.folder))
    console.print(table)
    console.print("the user is neo4j, the password stands in the file `password` of the folder", style="dim")


def print_initialised(done: Initialised, *, as_json: bool) -> None:
    """Print what was made for a graph on a server."""
    if as_json:
        print_json(asdict(done))
        return
    console = make_console()
    made = f"made {len(done.made)} constraints and indexes" if done.made else "all constraints and indexes are there"
    console.print(f"{done.url}: Neo4j {done.engine.version} ({done.engine.edition}), {made}")
    for name in done.made:
        console.print(f"  {name}", style="dim")
    if done.service_user:
        console.print(f"{done.service_user} may read, and nothing else")
    if done.refused:
        console.print(done.refused, style="yellow")
    console.print(f"fill it with: kg build LABELS --graph {done.url}", style="dim")


def _print_address(running: Running) -> None:
    table = make_table("", "")
    table.show_header = False
    table.add_row("uri", running.uri)
    if running.http_uri:
        table.add_row("http", running.http_uri)
    table.add_row("user", running.user)
    table.add_row("password", f"in {running.password_file}")
    table.add_row("folder", str(running.folder))
    make_console().print(table)


def _form(running: Running) -> dict[str, object]:
    return {
        "name": running.name,
        "running": True,
        "uri": running.uri,
        "http_uri": running.http_uri,
        "user": running.user,
        "password_file": str(running.password_file),
        "version": running.version,
        "pid": running.pid,
        "folder": str(running.folder),
        "options": _options_form(running),
    }


def _options_form(running: Running) -> dict[str, object] | None:
    options = running.options
    if options is None:
        return None
    return {"heap": options.heap, "pagecache": options.pagecache, "read_only": options.read_only}


def _options(running: Running) -> str:
    options = running.options
    if options is None:
        return ""
    return f", {'read-only' if options.read_only else 'writable'}, heap {options.heap}, page cache {options.pagecache}"


def _stopped_form(place: Place) -> dict[str, object]:
    return {"name": place.name, "running": False, "folder": str(place.folder)}
