"""The commands that run the service, as programs of their own."""

import os
import signal
import socket
import subprocess
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest

from config.settings import Settings
from service.cli.deployment import Deployment
from service.cli.server import last_place
from tests.cli.conftest import Kept, Run, environment, free_port, start

ENDS_WITHIN_S = 60


def alive(port: int) -> bool:
    call = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        call.request("GET", "/healthz")
        return call.getresponse().status == 200
    except OSError:
        return False
    finally:
        call.close()


def children(process: subprocess.Popen[str]) -> list[int]:
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [pid for pid in map(int, found.split()) if b"spawn_main" in command(pid)]


def command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_up_says_when_it_is_ready_and_ends_when_asked(
    program: list[str], tmp_path: Path, asked: signal.Signals
) -> None:
    port = free_port()
    process = start(program, tmp_path, "up", "--port", str(port))
    assert process.stdout is not None
    assert process.stdout.readline() == f"Fengqiao ready: http://127.0.0.1:{port}\n"
    assert alive(port)
    assert last_place(tmp_path) == f"http://127.0.0.1:{port}"
    process.send_signal(asked)
    _, said = process.communicate(timeout=ENDS_WITHIN_S)
    assert (process.returncode, said) == (0, "")
    assert not alive(port)


@pytest.mark.parametrize("place", [0, 1])
def test_up_fails_when_one_of_its_processes_dies(
    program: list[str], tmp_path: Path, place: int
) -> None:
    port = free_port()
    process = start(program, tmp_path, "up", "--port", str(port))
    assert process.stdout is not None
    process.stdout.readline()
    os.kill(children(process)[place], signal.SIGKILL)
    _, said = process.communicate(timeout=ENDS_WITHIN_S)
    name = ("web", "worker")[place]
    assert (process.returncode, said) == (1, f"Error: {name} 进程意外退出（代码 -9）\n")
    assert not alive(port)


def test_a_taken_port_is_told_in_one_line(program: list[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(program, tmp_path, "up", "--port", str(port))
        shown, said = process.communicate(timeout=ENDS_WITHIN_S)
    assert (process.returncode, shown) == (1, "")
    assert said == f"Error: 端口 {port} 已被占用，请用 --port 换一个\n"


def test_a_bad_environment_is_told_in_one_line(program: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [*program, "db", "check"],
        env=environment(tmp_path) | {"FENGQIAO_ENV": "holiday"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: 环境变量有误：FENGQIAO_ENV must be development or production\n"


def test_wrong_usage_exits_with_two(program: list[str], tmp_path: Path) -> None:
    process = start(program, tmp_path, "up", "--port", "many")
    process.communicate(timeout=ENDS_WITHIN_S)
    assert process.returncode == 2


def test_due_jobs_run_as_of_a_given_instant_but_not_in_production(
    run: Run, deployment: Deployment, settings: Settings
) -> None:
    run("user", "create-admin", "root-1")
    done = run("run-due", "--now", "2026-11-16T08:00+08:00")
    assert done.exit_code == 0
    ran = [line.split()[:2] for line in done.stdout.splitlines()]
    assert ["weekly-letter", "2026-W46"] in ran
    grave = Deployment(deployment.create_app, Kept(replace(settings, env="production")))
    refused = run("run-due", "--now", "2026-11-16T08:00+08:00", obj=grave)
    assert (refused.exit_code, refused.stderr) == (1, "Error: 生产环境不接受 --now\n")
    assert run("run-due", "--now", "2026-11-16T08:00").exit_code == 2
