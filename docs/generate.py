"""Write the pages that are drawn from the code: `make docs`. With `--check`, only compare.

The pages are for municipal readers, so they are in Swedish. What the code does not say itself (what an
exit code means to the one who got it) stands here, and a code without its words stops the run.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from scheduler.daemon import daemon
from states import legal_basis
from states.case_facts import MeetingState, State
from states.diagram import case_lifecycle, meeting_lifecycle, mermaid
from states.drawing import svg
from states.guards import Guard
from states.kinds import KINDS, OWN
from states.legal_basis import ALWAYS, DOUBTS, LegalBasis
from states.lifecycle import GUARDS, MEETING_MOVES, MOVES, Move
from states.records import FORMAT, LIFECYCLE_VERSION, RECORD_TYPES, Record
from states.roles import PERMISSIONS, Role
from states.swedish_text import capitalised, day, listed, name
from workflow.cli.actor import ANYBODY, ASKED, ASKED_OF_DAEMON, READ
from workflow.cli.main import cli
from workflow.cli.render import WIDTH
from workflow.errors import Exit
from workflow.log_files import SEGMENT_SIZE

HERE = Path(__file__).parent
SCENARIOS = HERE.parent / "tests" / "scenarios"

# --- lifecycle.md ---------------------------------------------------------------------------------


def lifecycle() -> str:
    """The moves of cases and meetings, and the kinds of case."""
    return _page(
        "Livscykeln",
        "states/lifecycle.py",
        "Ett ärende har ett läge i taget, och ett sammanträde ett. Här står varje steg som finns, och vilka krav "
        "som ställs innan det tas. Finns ett steg inte i tabellen går det inte att ta. Kraven förklaras i "
        f"[Regler](rules.md). Livscykelns nummer är {LIFECYCLE_VERSION}; det står i varje post i loggen.",
        "## Ärendets väg i stort",
        "Beslut, bokning, expediering och bordläggning ändrar inte läget och är inte ritade. Det som leder tillbaka, "
        "eller till ett slut utan beslut, är ritat svagare.",
        "![Ärendets livscykel](lifecycle.svg)",
        "`arende graph --format svg` ritar samma bild, och `arende graph SON-2023-940 --out vag.svg` ett enskilt "
        "ärendes väg, med ”du är här”. Som Mermaid ser livscykeln ut så:",
        f"```mermaid\n{mermaid(case_lifecycle())}```",
        "## Lägen",
        _table(("Kod", "Läge"), [(_code(state), name(state)) for state in State]),
        "## Ärendets steg",
        f"{FACT} {DRAWN_TOGETHER}",
        _moves(MOVES, State),
        "## Slag av ärenden",
        "Ett ärende ur en tjänsteskrivelse får sin väg av skrivelsens förslag: den sista instansen beslutar, de "
        "före bereder. Utan skrivelse får det vägen som står här.",
        _table(("Slag", "Kod", "Börjar i", "Väg"), list(_kinds())),
        "## Sammanträdets lägen",
        f"```mermaid\n{mermaid(meeting_lifecycle())}```",
        _table(("Kod", "Läge"), [(_code(state), name(state)) for state in MeetingState]),
        "## Sammanträdets steg",
        _moves(MEETING_MOVES, MeetingState, prefix="meeting "),
    )


FACT = "Steg märkta **●** är fakta: har det hänt kan det antecknas med `--avvikelse` fast ett krav inte är uppfyllt."
DRAWN_TOGETHER = "Steg med samma krav står på en rad."


def _moves(moves: Iterable[Move], states: Iterable[State | MeetingState], prefix: str = "") -> str:
    """The table of moves; those alike but for where they lead share a row."""
    alike: dict[tuple[str, str, tuple[str, ...], bool], list[Move]] = {}
    for move in moves:
        key = (move.verb, move.label, tuple(guard.id for guard in move.guards), move.fact)
        alike.setdefault(key, []).append(move)
    rows = [
        (
            _code(f"arende {prefix}{verb.replace('_', '-')}"),
            f"{label}{' ●' if fact else ''}",
            "<br>".join(f"{name(move.source)} → {name(move.target)}" for move in found),
            ", ".join(map(_guard_link, guards)) or "–",
        )
        for (verb, label, guards, fact), found in alike.items()
    ]
    return _table(("Kommando", "Steg", "Från → till", "Krav"), rows)


OWN_BODY = "instansen i `--body`"


def _kinds() -> Iterator[tuple[str, ...]]:
    for kind, what in KINDS.items():
        way = " → ".join(f"{OWN_BODY if body == OWN else name(body)} ({name(role)})" for body, role in what.way)
        yield capitalised(name(kind)), _code(kind), name(what.starts_in) if what.starts_in else OWN_BODY, way


# --- cli.md ---------------------------------------------------------------------------------------

EXIT_TOLD = {
    Exit.DONE: "Klart.",
    Exit.BUG: "Ett fel i programmet. Inget är halvskrivet. Kör igen med `ARENDE_DEBUG=1` och skicka utskriften vidare.",
    Exit.USAGE: "Kommandot kunde inte användas så. Meddelandet säger vad som saknas eller är fel.",
    Exit.REFUSED: "Vägrat av en regel. Svaret räknar upp varje krav, dess grund, vem som kan åtgärda det och hur.",
    Exit.NOT_FOUND: "Ärendet, sammanträdet, instansen eller mottagaren finns inte.",
    Exit.CHANGED_MEANWHILE: "Någon annan ändrade samma sak samtidigt. Inget skrevs; se läget och försök igen.",
    Exit.ENVIRONMENT: "Inställningarna, databasen eller datorn: något utanför ärendet hindrar.",
    Exit.OUTCOME_UNKNOWN: "Okänt om ändringen sparades. Kör samma kommando igen med det `--command-id` som visas.",
    Exit.VERIFICATION_FAILED: "Loggen eller databasen håller inte vid kontrollen.",
}


def commands() -> str:
    """Every command's help, as the program prints it."""
    return _page(
        "Kommandon",
        "workflow/cli",
        "Allt som `arende` och `arende-daemon` kan, med hjälptexterna som programmen själva visar. Ett diarienummer "
        "kan skrivas som det brukar skrivas, och ett sammanträde är instans och dag: `KS-2024-05-14`.",
        "## Avslutskoder",
        "Programmet svarar skalet med en av dessa.",
        _table(("Kod", "Namn", "Betyder"), [(str(int(code)), _code(code.name), EXIT_TOLD[code]) for code in Exit]),
        *(f"## `{one.command_path}`\n\n```text\n{one.get_help()}\n```" for name in PROGRAMS for one in contexts(name)),
    )


PROGRAMS: Mapping[str, click.Command] = {"arende": cli, "arende-daemon": daemon}


def contexts(program: str = "arende") -> Iterator[click.Context]:
    """Every command of a program, in its context, the outermost first."""
    yield from _contexts(PROGRAMS[program], program, None)


def _contexts(command: click.Command, called: str, parent: click.Context | None) -> Iterator[click.Context]:
    context = command.context_class(command, info_name=called, parent=parent, terminal_width=WIDTH)
    yield context
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from _contexts(found, inner, context)


# --- rules.md -------------------------------------------------------------------------------------

SOMETIMES = {
    "proposal-for-next-body": "Varnar bara, när skrivelsen inte har något förslag alls.",
    "mbl-held": "HR åtgärdar, när en förhandling är bokad men inte antecknad som hållen.",
    "prepared": "Val, avsägelser, revision, interpellationer och frågor behöver ingen beredning, och inte heller att "
    "ett medborgarförslag överlämnas (KL 5 kap. 29–34, 59–64 §§).",
    "minority": "I en nämnd: enkel majoritet (KL 6 kap. 33 §).",
    "kallelse-in-time": "För en nämnd: varnar bara, på kommunens egen inställning (R-KALLELSE).",
    "meeting-called": "För en nämnd: varnar bara, på kommunens egen inställning (R-KALLELSE).",
}
"""Where a guard says otherwise in some cases than it does in general."""


def rules() -> str:
    """Every requirement, and every ground one can have."""
    unknown = SOMETIMES.keys() - {guard.id for guard in GUARDS}
    assert not unknown, f"no such guards: {unknown}"
    return _page(
        "Regler",
        "states/guards/ och states/legal_basis.py",
        "Varje krav som ett steg kan ställa, och vad det vilar på. Ett krav som **hindrar** stoppar steget. Ett som "
        "**varnar** visas, men stoppar inte. Är händelsen äldre än lagen varnar kravet bara, om det går att avvika "
        "från alls. Ord inom ‹ › fylls i när kravet visas. Texterna är våra egna; lagen läses i Svensk "
        "författningssamling.",
        "## Krav",
        *(_rule(guard) for guard in GUARDS),
        "## Grunder",
        _table(
            ("Id", "Lagrum", "Kraft", "Tillämpas på händelser", "Säger, med våra ord", "Källa"),
            [_ground(basis) for basis in legal_basis.ALL],
        ),
        "## Det som inte är verifierat",
        "Det här i reglerna har ingen av oss kunnat läsa sig till. Var sak sägs där regeln talar.",
        _table(("Id", "Vad, och vad programmet gör"), [(f"`{rule}`", doubt) for rule, doubt in DOUBTS.items()]),
        "## Visas av scenarier",
        "Varje rad i rättsutredningen som programmet vakar över, och de scenarier i `tests/scenarios/` som visar hur. "
        "De körs mot regelverket ensamt och genom hela programmet.",
        _table(("Id", "Scenarier"), [(f"`{rule}`", "<br>".join(titles)) for rule, titles in _shown().items()]),
        "## Utanför programmet",
        "Tvingande regler i kommunallagen, MBL och förvaltningslagen som programmet inte vakar över, och varför.",
        _table(("Id", "Varför"), [(f"`{rule}`", why) for rule, why in legal_basis.OUTSIDE.items()]),
    )


def _shown() -> dict[str, list[str]]:
    """Rule of the legal study -> the titles of the scenarios that show it."""
    found: dict[str, list[str]] = {}
    for file in sorted(SCENARIOS.glob("*.toml")):
        for one in tomllib.loads(file.read_text("utf-8")).get("scenario", ()):
            said = one.get("regel", ())
            for rule in (said,) if isinstance(said, str) else said:
                found.setdefault(rule, []).append(one["titel"])
    return dict(sorted(found.items()))


def _rule(guard: Guard) -> str:  # type: ignore[type-arg]
    asked = [move for move in (*MOVES, *MEETING_MOVES) if guard in move.guards]
    steps = list(dict.fromkeys(f"{_command_of(move)} ({move.label})" for move in asked))
    ground = guard.basis
    lines = [
        f"### `{guard.id}`",
        re.sub(r"\{(\w+)\}", r"‹\1›", guard.text),
        "\n".join(
            [
                f"- Grund: {_cited(ground)}, {ground.force}, {_since(ground)}",
                f"- {'Hindrar' if guard.blocks else 'Varnar'}",
                f"- Avvikelse: {_deviation(guard, asked)}",
                f"- Åtgärdas av: {name(guard.who)}",
                f"- Ställs av: {'; '.join(steps)}",
                *([f"- Ibland: {SOMETIMES[guard.id]}"] if guard.id in SOMETIMES else []),
            ]
        ),
    ]
    return "\n\n".join(lines)


def _deviation(guard: Guard, asked: Sequence[Move]) -> str:  # type: ignore[type-arg]
    facts = list(dict.fromkeys(move.label for move in asked if move.fact))
    if not guard.blocks:
        return "behövs inte"
    if not facts:
        return "nej, steget är en plan och kan vänta"
    steps = "steget" if len(facts) == 1 else "stegen"
    return f"ja, i {steps} {listed(facts)}" if guard.deviable else "nej, utan detta finns inget att anteckna"


def _ground(basis: LegalBasis) -> tuple[str, ...]:
    return f"`{basis.id}`", basis.cite or "–", basis.force, _since(basis), basis.says, basis.source


def _cited(basis: LegalBasis) -> str:
    return f"{basis.cite} ({basis.id})" if basis.cite else f"ingen lag ({basis.id})"


def _since(basis: LegalBasis) -> str:
    until = f" till {day(basis.until).partition(' ')[2]}" if basis.until else ", tills vidare"
    return "alltid" if basis.since == ALWAYS else f"från {day(basis.since).partition(' ')[2]}{until}"


def _command_of(move: Move) -> str:
    prefix = "meeting " if move in MEETING_MOVES else ""
    return _code(f"{prefix}{move.verb.replace('_', '-')}")


# --- audit_events.md ------------------------------------------------------------------------------

FIELDS = {
    "v": f"Postens format; nu {FORMAT}.",
    "stream": "Vad posten handlar om: `case:`, `meeting:` eller `reminder:` och ett id, eller `system`.",
    "seq": "Postens nummer i sin ström: 1, 2, 3 … utan luckor.",
    "type": "Vad som hände; se tabellen ovan.",
    "event_date": "Dagen det hände.",
    "recorded_at": "När det antecknades, i UTC.",
    "actor": "Vem som antecknade det: `id` under `[[people]]` i config.toml, inte ett namn.",
    "role": "Rollen den handlade i.",
    "command_id": "Kommandots id. Samma id utför aldrig något två gånger.",
    "version": "Ärendets eller sammanträdets version efter posten.",
    "lifecycle": "Livscykelns nummer; se [Livscykeln](lifecycle.md).",
    "config": "SHA-256 av inställningarna som gällde.",
    "prev": "SHA-256 av strömmens förra post; nollor i den första.",
    "seen": "De sammanträden som vägdes in, med den version var och ett hade.",
    "data": "Steget, varifrån och vart, kraven som varnade, hindrade eller frångicks. Bara koder.",
    "payloads": "SHA-256 av de texter och namn som hör till posten.",
    "changes": "Raderna som posten satte i databasen, i ordning: `insert` (hela raden), `update` (några kolumner) "
    "eller `delete` (raden skulle aldrig ha funnits; bara dess `id`).",
}

ENVELOPE = {
    "body": "Själva posten.",
    "log_index": "Radens nummer i hela loggen: 1, 2, 3 … utan luckor, också från en fil till nästa.",
    "prev_line": "SHA-256 av raden före, utan radslut; nollor på loggens första rad.",
    "sha256": "SHA-256 av posten.",
}

BY_HAND = """\
import hashlib, json, pathlib

sha = lambda content: hashlib.sha256(content).hexdigest()
files = sorted(pathlib.Path("logg").glob("arendegang-*.jsonl"))
lines = [line for file in files for line in file.read_bytes().splitlines()]
before, streams = "0" * 64, {}
for number, line in enumerate(lines, 1):
    row = json.loads(line)
    body = json.dumps(row["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert (row["log_index"], row["prev_line"], row["sha256"]) == (number, before, sha(body)), f"rad {number}"
    assert row["body"]["prev"] == streams.get(row["body"]["stream"], "0" * 64), f"rad {number}"
    before, streams[row["body"]["stream"]] = sha(line), row["sha256"]
print(f"{len(lines)} rader håller. Huvud: {before}")
"""

HEAD_BY_HAND = "cat logg/arendegang-*.jsonl | tail -n 1 | tr -d '\\n' | sha256sum"
PAYLOADS_BY_HAND = (
    "(cd logg/payloads && find . -name '*.json' | sed -E 's|^\\./../(.*)\\.json$|\\1  &|' | sha256sum --check --quiet)"
)


def audit_events() -> str:
    """The log: its records, its lines, and how to check them without us."""
    known = {"v", *(field.name for field in msgspec.structs.fields(Record))}
    assert known == FIELDS.keys(), f"Record and FIELDS differ: {known ^ FIELDS.keys()}"
    return _page(
        "Revisionsloggen",
        "states/records.py",
        "Varje ändring, och varje steg som vägrades, är en post i loggen. Posten skrivs i samma transaktion som "
        "ändringen, så det finns ingen ändring utan post. Databasens innehåll är summan av posterna. Posterna står "
        "i kedjor, en för varje ärende och sammanträde, och filerna i `logg/` binder ihop dem till en.",
        "## Poster",
        _table(("Typ", "Vad som hände"), [(_code(kind), told) for kind, told in RECORD_TYPES.items()]),
        "## En post",
        "Skäl, rubriker, namn och att-satser står inte i posten. De är texter för sig, så att de kan gallras utan "
        "att kedjan bryts; posten bär bara deras SHA-256.",
        _table(("Fält", "Vad det säger"), [(_code(field), told) for field, told in FIELDS.items()]),
        "En post har alla dessa fält och inga andra. `v`, `seq`, `version` och `lifecycle` är heltal, `seen` och "
        "`data` objekt, `payloads` och `changes` listor, och resten text. En ändrad rad är en lista med tre delar: "
        "vad som gjordes, tabellen, och kolumnerna som ett objekt.",
        "En post av slaget `case.corrected` eller `meeting.corrected` tar tillbaka en annan i samma ström: `data` bär "
        "dess nummer (`corrects`) och slag (`type`). En post av slaget `case.purged` namnger i `data` beslutet "
        "(`decision`), den som föreslog (`proposed_by`) och de texter som är borta från och med då (`purged`).",
        "## Filerna",
        "Loggen står i filer som heter `arendegang-ÅÅÅÅ-MM-NNN.jsonl`: månaden och ett nummer i den. En ny börjar när "
        f"månaden byts, eller när filen annars skulle bli större än {SEGMENT_SIZE >> 20} MiB; de tidigare är "
        "skrivskyddade. Lästa i ordning efter månad och nummer är de en enda logg, och första raden i en fil bär "
        "summan av den sista i filen före. Varje dator som skriver ut loggen ur samma databas får samma filer, byte "
        "för byte.",
        "## En rad",
        "En rad är en post i ett kuvert, som JSON och ett radslut (`\\n`). Den skrivs på ett enda tillåtet sätt, RFC "
        "8785 begränsad till det som förekommer: nycklarna i ordning efter sina kodpunkter, inga dubbletter, inga "
        'blanksteg, UTF-8 utan BOM, bara heltal, och i texter bara det undantaget som JSON kräver (`\\"`, `\\\\` och '
        "styrtecken, med de korta formerna där de finns och annars `\\u00xx`).",
        _table(("Fält", "Vad det säger"), [(_code(field), told) for field, told in ENVELOPE.items()]),
        "Summorna tas över byten som de står: `sha256` över värdet av `body`, `prev_line` över raden utan radslut.",
        "## Texterna",
        "Varje text är en fil, döpt efter sin SHA-256: `logg/payloads/ab/abcd….json`, där katalogen är summans två "
        "första tecken. Den bär ett slumptal (`nonce`), så att summan inte avslöjar en kort text. En text som saknas "
        "ska vara namngiven av en senare `case.purged`, och en text som är det ska vara borta; summan i dess post står "
        "kvar.",
        "## Kontrollera för hand",
        "`arende audit verify` gör detta och mer, utan databas. Den som inte vill lita på programmet kör i stället "
        "detta, i katalogen med config.toml:",
        f"```python\n{BY_HAND}```",
        "[Kontrollera loggen utan att lita på någon](verify_independently.md) har ett helt program, och säger hur "
        "huvudet antecknas. Huvudet är den sista radens nummer och summa. Antecknar någon det utanför datorn kan ingen "
        "skriva om loggen obemärkt. Så räknas summan med enbart skalet, och så kontrolleras texterna (tyst när alla "
        "stämmer):",
        f"```sh\n{HEAD_BY_HAND}\n{PAYLOADS_BY_HAND}\n```",
    )


# --- roller.md ------------------------------------------------------------------------------------

HOLDS = "●"


def roles() -> str:
    """What each role may do: the moves, and everything that is none."""
    return _page(
        "Roller",
        "states/roles.py, states/lifecycle.py och workflow/cli/actor.py",
        "Vad varje roll får göra. Det ingen roll har en punkt för får ingen göra. Vem som har vilken roll, och hos "
        "vilken instans, står under `[[people]]` i config.toml. En roll hos en instans gäller också hos dess utskott "
        "och hos dem den har tagit över från. Ett försök utan rätt roll vägras med kod 3 och antecknas i loggen. Med "
        "`--as ROLL` handlar man i en enda av sina egna roller.",
        "## Roller",
        _table(("Kod", "Roll"), [(_code(role), name(role)) for role in Role]),
        "## Ärendets steg",
        _matrix(_steps(MOVES)),
        "## Sammanträdets steg",
        _matrix(_steps(MEETING_MOVES)),
        "## Det som inte är steg",
        _matrix({one.label: one.by for one in PERMISSIONS.values()}),
        "## Kommandon som läser eller sköter",
        "Övriga kommandon ändrar ett ärende eller ett sammanträde, och frågar efter rollen i tabellerna ovan. "
        f"{listed(f'`arende {command}`' for command in sorted(ANYBODY))} rör bara en egen fil, och `arende graph` utan "
        "ärende eller sammanträde bara programmet självt; det får vem som helst. Så är det också med `arende audit "
        "verify` när en egen katalog eller fil anges: en kopia av loggen ska kunna kontrolleras av vem som helst.",
        _table(
            ("Kommando", "Kräver rätt att"),
            [
                *((_code(f"arende {one}"), _acts(acts)) for one, acts in ASKED.items()),
                *((_code(f"arende-daemon {one}"), _acts(acts)) for one, acts in ASKED_OF_DAEMON.items()),
            ],
        ),
        "`arende meeting agenda` och `arende meeting dispatch` utan något att ändra, och `arende gallra` utan ärende, "
        f"visar bara, och kräver rätt att {_acts(READ)}.",
        "## Sekretess",
        "Ett sekretessmarkerat ärende finns bara för den som har en läsande roll och i `cleared` har någon instans i "
        'ärendets väg, eller `"*"`. För alla andra är det som om ärendet inte fanns: i listor, antal, sökningar, '
        "felmeddelanden och påminnelser, och på ett sammanträdes lista, i dess protokoll och dess historik. Det som "
        "görs med alla ärenden på en gång (`arende decide --meeting SAMMANTRÄDE --all bifall` och `arende meeting "
        "dispatch SAMMANTRÄDE --alla`) görs med dem man ser. Listor visar den behöriga nummer och läge, men inte "
        "rubriken. Varje läsning av innehållet antecknas innan det visas, och varje försök av en obehörig. Märket är "
        "frivilligt, anger "
        "paragrafen och avgör ingenting i sig (OSL 5 kap. 5 §). En påminnelse om ett sådant ärende bär numret och "
        "inget annat (OSL 5 kap. 2 §). Revisionsloggen bär id och koder, också om det som är sekretessmarkerat, men "
        "inga texter.",
    )


def _steps(moves: Iterable[Move]) -> dict[str, frozenset[Role]]:
    """What the steps are called -> who may take them; where that differs, with where they begin."""
    alike: dict[tuple[str, frozenset[Role]], list[Move]] = {}
    for move in moves:
        alike.setdefault((move.label, move.by), []).append(move)
    labels = [label for label, _ in alike]
    return {
        f"{label} från {listed(dict.fromkeys(name(move.source) for move in found))}"
        if labels.count(label) > 1
        else label: by
        for (label, by), found in alike.items()
    }


def _matrix(rows: Mapping[str, frozenset[Role]]) -> str:
    held = [(label, *(HOLDS if role in by else "" for role in Role)) for label, by in rows.items()]
    return _table(("", *(name(role) for role in Role)), held)


def _acts(acts: Iterable[str]) -> str:
    return " eller ".join(PERMISSIONS[act].label for act in acts)


# --- Markdown -------------------------------------------------------------------------------------


def _page(title: str, source: str, *parts: str) -> str:
    generated = f"> Sidan är skapad ur {_sources(source)} med `make docs`. Ändra där, inte här."
    return "\n\n".join([f"# {title}", generated, *(part.rstrip() for part in parts)]) + "\n"


def _sources(source: str) -> str:
    return re.sub(r"[\w/]+(\.py)?", lambda m: f"`{m[0]}`" if "/" in m[0] else m[0], source)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)


def _code(text: str) -> str:
    return f"`{text}`"


def _guard_link(guard: str) -> str:
    return f"[{guard}](rules.md#{guard})"


PAGES: dict[str, Callable[[], str]] = {
    "lifecycle.md": lifecycle,
    "lifecycle.svg": lambda: svg(case_lifecycle()),
    "cli.md": commands,
    "rules.md": rules,
    "audit_events.md": audit_events,
    "roller.md": roles,
}


def stale(directory: Path) -> list[str]:
    """The pages that do not say what the code says."""
    return [page for page, make in PAGES.items() if _written(directory / page) != make()]


def _written(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: Sequence[str], directory: Path = HERE) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is stale")
    if parser.parse_args(arguments).check:
        found = stale(directory)
        for page in found:
            print(f"docs/{page} is stale: run `make docs`", file=sys.stderr)
        return 1 if found else 0
    for page, make in PAGES.items():
        (directory / page).write_text(make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
