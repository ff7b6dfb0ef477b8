"""`make demo`: an empty directory, a mail server on loopback, the story, and what to try afterwards."""

import sys
import tempfile
from pathlib import Path

from examples.demo import DOCUMENTS, UnexpectedError, prepare, real_programs, tell
from examples.demo.mail import mail_server


def main() -> int:
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="arendegang-demo-")).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        print(f"{directory} är inte tom. Ange en tom katalog.", file=sys.stderr)
        return 2
    with mail_server() as (mailbox, port):
        prepare(directory, port)
        try:
            tell(real_programs(directory), directory, mailbox)
        except UnexpectedError as error:
            print(f"\nDEMON GICK INTE SOM DEN SKULLE:\n{error}", file=sys.stderr)
            return 1
    print(f"\n{'━' * 100}\nKlart. Allt gick som berättelsen säger.")
    print(f"  Databasen:  {directory / 'arendegang.db'}")
    print(f"  Loggen:     {directory / 'logg'}, med texterna för sig i payloads")
    arende = Path(sys.executable).with_name("arende")
    print(f"\nPröva sedan:\n  cd {directory}\n  {arende} show KS-2023-710\n  {arende} todo\n  {arende} uppdrag list")
    print(f"  {arende} why SON-2024-902")
    print(f"  {arende} import {DOCUMENTS['anhorigstod']}   (samma fil en gång till)\n  {arende} --help")
    return 0


if __name__ == "__main__":
    sys.exit(main())
