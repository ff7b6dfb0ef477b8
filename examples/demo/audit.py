"""The log: verified, a changed byte found in a copy of it, and a lost database built anew from it."""

import shlex
import shutil
from pathlib import Path

from examples.demo.story import Story
from workflow import log_files


def tell(story: Story, directory: Path) -> None:
    story.chapter("9. Loggen: kontrollerad, och en ändrad byte i en kopia funnen")
    story.shows("audit verify", whole=True)
    story.plain("audit tail -n 3")
    copy = directory / "kopia"
    shutil.copytree(directory / "logg", copy)
    log = log_files.segments(copy)[-1]
    content = bytearray(log.read_bytes())
    line = content[: len(content) // 2].count(b"\n") + 1
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    output = story.plain(f"audit verify {shlex.quote(str(log))}", 8)
    story.expect("raden namnges", f"Rad {line}" in output, True)
    _lose_the_database(story, directory)
    story.shows("list")
    story.plain("graph KS-2023-710")


def _lose_the_database(story: Story, directory: Path) -> None:
    story.chapter("10. Databasen: en gammal kopia läggs tillbaka, och inget som kvitterats går förlorat")
    story.plain("backup sakerhetskopior")
    story.plain("audit diff")
    database, old = directory / "arendegang.db", directory / "gammal-kopia.db"
    if not database.exists():
        return  # PostgreSQL keeps its own files
    shutil.copy(database, old)
    story.plain('edit SON-2020-247 --rubrik "Anhörigstöd till barn, efter kopian"')
    story.tell("Någon lägger tillbaka den gamla filen, utan att veta något om loggen. Ingenting kan skrivas då.")
    shutil.copy(old, database)
    story.plain('edit SON-2020-247 --rubrik "Skrivs aldrig"', 8)
    story.plain("audit rebuild")
    output = story.plain("show SON-2020-247")
    story.expect("det senaste finns kvar", "efter kopian" in output, True)
    story.plain("audit diff")
