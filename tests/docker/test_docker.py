"""The image and the composition, as far as they can be tried where no Docker engine is.

Linter and schema are the real ones; the install steps of the image run as a plain script in an empty folder; the
database's configuration is read by the real Neo4j.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml

from dockerfile import Stage, read_stages, run_install_steps
from kg.neo4j_server.java import find_java
from kg.neo4j_server.program import VERSION, jars_folder
from kg_command import ROOT

DOCKER = ROOT / "docker"


@pytest.fixture(scope="module")
def stages() -> list[Stage]:
    """The stages of the image's build."""
    return read_stages(DOCKER / "Dockerfile")


@pytest.fixture(scope="module")
def composition() -> dict[str, Any]:
    """The composition, with its aliases resolved."""
    read: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    return read


def tool(name: str) -> str:
    """The path of a program that the extra dev brings."""
    found = shutil.which(name, path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    if found is None:
        pytest.skip(f"needs {name}: install the extra dev")
    return found


def test_the_linter_has_nothing_to_say() -> None:
    done = subprocess.run([tool("hadolint"), DOCKER / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_composition_fits_the_schema_of_compose() -> None:
    command = [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(DOCKER / "compose.yaml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_last_stage_is_small_and_nobody_there_is_root(stages: list[Stage]) -> None:
    build, last = stages
    assert build.base == last.base and last.base.endswith("-slim-bookworm")
    assert last.all("RUN") == [] and all("--from=build" in one.flags for one in last.all("COPY"))
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last.only("USER"))
    assert last.only("EXPOSE") in last.only("CMD") and last.only("EXPOSE") in last.only("HEALTHCHECK")


def test_what_is_copied_is_there_and_let_into_the_context(stages: list[Stage]) -> None:
    let_in = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    for one in stages[0].all("COPY"):
        for source in one.text.split()[:-1]:
            assert (ROOT / source).exists() and f"!{source}" in let_in, source


def test_no_service_is_root_writes_its_root_or_gains_rights(composition: dict[str, Any]) -> None:
    for name, service in composition["services"].items():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", service["user"]), name
        assert service["mem_limit"] and service["pids_limit"], name
        assert "latest" not in service["image"] and ":" in service["image"], name


def test_only_the_service_is_reached_and_only_from_this_machine(composition: dict[str, Any]) -> None:
    services = composition["services"]
    assert {name for name, service in services.items() if "ports" in service} == {"medkg"}
    assert all(port.startswith("127.0.0.1:") for port in services["medkg"]["ports"])
    assert composition["networks"]["back"]["internal"] is True
    assert services["neo4j"]["networks"] == services["load"]["networks"] == ["back"]


def test_secrets_are_files_and_stand_in_no_variable(composition: dict[str, Any]) -> None:
    assert {tuple(secret) for secret in composition["secrets"].values()} == {("file",)}
    for service in composition["services"].values():
        assert not [key for key in service["environment"] if "PASSWORD" in key and not key.endswith("_FILE")]


def test_the_database_is_the_release_that_is_tested(composition: dict[str, Any]) -> None:
    assert composition["services"]["neo4j"]["image"] == f"neo4j:{VERSION}-community"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_the_password_is_made_once_by_chance_in_a_folder_of_its_owner(tmp_path: Path) -> None:
    words = ["make", "--file", str(ROOT / "Makefile"), "docker/secrets/neo4j_password"]
    file = tmp_path / "docker" / "secrets" / "neo4j_password"
    made = []
    for _ in range(2):
        subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
        made.append(file.read_text())
    assert made[0] == made[1] and re.fullmatch(r"[0-9a-f]{48}", made[0])
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_neo4j_takes_the_configuration(neo4j_program: Path, tmp_path: Path) -> None:
    for name in ("plugins", "conf"):
        (tmp_path / name).mkdir()
    conf = (DOCKER / "neo4j" / "neo4j.conf").read_text()
    options = re.findall(r"^server\.jvm\.additional=(.*)$", conf, re.MULTILINE)
    lib = f"server.directories.lib={jars_folder(neo4j_program)}\n"
    (tmp_path / "conf" / "neo4j.conf").write_text(lib + conf)
    environment = {**os.environ, "NEO4J_HOME": str(tmp_path), "NEO4J_CONF": str(tmp_path / "conf")}
    environment.pop("JAVA_TOOL_OPTIONS", None)
    words = ["-cp", f"{jars_folder(neo4j_program)}/*", "org.neo4j.server.startup.Neo4jAdminCommand"]
    done = subprocess.run(
        [find_java(), *options, *words, "server", "validate-config"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_install_steps_of_the_image_give_a_service_that_answers(stages: list[Stage], tmp_path: Path) -> None:
    build, last = stages
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "python").symlink_to(sys.executable)
    kept = {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_", "HOME", "LANG"))
    }
    paths = run_install_steps(build, ROOT, tmp_path / "root", {**kept, "PATH": f"{bin_}:/usr/bin:/bin"})

    state, program = paths["STATE"], paths["MEDKG"]
    environment = {"PATH": f"{program / 'bin'}:/usr/bin:/bin", "KG_HOME": str(state), "HOME": "/nonexistent"}
    samples = next(program.glob("lib/*/site-packages/kg/samples"))
    subprocess.run([program / "bin" / "kg", "build", samples], env=environment, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = [port if word == last.only("EXPOSE") else word for word in json.loads(last.only("CMD"))]
    service = subprocess.Popen([program / "bin" / "kg", *words], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert service.stdout is not None and "GraphQL at" in service.stdout.readline()
        check = json.loads(last.only("HEALTHCHECK").partition("CMD ")[2].replace(last.only("EXPOSE"), port))
        assert subprocess.run(check, env=environment).returncode == 0
        with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            assert json.load(answer) == {"status": "ready"}
    finally:
        service.terminate()
        service.wait()
