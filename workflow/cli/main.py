"""`arende`: the entry point. It reads the clock, finds the command and turns every end into an exit code.

Command modules are imported when their command is called, so that `--help` answers at once.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import TextIOWrapper
from typing import Any, NamedTuple

import click

from workflow.cli import render, swedish
from workflow.errors import ArendeError, Exit

VERSION = "0.1.0"

COMMANDS: dict[str, tuple[str, str]] = {
    "read": ("read_commands", "Läs en tjänsteskrivelse och visa vad den säger, utan att spara."),
    "import": ("intake_commands", "Läs in en skrivelse, en mapp med skrivelser, eller en lista över öppna ärenden."),
    "register": ("registration_commands", "Registrera ett ärende utan skrivelse, till exempel en motion."),
    "edit": ("registration_commands", "Ändra rubrik, diarienummer, handläggare, mottagare, underlag eller förslag."),
    "handlaggare": ("registration_commands", "Byt handläggare i alla öppna ärenden."),
    "mbl": ("registration_commands", "Anteckna MBL: förhandling, information eller ej påkallad."),
    "stage": ("registration_commands", "Ärendets väg: lägg till en instans."),
    "link": ("link_commands", "Anteckna att två ärenden hör ihop, eller ta bort det."),
    "join": ("link_commands", "Lägg samman ett ärende med ett annat: det slutar, och går vidare i det andra."),
    "split": ("link_commands", "Dela ett ärende: en del blir ett nytt, med det som är kvar av vägen."),
    "list": ("query_commands", "Lista ärenden."),
    "show": ("query_commands", "Visa allt om ett ärende."),
    "why": ("plan_commands", "Varför går det inte vidare? Varje krav, med lagrum och kommandot som hjälper."),
    "plan": ("plan_commands", "Tidigaste vägen till laga kraft, sista dagar, och vad som händer om …"),
    "history": ("query_commands", "Vad som har hänt i ett ärende."),
    "diff": ("overview_commands", "Hur förslaget har ändrats, ord för ord, från skrivelsen till sista beslutet."),
    "graph": ("graph_commands", "Rita livscykeln, eller ett ärendes väg med ”du är här”."),
    "advance": ("case_commands", "För ärendet till nästa steg i dess väg."),
    "refer": ("case_commands", "Remittera till en instans."),
    "book": ("case_commands", "Sätt ärendet på en föredragningslista."),
    "decide": ("case_commands", "Anteckna vad en instans beslutade, att-sats för att-sats."),
    "minute": ("minute_commands", "För protokoll över en paragraf: yrkanden, reservationer, anteckningar."),
    "jav": ("minute_commands", "Anteckna att en ledamot är jävig i en paragraf och inte deltar."),
    "vote": ("minute_commands", "Anteckna en votering, med namn eller bara antal."),
    "return": ("case_commands", "Återremittera till den mottagare beslutet namnger."),
    "postpone": ("case_commands", "Bordlägg till nästa sammanträde."),
    "dispatch": ("dispatch_commands", "Anteckna att beslutet har skickats."),
    "receipt": ("dispatch_commands", "Anteckna att en mottagare har bekräftat."),
    "laga-kraft": ("appeal_commands", "Bekräfta att ett beslut har fått laga kraft."),
    "appeal": ("appeal_commands", "Överklaganden: inkommet, lämnat till rätten, avgjort."),
    "close": ("case_commands", "Avsluta ärendet."),
    "reopen": ("case_commands", "Återuppta ärendet för en ny omgång."),
    "withdraw": ("case_commands", "Återkalla ärendet före kallelsen."),
    "secrecy": ("secrecy_commands", "Sekretessmarkera ett ärende, eller häv markeringen."),
    "correct": ("archive_commands", "Ta tillbaka en felaktig post; inget raderas ur loggen."),
    "todo": ("query_commands", "Vad som väntar på vem, det försenade först."),
    "remiss": ("waiting_commands", "Remisser till andra än de egna instanserna."),
    "pause": ("waiting_commands", "Låt ett ärende vila till en dag."),
    "resume": ("waiting_commands", "Ett pausat ärende går vidare."),
    "party": ("waiting_commands", "Dröjsmål enligt förvaltningslagen: underrättad, begäran, avslag."),
    "silent": ("overview_commands", "Öppna ärenden där inget är på gång, med skälet och vad som får igång dem."),
    "balans": ("overview_commands", "Balanslista: öppna ärenden per instans, äldst först."),
    "motioner": ("overview_commands", "Obesvarade motioner och medborgarförslag, med dagen då året är slut."),
    "document": ("document_commands", "Ärendets handlingar: lägg till, lista, spara en kopia, kontrollera."),
    "watch": ("watch_commands", "Bevakningar: avtal, uppdrag, händelser att invänta, egna påminnelser."),
    "uppdrag": ("watch_commands", "Uppdragslistan: vad som ska redovisas tillbaka."),
    "meeting": ("meeting_commands", "Sammanträden: planera, flytta, kungör, kalla, håll, justera, anslå, ta ned."),
    "delegation": ("delegation_commands", "Delegationsbeslut: anteckna dem, och se vad som har anmälts."),
    "gallra": ("archive_commands", "Gallra ett slutat ärendes texter: en föreslår, en annan godkänner."),
    "audit": ("audit_commands", "Revisionsloggen: kontrollera, visa, jämför och bygg upp databasen ur den."),
    "backup": ("recovery_commands", "Säkerhetskopiera loggen, texterna och handlingarna."),
    "restore": ("recovery_commands", "Bygg upp databasen ur en säkerhetskopia."),
    "workflow": ("workflow_commands", "Arbetsgången: går allt att göra, av någon, i tid?"),
    "config": ("config_commands", "Nya inställningar: vad de skulle ändra, och att aktivera dem."),
    "doctor": ("database_commands", "Är allt som det ska? Databasen, loggen, påminnelserna och datorn."),
    "database": ("database_commands", "Databasen: skapa, uppgradera, ge roller."),
}
"""Command -> (module, what it does); modules are imported only when called."""


class Entry(NamedTuple):
    """What is read once, at the door: the clock and the command line's own settings."""

    now: datetime
    config: str
    role: str | None

    @property
    def today(self) -> date:
        """The day in Sweden."""
        # Most readers do without the time zones.
        from zoneinfo import ZoneInfo

        return self.now.astimezone(ZoneInfo("Europe/Stockholm")).date()


class LazyGroup(swedish.Group):
    """Knows every command's name and purpose, and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"workflow.cli.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, f"{name.replace('-', '_')}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Kommandon"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@click.group(cls=LazyGroup, invoke_without_command=True, help="Ärendegång: från tjänsteskrivelse till laga kraft.")
@click.option("--config", "config", metavar="FIL", help="Inställningsfil (annars ARENDE_CONFIG eller ./config.toml).")
@click.option("--as", "role", metavar="ROLL", help="Vilken av dina egna roller du handlar i.")
@click.option("--version", is_flag=True, help="Visa versionen.")
@click.pass_context
def cli(ctx: click.Context, config: str | None, role: str | None, version: bool) -> int:
    if version:
        return render.line(f"arende {VERSION}")
    if ctx.invoked_subcommand is None:
        return render.block(ctx.get_help())
    path = config or os.environ.get("ARENDE_CONFIG") or "config.toml"
    ctx.obj = Entry(now=datetime.now(UTC), config=path, role=role)
    return Exit.DONE


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    unreadable = next((text for text in arguments if not text.isascii() and _is_broken(text)), None)
    if unreadable is not None:
        return render.complain(f"Ordet {unreadable} är inte skrivet i UTF-8; skriv om det.", Exit.USAGE)
    try:
        answer: Any = cli.main(list(arguments), prog_name="arende", standalone_mode=False)
        render.flush()
        return int(answer or 0)
    except click.ClickException as error:
        return render.complain(swedish.usage_problem(error), Exit.USAGE)
    except ArendeError as error:
        return render.complain(str(error), error.exit)
    except (KeyboardInterrupt, click.Abort):
        return render.complain("Avbrutet. Se läget med arende show.", Exit.OUTCOME_UNKNOWN)
    except Exception as error:
        if os.environ.get("ARENDE_DEBUG"):
            raise
        told = f"Ett fel i programmet ({type(error).__name__}). Kör igen med ARENDE_DEBUG=1 och skicka utskriften "
        return render.complain(told + "till förvaltaren. Inget är halvskrivet: se läget med arende show.", Exit.BUG)


def _is_broken(text: str) -> bool:
    """True for bytes on the command line that are not UTF-8 (Python hides them as lone surrogates)."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def main() -> None:
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that lacks a character gets its code instead.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
