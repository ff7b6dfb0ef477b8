"""What reading a document costs beside the bare library that takes out its text, and what many of them take of memory.

Ours are read by one recycled child, from bytes to a skrivelse with every field; the library alone, in this process,
gives text and nothing else. The documents are the examples' own, as txt, Word and pdf. A figure is the median of
pairs, one right after the other, so that what else the machine does falls on both.
`python benchmarks/intake.py [--rounds N] [--documents N]`
"""

import argparse
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import docx  # noqa: E402
import pdfplumber  # noqa: E402
from fpdf import FPDF  # noqa: E402

from workflow.document_intake.child import Child  # noqa: E402
from workflow.document_intake.tasks import Task  # noqa: E402

ROUNDS, DOCUMENTS = 9, 10_000
GOAL = 1.5
EXAMPLES = sorted(PROJECT.glob("examples/*.txt"))
NUMBER = re.compile(r"\b(SON|KS) 20\d\d-\d+")

IMPORT = """
import resource, sys
from workflow.cli.main import run
code = run(["import", sys.argv[1], "--date", "2024-04-03"])
print(code, *(resource.getrusage(which).ru_maxrss for which in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
"""


# --- the documents ----------------------------------------------------------------------------------


def as_txt(text: str) -> bytes:
    return text.encode()


def as_docx(text: str) -> bytes:
    document, data = docx.Document(), io.BytesIO()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(data)
    return data.getvalue()


def as_pdf(text: str) -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    for line in text.encode("cp1252", errors="replace").decode("cp1252").split("\n"):
        pdf.multi_cell(0, 6, line.encode("latin-1", errors="replace").decode("latin-1"), new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


# --- the libraries alone ----------------------------------------------------------------------------


def docx_alone(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


def pdf_alone(data: bytes) -> str:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def seconds(work: Callable[[bytes], object], documents: Sequence[bytes]) -> float:
    begun = time.perf_counter()
    for data in documents:
        work(data)
    return (time.perf_counter() - begun) / len(documents)


def speeds(rounds: int) -> Iterator[dict[str, object]]:
    texts = [file.read_text(encoding="utf-8") for file in EXAMPLES]
    kinds: tuple[tuple[str, Callable[[str], bytes], Callable[[bytes], object] | None], ...] = (
        ("txt", as_txt, None),
        ("docx", as_docx, docx_alone),
        ("pdf", as_pdf, pdf_alone),
    )
    with Child() as child:
        for kind, make, alone in kinds:
            documents = [make(text) for text in texts]

            def ours(data: bytes) -> object:
                return child.ask(Task.SKRIVELSE, data)

            pairs = [(seconds(alone, documents) if alone else 0, seconds(ours, documents)) for _ in range(rounds + 1)]
            warm = pairs[1:]  # the first imports
            read = statistics.median(took for _, took in warm)
            figure: dict[str, object] = {"figure": f"intake {kind}", "documents_s": round(1 / read, 1)}
            if alone:
                bare = statistics.median(took for took, _ in warm)
                times = statistics.median(took / took_alone for took_alone, took in warm)
                figure |= {"times_library": round(times, 2), "goal": GOAL, "library_documents_s": round(1 / bare, 1)}
            yield figure | {"ms": round(read * 1000, 2), "rounds": rounds}


# --- memory -----------------------------------------------------------------------------------------


def memory(documents: int) -> Iterator[dict[str, object]]:
    """The peak of `arende import` and of its child over a tenth of the files, and over them all."""
    with tempfile.TemporaryDirectory() as directory:
        template = Path(directory) / "template"
        _furnish(template)
        for number in (documents // 10, documents):
            office = Path(directory) / str(number)
            shutil.copytree(template, office)
            _write_skrivelser(office / "mapp", number)
            begun = time.perf_counter()
            parent, child = _peaks(office)
            yield {
                "figure": "intake memory",
                "documents": number,
                "parent_mib": parent,
                "child_mib": child,
                "documents_s": round(number / (time.perf_counter() - begun), 1),
            }


def _furnish(office: Path) -> None:
    """Settings that take old days, and an empty database."""
    office.mkdir()
    config = (PROJECT / "config.toml").read_text(encoding="utf-8")
    (office / "config.toml").write_text(re.sub(r"(late_after_days) = \d+", r"\1 = 36500", config), encoding="utf-8")
    _run(office, "-m", "workflow.cli.main", "database", "upgrade")


def _write_skrivelser(folder: Path, number: int) -> None:
    """Each of a case of its own."""
    text = (PROJECT / "examples" / "svar-pa-motion.txt").read_text(encoding="utf-8")
    folder.mkdir()
    for place in range(1, number + 1):
        (folder / f"{place}.txt").write_text(NUMBER.sub(rf"\1 2023-{place}", text), encoding="utf-8")


def _peaks(office: Path) -> tuple[float, float]:
    *_, told = _run(office, "-c", IMPORT, "mapp").splitlines()
    code, parent, child = map(int, told.split())
    assert code == 0, code
    a_mib = 1024 * 1024 if sys.platform == "darwin" else 1024
    return round(parent / a_mib, 1), round(child / a_mib, 1)


def _run(office: Path, *words: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ARENDE"))}
    environment |= {"PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        [sys.executable, *words], cwd=office, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="how many are imported; 0: none")
    given = parser.parse_args(arguments)
    for figure in speeds(given.rounds):
        print(json.dumps(figure, ensure_ascii=False), flush=True)
    if given.documents:
        for figure in memory(given.documents):
            print(json.dumps(figure, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
