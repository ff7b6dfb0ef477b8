"""What a process that reads documents may not do: each limit by itself would hold most of what may come.

Resource limits and an audit hook are everywhere; on Linux the kernel denies network and the writing of files as well,
also to what is not Python. What is not Python may still read what its user may, and start programs.
"""

import ctypes
import errno
import math
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import Any

import msgspec

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10  # for each document


class Closed(msgspec.Struct, frozen=True):
    """What the kernel denies also to what is not Python."""

    writing: bool
    network: bool


PROGRAMS = frozenset({"tesseract"})
"""What a reader may start."""


def confine() -> Closed:
    """From here on: no network, no writing, no programs by Python but our own few, and bounded memory.

    Returns what the kernel has closed; Python is denied it all, wherever it runs."""
    sys.dont_write_bytecode = True
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        closed = Closed(writing=closes_writing(libc), network=closes_network(libc))
    else:
        closed = Closed(writing=False, network=False)
    sys.addaudithook(_audit)
    return closed


def allow_seconds() -> None:
    """Let the next document have its own seconds of the processor; SIGXCPU ends what wants more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _limit(which: int, most: int) -> None:
    with suppress(OSError, ValueError):  # macOS knows of RLIMIT_AS and refuses it
        resource.setrlimit(which, (most, most))


# --- Python -----------------------------------------------------------------------------------------

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NEVER = frozenset(
    f"os.{call}"
    for call in (
        *("chmod", "chown", "link", "mkdir", "putenv", "remove", "rename", "rmdir", "symlink", "truncate", "utime"),
        *("exec", "fork", "forkpty", "kill", "killpg", "posix_spawn", "spawn", "system"),
    )
)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _denied(event, arguments):
        raise PermissionError(errno.EPERM, f"{event} is denied to what reads documents")


def _denied(event: str, arguments: tuple[Any, ...]) -> bool:
    match event:
        case "open":
            path, _, flags = arguments
            # A number is a pipe that is open already: to tesseract, say.
            return bool(flags & _WRITES) and path != os.devnull and not isinstance(path, int)
        case "subprocess.Popen":
            return PurePath(os.fsdecode(arguments[0])).name not in PROGRAMS
        case _:
            return event in _NEVER or event.startswith("socket.")


# --- Linux ------------------------------------------------------------------------------------------

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38

_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 425, 101, 310, 311)),
    "aarch64": (0xC00000B7, (198, 203, 425, 117, 270, 271)),
}
"""Machine -> its number, and those of socket, connect, io_uring_setup, ptrace, process_vm_readv and -writev."""

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_OTHER_CALLS = 0x40000000  # from here x86_64 has the same calls once more, under other numbers


def closes_network(libc: ctypes.CDLL) -> bool:
    """A seccomp filter (linux/seccomp.h): the calls above answer "not permitted". Returns whether there is one."""
    if platform.machine() not in _CALLS:
        return False
    machine, calls = _CALLS[platform.machine()]
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, len(calls) + 1, 0, _OTHER_CALLS),
        *((_EQUAL, len(calls) - place, 0, number) for place, number in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
    ]
    return bool(libc.prctl(_PR_SET_SECCOMP, 2, _program(steps), 0, 0) == 0)


def _program(steps: Sequence[tuple[int, int, int, int]]) -> ctypes.Array[ctypes.c_char]:
    """A `struct sock_fprog`, which holds the address of its steps."""
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HP", len(steps), ctypes.addressof(code)))
    vars(program)["code"] = code  # lives as long as what points to it
    return program


_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every machine
_WRITE_FILE, _REMOVE_AND_MAKE, _TRUNCATE = 1 << 1, 0x1FF0, 1 << 14


def closes_writing(libc: ctypes.CDLL) -> bool:
    """A Landlock ruleset (linux/landlock.h): nothing may be made, changed or removed. Returns whether there is one."""
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    handled = _WRITE_FILE | _REMOVE_AND_MAKE | (_TRUNCATE if version >= 3 else 0)
    rules = libc.syscall(_CREATE_RULESET, struct.pack("Q", handled), 8, 0)
    nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    libc.syscall(_ADD_RULE, rules, 1, struct.pack("=Qi", _WRITE_FILE, nothing), 0)
    closed = libc.syscall(_RESTRICT_SELF, rules, 0) == 0
    os.close(nothing)
    os.close(rules)
    return bool(closed)
