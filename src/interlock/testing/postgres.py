"""A private PostgreSQL cluster that lives as long as a `with` block.

Its one rule: it leaves nothing behind, neither a process nor a file, and it never touches a
cluster that it did not make. It listens on the loopback address alone, on a free port, with a
random password. PostgreSQL refuses to run as root, so as root it runs as another user.

    python -m interlock.testing.postgres COMMAND...    runs COMMAND beside a fresh cluster
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

from interlock.errors import InterlockError

HOST: Final = "127.0.0.1"
USER: Final = "interlock"
URL_VARIABLE: Final = "INTERLOCK_DATABASE_URL"

START_TRIES: Final = 3  # another program may take the free port before PostgreSQL does
WAIT_SECONDS: Final = 60  # for one start, stop or command; each takes under two on an idle machine
LOG_TAIL_LINES: Final = 12

# Users that exist to own no files; the first one found runs the server when we are root.
UNPRIVILEGED_USERS: Final = ("postgres", "nobody")

_DEFAULT_OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"max_connections": "200", "unix_socket_directories": "''", "timezone": "'UTC'"}
)
# A test's database dies with the test: surviving a power cut would only cost time.
_FAST_OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)


class PostgresMissing(InterlockError):
    """No PostgreSQL server programs are on this machine."""

    code = "postgres_missing"

    def __str__(self) -> str:
        return (
            "no PostgreSQL server programs (initdb, pg_ctl) were found on PATH, by pg_config or "
            "under /usr/lib/postgresql; install the postgresql server package"
        )


class PostgresFailed(InterlockError):
    """A PostgreSQL program did not do what it was asked."""

    code = "postgres_failed"

    def __init__(self, program: str, output: str) -> None:
        super().__init__(program, output)
        self.program, self.output = program, output

    def __str__(self) -> str:
        return f"{self.program} failed with {self.output.strip()!r}; mend that and start again"


def find_server_programs() -> Path | None:
    """The folder that holds initdb and pg_ctl, the newest version first; None without one."""
    folders = [*_on_path(), *_told_by_pg_config(), *_in_debian_folders()]
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


class PrivatePostgres:
    """A running cluster between `__enter__` and `__exit__`; its databases are reached by URL."""

    def __init__(self, *, durable: bool = False, options: Mapping[str, str] | None = None) -> None:
        """A cluster that is not started yet.

        durable: keep PostgreSQL's promises about power cuts; a benchmark must, a test need not.
        options: lines for postgresql.conf, values quoted as there; they win over our own.
        Raises: PostgresMissing when the machine has no server programs.
        """
        programs = find_server_programs()
        if programs is None:
            raise PostgresMissing
        self._programs = programs
        self._account = _unprivileged_account()
        self._password = secrets.token_urlsafe(16)
        self._options = {
            **_DEFAULT_OPTIONS,
            **({} if durable else _FAST_OPTIONS),
            **(options or {}),
        }
        self._port = 0
        self._folder = Path()

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="interlock-postgres-"))
        try:
            self._initialise()
            self._start()
        except BaseException:
            self._leave_nothing()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave_nothing()

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database of this cluster, password included."""
        return f"postgresql+psycopg://{USER}:{self._password}@{HOST}:{self._port}/{database}"

    def create(self, database: str) -> str:
        """The URL of a new, empty database. Raises: PostgresFailed when the name is taken."""
        self._client("createdb", database)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Removes a database, ending the sessions that still use it."""
        self._client("dropdb", "--force", "--if-exists", database)

    def _initialise(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(self._password)
        if self._account is not None:
            for path in (self._folder, password_file):
                os.chown(path, *self._account)
        self._run(
            "initdb",
            f"--pgdata={self._data}",
            f"--username={USER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",  # the one locale every machine has
            "--no-sync",
        )
        password_file.unlink()

    def _start(self) -> None:
        for tries_left in reversed(range(START_TRIES)):
            self._port = free_port()
            self._write_options()
            try:
                self._control("start", f"--log={self._log}")
            except PostgresFailed as failure:
                if not tries_left:
                    raise PostgresFailed("postgres", self._log_tail()) from failure
            else:
                return

    def _write_options(self) -> None:
        options = {**self._options, "listen_addresses": f"'{HOST}'", "port": str(self._port)}
        with (self._data / "postgresql.conf").open("a") as conf:  # the last line of a name wins
            conf.writelines(f"{name} = {value}\n" for name, value in options.items())

    def _leave_nothing(self) -> None:
        try:
            if (self._data / "postmaster.pid").exists():
                # The files go next, so a clean checkpoint would be work for nothing.
                self._control("stop", "--mode=immediate")
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _log_tail(self) -> str:
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def _control(self, action: str, *arguments: str) -> None:
        self._run("pg_ctl", action, f"--pgdata={self._data}", "--wait", *arguments)

    def _client(self, program: str, *arguments: str) -> None:
        where = (f"--host={HOST}", f"--port={self._port}", f"--username={USER}", "--no-password")
        self._run(program, *where, *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        uid, gid = self._account or (None, None)
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            cwd=self._folder,  # ours may be one that the other user cannot enter
            env={**os.environ, "PGPASSWORD": self._password, "LC_ALL": "C"},
            user=uid,
            group=gid,
            extra_groups=None if gid is None else [],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS,
            check=False,
        )
        if done.returncode:
            raise PostgresFailed(program, done.stderr or done.stdout)


def run_beside(command: Sequence[str]) -> int:
    """The exit status of `command`, run with URL_VARIABLE naming a fresh database."""
    with PrivatePostgres() as cluster:
        environment = {**os.environ, URL_VARIABLE: cluster.create(USER)}
        return subprocess.run(command, env=environment, check=False).returncode


def _on_path() -> list[Path]:
    found = shutil.which("initdb")
    return [Path(found).resolve().parent] if found else []


def _told_by_pg_config() -> list[Path]:
    pg_config = shutil.which("pg_config")
    if pg_config is None:
        return []
    told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
    return [Path(told.stdout.strip())] if told.returncode == 0 else []


def _in_debian_folders() -> list[Path]:
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    return sorted(folders, key=lambda f: f.parent.name.zfill(4), reverse=True)


def _unprivileged_account() -> tuple[int, int] | None:
    """The (uid, gid) to run the server as; None when we are not root and need no other."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_USERS:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return account.pw_uid, account.pw_gid
    raise PostgresFailed("initdb", "we are root, and there is no user to run PostgreSQL as")


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    """The exit status for the shell: the command's own, 2 for wrong use, 3 without PostgreSQL."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if not sys.argv[1:]:
        sys.stderr.write("usage: python -m interlock.testing.postgres COMMAND...\n")
        return 2
    try:
        return run_beside(sys.argv[1:])
    except InterlockError as problem:
        sys.stderr.write(f"{problem}\n")
        return 3


if __name__ == "__main__":
    sys.exit(main())
