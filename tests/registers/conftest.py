"""Shared: a key, a profile of one's own, an ingest of a file, and a real PostgreSQL."""

import datetime as dt
import os
import pwd
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from evaltools.registers.extracts import read_profile
from evaltools.registers.ingest import ingest
from evaltools.registers.pseudonyms import Key

EXTRACT_DAY = dt.date(2020, 6, 30)


@pytest.fixture
def key() -> Key:
    return Key(b"a key for the tests, known to all readers")


@pytest.fixture
def take_in(project, key):
    """Ingest a file, given by its bytes, text or path, through a profile, given by its name or text."""

    for slug in ("samen-sterk", "x"):
        (project.programmes / f"{slug}.yaml").write_text("name: Proef\n", "utf-8")

    def take(content, profile="bus", *, name="extract.csv", **options):
        path = content
        if isinstance(content, bytes) or not re.match(r"[a-z+]+://", str(content)):
            path = project.root / name
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        if "\n" in profile:
            file = project.root / "own.yaml"
            file.write_text(profile, "utf-8")
            profile = str(file)
        options = {"extract_day": EXTRACT_DAY, "key": key, **options}
        return ingest(path, read_profile(profile), project=project, **options)

    return take


def _postgresql_programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory):
    """A PostgreSQL server of this test run's own, on this machine alone; the URL of its database.

    Where PostgreSQL is not installed the tests that need it are skipped, unless
    EVALTOOLS_TEST_POSTGRESQL is set, as CI does.
    """
    programs = _postgresql_programs()
    if programs is None:
        if os.environ.get("EVALTOOLS_TEST_POSTGRESQL"):
            pytest.fail("PostgreSQL is not installed; on Debian and Ubuntu: apt install postgresql")
        pytest.skip("PostgreSQL is not installed; on Debian and Ubuntu: apt install postgresql")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # The server refuses to run as root; the sockets' path must be short.
    folder = Path("/tmp") / f"evaltools-postgresql-{os.getpid()}"  # noqa: S108
    folder.mkdir(mode=0o700)
    user: list[str] = []
    if os.getuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        user = ["runuser", "-u", "postgres", "--"]

    def run(program, *arguments):
        done = subprocess.run(
            [*user, str(programs / program), *arguments], capture_output=True, text=True, check=False, cwd=folder
        )
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-D", f"{folder}/data", "-U", "tester", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-D", f"{folder}/data", "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
