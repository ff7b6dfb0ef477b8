"""The log: verified, and one changed byte found in a copy of it."""

import shlex
import shutil
from pathlib import Path

from examples.demo.story import Story
from workflow import log_files


def tell(story: Story, directory: Path) -> None:
    story.chapter("6. Loggen: kontrollerad, och en ändrad byte i en kopia funnen")
    story.shows("audit verify", whole=True)
    copy = directory / "kopia"
    shutil.copytree(directory / "logg", copy)
    log = log_files.segments(copy)[-1]
    content = bytearray(log.read_bytes())
    line = content[: len(content) // 2].count(b"\n") + 1
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    output = story.plain(f"audit verify {shlex.quote(str(log))}", 8)
    story.expect("raden namnges", f"Rad {line}" in output, True)
    story.shows("list")
    story.plain("graph KS-2023-710")
