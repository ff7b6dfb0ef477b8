"""A debugger's view of a forked process: every system call it makes, in order, as strace would show them.

A `Tracee` runs a piece of work in a child that has everything imported already. From the mark on (which the
work itself sets) it stops before and after every system call, and whoever follows it may look at the call, kill
the process in front of it, or have it answered with an error instead of being carried out. The calls are told
apart by ptrace alone, through ctypes, so that no program needs to be installed; where ptrace is refused or the
machine is another, `works()` says no.
"""

import ctypes
import errno
import functools
import os
import platform
import signal
import struct
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

TRACEME, DETACH, SYSCALL, SET_OPTIONS, GET_REGISTERS, SET_REGISTERS = 0, 17, 24, 0x4200, 0x4204, 0x4205
SYSTEM_CALLS_APART, KILL_WITH_ME = 0x1, 0x100000  # PTRACE_O_TRACESYSGOOD, PTRACE_O_EXITKILL
AT_A_CALL = signal.SIGTRAP | 0x80
GENERAL, ARM_SYSTEM_CALL = 1, 0x404  # NT_PRSTATUS, NT_ARM_SYSTEM_CALL
NO_CALL = (1 << 64) - 1
HERE = (1 << 64) - 100  # AT_FDCWD
LONGEST_PATH = 4096


class Machine(NamedTuple):
    """Where a processor keeps a call's number, its arguments and its answer, and how the calls are numbered."""

    registers: int
    number: int
    arguments: tuple[int, ...]
    answer: int
    calls: dict[int, str]


def _named(text: str) -> dict[int, str]:
    pairs = (pair.split(":") for pair in text.split())
    return {int(number): name for number, name in pairs}


def _calls(names: str) -> frozenset[str]:
    return frozenset(names.split())


MACHINES = {
    "x86_64": Machine(
        27,
        15,
        (14, 13, 12, 7, 9, 8),
        10,
        _named(
            "0:read 1:write 2:open 3:close 4:stat 5:fstat 6:lstat 7:poll 8:lseek 9:mmap 10:mprotect 11:munmap 12:brk"
            " 13:rt_sigaction 14:rt_sigprocmask 15:rt_sigreturn 16:ioctl 17:pread64 18:pwrite64 19:readv 20:writev"
            " 21:access 22:pipe 23:select 24:sched_yield 25:mremap 28:madvise 32:dup 33:dup2 35:nanosleep 39:getpid"
            " 40:sendfile 56:clone 57:fork 58:vfork 59:execve 60:exit 61:wait4 62:kill 63:uname 72:fcntl 73:flock"
            " 74:fsync 75:fdatasync 76:truncate 77:ftruncate 78:getdents 79:getcwd 80:chdir 82:rename 83:mkdir"
            " 84:rmdir 85:creat 86:link 87:unlink 88:symlink 89:readlink 90:chmod 91:fchmod 92:chown 93:fchown"
            " 95:umask 96:gettimeofday 97:getrlimit 99:sysinfo 102:getuid 104:getgid 107:geteuid 108:getegid"
            " 110:getppid 137:statfs 138:fstatfs 186:gettid 187:readahead 200:tkill 202:futex 203:sched_setaffinity"
            " 204:sched_getaffinity 217:getdents64 218:set_tid_address 221:fadvise64 228:clock_gettime"
            " 230:clock_nanosleep 231:exit_group 234:tgkill 257:openat 258:mkdirat 262:newfstatat 263:unlinkat"
            " 264:renameat 265:linkat 266:symlinkat 267:readlinkat 268:fchmodat 269:faccessat 270:pselect6 271:ppoll"
            " 273:set_robust_list 285:fallocate 293:pipe2 295:preadv 296:pwritev 302:prlimit64 316:renameat2"
            " 318:getrandom 326:copy_file_range 327:preadv2 328:pwritev2 332:statx 334:rseq 425:io_uring_setup"
            " 435:clone3 437:openat2 439:faccessat2 452:fchmodat2"
        ),
    ),
    "aarch64": Machine(
        34,
        8,
        (0, 1, 2, 3, 4, 5),
        0,
        _named(
            "17:getcwd 23:dup 24:dup3 25:fcntl 29:ioctl 32:flock 34:mkdirat 35:unlinkat 36:symlinkat 37:linkat"
            " 38:renameat 43:statfs 44:fstatfs 45:truncate 46:ftruncate 47:fallocate 48:faccessat 49:chdir 52:fchmod"
            " 53:fchmodat 54:fchownat 55:fchown 56:openat 57:close 59:pipe2 61:getdents64 62:lseek 63:read 64:write"
            " 65:readv 66:writev 67:pread64 68:pwrite64 69:preadv 70:pwritev 71:sendfile 72:pselect6 73:ppoll"
            " 78:readlinkat 79:newfstatat 80:fstat 82:fsync 83:fdatasync 93:exit 94:exit_group 96:set_tid_address"
            " 98:futex 99:set_robust_list 101:nanosleep 113:clock_gettime 115:clock_nanosleep 122:sched_setaffinity"
            " 123:sched_getaffinity 124:sched_yield 129:kill 130:tkill 131:tgkill 134:rt_sigaction"
            " 135:rt_sigprocmask 139:rt_sigreturn 160:uname 166:umask 169:gettimeofday 172:getpid 173:getppid"
            " 174:getuid 175:geteuid 176:getgid 177:getegid 178:gettid 179:sysinfo 213:readahead 214:brk 215:munmap"
            " 216:mremap 220:clone 221:execve 222:mmap 223:fadvise64 226:mprotect 233:madvise 260:wait4"
            " 261:prlimit64 276:renameat2 278:getrandom 285:copy_file_range 286:preadv2 287:pwritev2 291:statx"
            " 293:rseq 425:io_uring_setup 435:clone3 437:openat2 439:faccessat2 452:fchmodat2"
        ),
    ),
}

BY_DESCRIPTOR = _calls(
    "read pread64 readv preadv write pwrite64 writev pwritev ftruncate fsync fdatasync fstat lseek close"
    " flock fcntl getdents getdents64 fchmod fchown fallocate ioctl"
)
"""Calls whose first argument is a descriptor."""
BY_PATH = _calls("open stat lstat access truncate mkdir rmdir creat unlink chmod readlink chown statfs")
"""Calls whose first argument is a path."""
BY_PLACE = _calls("openat mkdirat newfstatat unlinkat readlinkat fchmodat fchmodat2 faccessat faccessat2 statx")
"""Calls whose first two arguments are a directory's descriptor and a path."""
FREES = {"close": 0, "dup2": 1, "dup3": 1}
"""Calls after which a descriptor is another, and where it stands among the arguments."""
RENAMES = {"rename": (None, 0, None, 1), "renameat": (0, 1, 2, 3), "renameat2": (0, 1, 2, 3)}
"""Where the two places stand among the arguments: a directory's descriptor and a path, twice."""
WRITES = frozenset(("write", "pwrite64", "writev", "pwritev"))
SYNCS = frozenset(("fsync", "fdatasync"))
OTHER_CHANGES = _calls(
    "ftruncate truncate fallocate unlink unlinkat rmdir rename renameat renameat2 mkdir mkdirat chmod fchmod fchmodat"
)
OPENS = {"open": 1, "openat": 2, "creat": None}
"""Where the flags stand among the arguments."""
UNDECODED = _calls(
    "link linkat symlink symlinkat sendfile copy_file_range preadv2 pwritev2 pwritev io_uring_setup openat2"
    " creat fallocate rmdir fork vfork clone clone3 execve"
)
"""Calls that could change files in a way that nothing here follows; whoever writes down what is done refuses them."""


class Call:
    """A system call that a tracee is about to make, or has made."""

    def __init__(self, tracee: "Tracee", name: str, arguments: tuple[int, ...]) -> None:
        self._tracee, self.name, self.arguments = tracee, name, arguments
        self.answer: int | None = None  # what the kernel said; None while it has not been asked

    def __repr__(self) -> str:
        return f"{self.name}({self.path or ''}) = {self.answer}"

    @functools.cached_property
    def path(self) -> str | None:
        """The file, directory or pipe it is about; None for none."""
        if self.name in BY_DESCRIPTOR:
            return self._tracee.opened(self.arguments[0])
        if self.name in BY_PATH:
            return self._tracee.place(None, self.arguments[0])
        if self.name in BY_PLACE:
            return self._tracee.place(*self.arguments[:2])
        if self.name in RENAMES:
            return self._places[0]
        return None

    @property
    def about(self) -> object:
        """The same for two calls about the same file, without asking what it is called."""
        return self.arguments[0] if self.name in BY_DESCRIPTOR else self.path

    @property
    def target(self) -> str:
        """What a rename makes of it."""
        return self._places[1]

    @functools.cached_property
    def _places(self) -> tuple[str, str]:
        first, one, second, other = RENAMES[self.name]
        return self._place(first, one), self._place(second, other)

    def _place(self, directory: int | None, path: int) -> str:
        start = None if directory is None else self.arguments[directory]
        return self._tracee.place(start, self.arguments[path])

    @property
    def flags(self) -> int:
        """How a file is opened; 0 for any other call."""
        place = OPENS.get(self.name)
        return 0 if place is None else self.arguments[place]

    @property
    def creates(self) -> bool:
        return bool(self.flags & (os.O_CREAT | os.O_TRUNC))

    @property
    def changes(self) -> bool:
        """True when it can change a file or a directory, or what is on the disk of them."""
        return self.name in WRITES or self.name in SYNCS or self.name in OTHER_CHANGES or self.creates

    @functools.cached_property
    def content(self) -> bytes:
        """What it writes."""
        if self.name in ("writev", "pwritev"):
            pairs = struct.iter_unpack("=QQ", self._tracee.memory(self.arguments[1], 16 * self.arguments[2]))
            return b"".join(self._tracee.memory(start, size) for start, size in pairs)
        return self._tracee.memory(*self.arguments[1:3])

    @functools.cached_property
    def offset(self) -> int:
        """Where in the file it writes. Asked before it does."""
        if self.name in ("pwrite64", "pwritev"):
            return self.arguments[3]
        return self._tracee.position(self.arguments[0])


Work = Callable[[Callable[[], None]], int]
"""What a tracee does; it is handed a function that sets the mark, and returns its exit code."""

Answer = int | None
"""A negative error number to answer a call with, or None to let it be carried out."""

Before = Callable[[Call], Answer]
After = Callable[[Call], object]


class Killed(Exception):  # noqa: N818 - nothing went wrong
    """Raised by whoever follows a tracee to have it killed in front of the call."""


class SeenEnough(Exception):  # noqa: N818
    """Raised by whoever follows a tracee to let it run on alone."""


class _Span(ctypes.Structure):
    _fields_ = (("start", ctypes.c_void_p), ("size", ctypes.c_size_t))


class Tracee:
    """A child that does one thing and is followed from its mark to its end."""

    def __init__(self, work: Work) -> None:
        self._machine = MACHINES[platform.machine()]
        self._values = (ctypes.c_ulonglong * self._machine.registers)()
        self._span = _Span(ctypes.addressof(self._values), ctypes.sizeof(self._values))
        self._opened: dict[int, str] = {}
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                code = work(_stop_here)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)

    def follow(self, before: Before, after: After | None = None) -> int:
        """Ask `before` each call what to do, tell `after` each what came of it; the exit code, or -9 when killed."""
        self.accompany(before, after)
        return self.end()

    def accompany(self, before: Before, after: After | None = None) -> None:
        """The same, until it has ended or been left alone."""
        for call in self._calls():
            try:
                self._carry_out(call, before(call), wanted=after is not None)
                if after:
                    after(call)
            except Killed:
                self._kill()
                break
            except SeenEnough:
                _ptrace(DETACH, self.pid)
                break

    def _calls(self) -> Iterator[Call]:
        """Every call that is about to be made."""
        if not self._stopped_at(signal.SIGSTOP):
            return
        _ptrace(SET_OPTIONS, self.pid, 0, SYSTEM_CALLS_APART | KILL_WITH_ME)
        self._memory = os.open(f"/proc/{self.pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
        while self._to_next_call():
            self._read_registers()
            number = self._values[self._machine.number]
            arguments = tuple(self._values[place] for place in self._machine.arguments)
            yield Call(self, self._machine.calls.get(number, f"call {number}"), arguments)

    def _carry_out(self, call: Call, answer: Answer, *, wanted: bool) -> None:
        if answer is not None:
            self._skip()
        if not self._to_next_call():
            return  # it was the last one, exit_group
        if call.name in FREES:
            self._opened.pop(call.arguments[FREES[call.name]], None)
        if wanted or answer is not None:
            self._read_registers()
        if answer is not None:
            self._values[self._machine.answer] = answer % (1 << 64)
            self._write_registers()
        value = self._values[self._machine.answer]
        call.answer = value - (1 << 64) if value >> 63 else value

    def _skip(self) -> None:
        """Have the kernel carry out nothing."""
        if platform.machine() == "aarch64":
            none = ctypes.c_int(-1)
            span = _Span(ctypes.addressof(none), ctypes.sizeof(none))
            _ptrace(SET_REGISTERS, self.pid, ARM_SYSTEM_CALL, ctypes.addressof(span))
            return
        self._values[self._machine.number] = NO_CALL
        self._write_registers()

    def _kill(self) -> None:
        self._skip()
        os.kill(self.pid, signal.SIGKILL)

    # --- the kernel's own words -------------------------------------------------------------------------

    _status: int | None = None
    _memory: int | None = None

    def _to_next_call(self) -> bool:
        """Let it run until it stops at a call again; False when it has ended instead."""
        if self._status is not None:
            return False
        _ptrace(SYSCALL, self.pid)
        return self._stopped_at(AT_A_CALL)

    def _stopped_at(self, wanted: int) -> bool:
        while True:
            _, status = os.waitpid(self.pid, 0)
            if not os.WIFSTOPPED(status):
                self._status = status
                return False
            if os.WSTOPSIG(status) == wanted:
                return True
            _ptrace(SYSCALL, self.pid, 0, os.WSTOPSIG(status))  # a signal of its own

    def end(self) -> int:
        """Wait until it has ended; its exit code."""
        if self._memory is not None:
            os.close(self._memory)
        if self._status is None:
            _, self._status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(self._status)

    def _read_registers(self) -> None:
        _ptrace(GET_REGISTERS, self.pid, GENERAL, ctypes.addressof(self._span))

    def _write_registers(self) -> None:
        _ptrace(SET_REGISTERS, self.pid, GENERAL, ctypes.addressof(self._span))

    # --- what a call is about ---------------------------------------------------------------------------

    def memory(self, start: int, size: int) -> bytes:
        assert self._memory is not None
        return os.pread(self._memory, size, start)

    def opened(self, descriptor: int) -> str | None:
        """The path behind a descriptor; None when it is closed."""
        if descriptor not in self._opened:
            try:
                link = str(Path(f"/proc/{self.pid}/fd/{ctypes.c_int(descriptor).value}").readlink())
            except FileNotFoundError:
                return None
            self._opened[descriptor] = link
        return self._opened[descriptor]

    def place(self, directory: int | None, start: int) -> str:
        """The whole path of a name in memory, counted from a directory's descriptor."""
        name = os.fsdecode(self._text(start))
        if directory is None or directory & 0xFFFFFFFF == HERE & 0xFFFFFFFF:
            return str(Path(f"/proc/{self.pid}/cwd").readlink() / name)
        return str(Path(self.opened(directory) or "/") / name)

    def _text(self, start: int) -> bytes:
        if not start:
            return b""
        page = LONGEST_PATH - start % LONGEST_PATH  # what follows may be nobody's
        found = self.memory(start, page)
        if b"\0" not in found:
            found += self.memory(start + page, LONGEST_PATH)
        return found.partition(b"\0")[0]

    def position(self, descriptor: int) -> int:
        """Where in a file the next write goes."""
        told = dict(
            line.split(":\t") for line in Path(f"/proc/{self.pid}/fdinfo/{descriptor}").read_text().splitlines()[:2]
        )
        if int(told["flags"], 8) & os.O_APPEND:
            return Path(f"/proc/{self.pid}/fd/{descriptor}").stat().st_size
        return int(told["pos"])


# --- ptrace itself ----------------------------------------------------------------------------------------

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


def _ptrace(request: int, pid: int, address: int = 0, data: int = 0) -> None:
    if _libc.ptrace(request, pid, address, data) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace: {os.strerror(number)}")


def _stop_here() -> None:
    """In the child: from now on the parent follows every call."""
    _ptrace(TRACEME, 0)
    os.kill(os.getpid(), signal.SIGSTOP)


@contextmanager
def on_one_processor(number: int = 0) -> Iterator[None]:
    """A tracer and its tracee take turns: on two processors each waits for the other to wake up."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(all_of_them)[number % len(all_of_them)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


@functools.cache
def works() -> bool:
    """True when a child of ours can be followed, its calls read, answered for it, and itself killed."""
    if platform.system() != "Linux" or platform.machine() not in MACHINES:
        return False
    try:
        return _a_call_can_be_answered() and _a_child_can_be_killed()
    except OSError:
        return False


def _a_call_can_be_answered() -> bool:
    seen: list[str] = []

    def work(mark: Callable[[], None]) -> int:
        mark()
        try:
            Path("/nowhere/at/all").mkdir()
        except OSError as error:
            return error.errno or 0
        return 0

    def answered(call: Call) -> Answer:
        seen.append(f"{call.name} {call.path}")
        return -errno.EIO if call.name in ("mkdir", "mkdirat") else None

    return Tracee(work).follow(answered) == errno.EIO and any("/nowhere/at/all" in line for line in seen)


def _a_child_can_be_killed() -> bool:
    def work(mark: Callable[[], None]) -> int:
        mark()
        os.getppid()
        return 0

    def killed(call: Call) -> Answer:
        if call.name == "getppid":
            raise Killed
        return None

    return Tracee(work).follow(killed) == -signal.SIGKILL
