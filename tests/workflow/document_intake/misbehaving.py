"""What a document might make its reader do: functions for the child to run in a reader's place."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from workflow.document_intake.interface import ReadText, UnreadableDocument

LIBC = ctypes.CDLL(None, use_errno=True)


def say_who(data: bytes) -> ReadText:
    return ReadText(str(os.getpid()))


def refuse(data: bytes) -> ReadText:
    raise UnreadableDocument(data.decode())


def raise_something(data: bytes) -> ReadText:
    raise ZeroDivisionError(data)


def take_memory(data: bytes) -> ReadText:
    return ReadText("a" * (600 * 1024 * 1024))


def compute(data: bytes) -> ReadText:
    """For longer than the processor's time that is left, of which there is but one second."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soon = int(used.ru_utime + used.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soon, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    while True:
        pass


def tell_limits(data: bytes) -> ReadText:
    """Bytes of memory, seconds of the processor that are left, bytes to write, bytes of core."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    left = resource.getrlimit(resource.RLIMIT_CPU)[0] - used.ru_utime - used.ru_stime
    others = (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
    memory, written, core = (resource.getrlimit(which)[0] for which in others)
    return ReadText(f"{memory} {round(left)} {written} {core}")


def use_a_second(data: bytes) -> ReadText:
    until = time.process_time() + 1
    while time.process_time() < until:
        pass
    return ReadText("")


def sleep(data: bytes) -> ReadText:
    time.sleep(3600)
    return ReadText("")


def die(data: bytes) -> ReadText:
    os.abort()


def leave(data: bytes) -> ReadText:
    os._exit(0)


def be_killed(data: bytes) -> ReadText:
    signal.raise_signal(signal.SIGKILL)
    return ReadText("")


def crash(data: bytes) -> ReadText:
    ctypes.string_at(0)
    return ReadText("")


def recurse(data: bytes) -> ReadText:
    return recurse(data)


def answer_too_much(data: bytes) -> ReadText:
    return ReadText("a" * (70 * 1024 * 1024))


def answer_something_else(data: bytes) -> int:
    return 7


def answer_half_a_letter(data: bytes) -> ReadText:
    return ReadText("\ud800")


def write_on_every_pipe(data: bytes) -> ReadText:
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\xff" * 4096)
        except OSError:
            continue
    return ReadText("")


def print_something(data: bytes) -> ReadText:
    print("a library's warning", flush=True)
    print("a library's warning", file=sys.stderr, flush=True)
    return ReadText("printed")


def leave_a_program_behind(data: bytes) -> ReadText:
    """As a reader would start tesseract; it says when it is there."""
    program = subprocess.Popen([f"{data.decode()}/tesseract"], stdout=subprocess.PIPE)
    assert program.stdout is not None
    program.stdout.readline()
    os._exit(0)


def ask_a_program(data: bytes) -> ReadText:
    """As a reader does: the picture goes in by one pipe, the text comes out of another."""
    answer = subprocess.run([f"{data.decode()}/tesseract"], input=b"a picture", capture_output=True, check=True)
    return ReadText(answer.stdout.decode())


def close_the_questions(data: bytes) -> ReadText:
    """Nothing more is read: neither what is left of a document, nor the next one."""
    os.closerange(3, 64)
    time.sleep(3600)
    return ReadText("")


def _outcome(what: str) -> str:
    """What trying it led to."""
    name, _, word = what.partition(" ")
    try:
        match name:
            case "socket":
                socket.socket()
            case "name":
                socket.getaddrinfo("example.org", 443)
            case "libc-socket":
                return _of_libc(LIBC.socket(2, 1, 0))
            case "libc-io_uring":
                return _of_libc(LIBC.syscall(425, 1, ctypes.create_string_buffer(120)))
            case "open":
                Path(word).write_text("x")
            case "append":
                Path(word).open("ab").close()
            case "remove":
                Path(word).unlink()
            case "libc-open":
                return _of_libc(LIBC.open(word.encode(), os.O_WRONLY | os.O_CREAT, 0o600))
            case "libc-remove":
                return _of_libc(LIBC.unlink(word.encode()))
            case "libc-rename":
                return _of_libc(LIBC.rename(word.encode(), f"{word}.bak".encode()))
            case "libc-truncate":
                return _of_libc(LIBC.truncate(word.encode(), 0))
            case "program":
                subprocess.run([word], check=False)
            case "system":
                os.system(word)
            case "fork":
                os.fork()
            case "environment":
                return " ".join(sorted(os.environ))
    except OSError as error:
        return type(error).__name__
    return "done"


def _of_libc(result: int) -> str:
    return "done" if result >= 0 else os.strerror(ctypes.get_errno())


def attempt(data: bytes) -> ReadText:
    return ReadText(_outcome(data.decode()))
