"""The AI server under strace and on a read-only disk: what it really asks the kernel for. Skips loudly where the machine has no strace or lets nobody mount."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ai_server.models.scripted import Line, scripted
from tests.ai_server.serving import ROOT, serving
from tests.ai_server.test_server import STOP, post
from tests.ai_server.test_stateless import REQUESTS
from tests.benchmarks.ai_server import load, resident_mb

pytestmark = pytest.mark.peer

STRACE = shutil.which("strace")
CHANGES = "openat,openat2,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,ftruncate,fallocate,mknod,mknodat,chmod,fchmod,fchmodat,setxattr,utimensat"
WRITES = "sendto,write,writev,pwrite64,pwritev,pwritev2,sendfile,copy_file_range,memfd_create"
STARTS = "execve,execveat,fork,vfork"
OPENED = re.compile(r"(?:openat|openat2|open|creat)\(.*(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|creat\()")
WRITTEN = re.compile(r"(?:p?writev?2?|pwrite64|sendfile|copy_file_range)\((\d+)<([^>]*)>")
NO_FILES = ("pipe:", "socket:", "TCP:", "TCPv6:", "UNIX:", "UNIX-STREAM:", "anon_inode:")


@contextlib.contextmanager
def traced(trace: Path, **settings: str) -> Iterator[str]:
    """A server under strace; its address. The trace is whole when the block has ended."""
    command = [
        STRACE,
        "-f",
        "-yy",
        "-s",
        "0",
        "-o",
        str(trace),
        "-e",
        f"trace={CHANGES},{WRITES},{STARTS}",
        sys.executable,
        "-m",
        "ai_server",
        "--port",
        "0",
    ]
    env = {key: value for key, value in os.environ.items() if not key.startswith("ESCHER_")} | {"PYTHONPATH": str(ROOT), **settings}
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield f"http://127.0.0.1:{json.loads(line)['port']}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def talked(url: str) -> None:
    with httpx.Client(base_url=url, timeout=30) as client:
        for body in (*REQUESTS, STOP):
            client.post("/v1/plan", json=body)
        client.post("/v1/plan", content=b"x" * (1024 * 1024 + 1))
        client.post("/v1/plan", content=b"[" * 50_000)
        for path in ("/health", "/metrics", "/openapi.json", "/nothing"):
            client.get(path)


def offences(trace: str) -> list[str]:
    """The lines of a trace that change a file, write to one, or start a program (the server's own start aside)."""
    found = []
    for line in trace.splitlines():
        call = line.partition(" ")[2].lstrip() if line[:1].isdigit() else line
        name = call.partition("(")[0]
        if "resumed>" in call or name in ("+++", "---") or call.endswith("ENOSYS (Function not implemented)"):
            continue
        written = WRITTEN.match(call)
        if name.startswith("open"):
            if OPENED.match(call) and "/dev/null" not in call:
                found.append(line)
        elif written:
            if not written[2].startswith(NO_FILES):
                found.append(line)
        elif name in CHANGES.split(",") or name in (*STARTS.split(","), "memfd_create"):
            found.append(line)
    own_start = next((line for line in found if "execve(" in line and "python" in line), None)
    return [line for line in found if line != own_start]


@pytest.mark.skipif(STRACE is None, reason="!!! SKIPPED: no strace on this machine: what the AI server asks the kernel for is not seen")
def test_the_kernel_is_asked_to_write_nothing(tmp_path):
    trace = tmp_path / "trace"
    with traced(trace) as url:
        talked(url)
    text = trace.read_text(encoding="utf-8", errors="replace")
    assert "execve(" in text
    assert text.count("TCP:") > len(REQUESTS), "answers were seen going out"
    assert offences(text) == []


@pytest.mark.skipif(STRACE is None, reason="!!! SKIPPED: no strace on this machine: what the AI server asks the kernel for is not seen")
async def test_nor_is_it_when_a_model_is_asked(tmp_path):
    pytest.importorskip("pydantic_ai", reason="!!! SKIPPED: escher-ops[model] is not installed, so no model is asked")

    def asked(url: str) -> None:
        with traced(trace, ESCHER_AI_MODEL="openai-compatible:scripted", ESCHER_AI_MODEL_URL=url) as server:
            talked(server)

    trace = tmp_path / "trace"
    async with scripted([Line(opinion={"risk": "critical", "risk_reason": "It may be needed."})]) as script:
        await asyncio.to_thread(asked, script.url)
    assert len(script.heard) >= 2
    assert offences(trace.read_text(encoding="utf-8", errors="replace")) == []


@pytest.mark.parametrize(
    "line",
    [
        '12 openat(AT_FDCWD</x>, "/tmp/a", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 3</tmp/a>',
        '12 write(3</tmp/a>, ""..., 5) = 5',
        '12 unlink("/tmp/a") = 0',
        '12 mkdir("/tmp/b", 0777) = 0',
        '12 execve("/bin/sh", ["sh"], 0x7) = 0\n12 execve("/bin/ls", ["ls"], 0x7) = 0',
        '12 memfd_create("x", 0) = 3',
    ],
)
def test_the_reading_of_a_trace_sees_an_offence(line):
    assert offences(line)


@pytest.mark.parametrize(
    "line",
    [
        '12 execve("/usr/bin/python3", ["python3"], 0x7) = 0',
        '12 openat(AT_FDCWD</x>, "/etc/hosts", O_RDONLY|O_CLOEXEC) = 3</etc/hosts>',
        '12 write(1<pipe:[123]>, ""..., 5) = 5',
        '12 write(8<TCP:[127.0.0.1:1->127.0.0.1:2]>, ""..., 5) = 5',
        '12 write(8<UNIX-STREAM:[1->2]>, ""..., 1) = 1',
        "12 --- SIGTERM {si_signo=SIGTERM} ---",
    ],
)
def test_the_reading_of_a_trace_lets_sockets_pass(line):
    assert offences(line) == []


def may_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    return (
        subprocess.run(
            ["unshare", "-m", "sh", "-c", "mount --make-rprivate / && mount -o remount,bind,ro /"], capture_output=True, check=False
        ).returncode
        == 0
    )


@pytest.mark.skipif(not may_mount(), reason="!!! SKIPPED: nobody may mount here: the AI server is not seen on a read-only disk")
def test_it_serves_on_a_read_only_disk(tmp_path):
    """Its own mount namespace, everything in it read-only; a probe beside it sees that nothing can be written."""
    script = f"""
mount --make-rprivate /
awk '{{print $2}}' /proc/self/mounts | sort -r | while read -r place; do mount -o remount,bind,ro "$place" 2>/dev/null; done
if echo x > "{tmp_path}/probe" 2>/dev/null; then echo WRITABLE >&2; fi
exec "{sys.executable}" -m ai_server --port 0
"""
    with serving(program="unshare", arguments=("-m", "sh", "-c", script)) as server:
        statuses = [post(server, body).status_code for body in REQUESTS]
    assert "WRITABLE" not in server.log
    assert statuses == [200, 200, 200, 200, 200, 422, 422]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
async def test_ten_thousand_requests_leave_nothing_behind():
    """Warm first, then ten thousand: the resident memory comes back to its level."""
    with serving() as server:
        await load(server, 8, 250)
        before = resident_mb(server)
        await load(server, 8, 1250)
        after = resident_mb(server)
    print(f"resident before {before:.1f} MiB, after 10,000 requests {after:.1f} MiB")
    assert after - before < 4
