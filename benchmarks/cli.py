"""How long the command line takes from cold, in starts of a bare Python: one JSON line for each figure.

Each start of the program has a `python -c pass` right before it; a figure is the median of the ratios of
these pairs, so that what else the machine does falls on both. `python benchmarks/cli.py [--rounds N]`
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PROGRAM = str(Path(sys.executable).with_name("arende"))
BARE = (sys.executable, "-c", "pass")
EXAMPLE = PROJECT / "examples" / "svar-pa-motion.txt"
NUMBER = re.compile(r"(SON|KS) 2023-(?:940|710)")
ROUNDS = 11

GOALS = {"--version": 5, "--help": 5, "list": 8, "show": 8, "why": 8, "advance": 12}
"""Command -> the most starts of a bare Python it should cost."""


class Office:
    """A directory with a database of its own, and bytecode of its own, so that nothing is compiled twice."""

    def __init__(self, directory: Path, cases: int) -> None:
        self._directory = directory
        self._cases = cases
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "ARENDE"))}
        self._environment["PYTHONPYCACHEPREFIX"] = str(directory / "bytecode")
        text = (PROJECT / "config.toml").read_text(encoding="utf-8")
        (directory / "config.toml").write_text(
            re.sub(r"(late_after_days) = \d+", r"\1 = 36500", text), encoding="utf-8"
        )
        self.seconds(PROGRAM, "database", "upgrade")
        for number in range(1, cases + 1):
            file = directory / f"{number}.txt"
            file.write_text(NUMBER.sub(rf"\1 2023-{number}", EXAMPLE.read_text(encoding="utf-8")), encoding="utf-8")
            self.seconds(PROGRAM, "import", str(file), "--date", "2024-04-03")

    def command(self, name: str, round_: int) -> tuple[str, ...]:
        """The words of a command; every advance takes a case that has not moved yet."""
        match name:
            case "show" | "why":
                return (PROGRAM, name, "SON-2023-1")
            case "advance":
                return (PROGRAM, name, f"SON-2023-{round_ + 1}", "--date", "2024-04-03")
            case _:
                return (PROGRAM, name)

    def seconds(self, *words: str) -> float:
        """How long a process took; it must have gone well."""
        begun = time.perf_counter()
        subprocess.run(words, cwd=self._directory, env=self._environment, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - begun


def figures(rounds: int) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as directory:
        office = Office(Path(directory), rounds + 1)
        pairs: dict[str, list[tuple[float, float]]] = {name: [] for name in GOALS}
        for round_ in range(rounds + 1):
            for name, measured in pairs.items():
                measured.append((office.seconds(*BARE), office.seconds(*office.command(name, round_))))
    for name, measured in pairs.items():
        warm = measured[1:]  # the first compiles
        yield {
            "figure": f"cli {name}",
            "starts": round(statistics.median(took / bare for bare, took in warm), 2),
            "goal": GOALS[name],
            "ms": round(statistics.median(took for _, took in warm) * 1000, 1),
            "bare_ms": round(statistics.median(bare for bare, _ in warm) * 1000, 1),
            "rounds": rounds,
        }


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    for figure in figures(parser.parse_args(arguments).rounds):
        print(json.dumps(figure, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
