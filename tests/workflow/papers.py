"""Invented documents to take in, as files of a folder."""

from pathlib import Path

PROTOCOL = """\
SAMMANTRÄDESPROTOKOLL
Social- och omsorgsnämnden
2025-02-04

§ 7
Ny lokal

Beslut
Lokalen hyrs.
"""
CALL = """\
Kallelse till social- och omsorgsnämnden
2025-02-04 klockan 13.00

1. Ny lokal
Förslag till beslut
Lokalen hyrs.
"""


def skrivelse(number: str, day: str = "2025-03-04", att: str = "Planen antas.", body: str = "nämndens") -> str:
    return f"""\
Socialförvaltningen
Tyra Kvarnlund

{day}

Dnr {number}

{"Social- och omsorgsnämnden" if body == "nämndens" else ""}

Plan för {number.lower()}

Förslag till {"social- och omsorgsnämndens " if body == "nämndens" else ""}beslut

1. {att}

Ärende

Nämnden bad i höstas om en plan. Den är nu klar.

Beslutsunderlag

Tjänsteskrivelse {day}

Information enligt MBL § 19 lämnades 2025-02-25.

Socialförvaltningen

Ragnar Myrstedt

Beslutet skickas till
Akten
"""


def fill(folder: Path, **papers: str) -> Path:
    """A folder with documents; a name with __ is in a folder of its own."""
    for name, text in papers.items():
        file = folder / f"{name.replace('__', '/')}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
