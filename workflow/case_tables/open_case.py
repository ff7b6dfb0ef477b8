"""What a row of the older system's table says of a case, once the map has said what its columns mean."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from states.case_facts import CaseKind, State, WatchKind
from states.case_number import CaseNumber, readings
from states.kinds import KINDS
from states.swedish_text import NAMES
from workflow import secrecy, ways
from workflow.body_register import Body, BodyRegister
from workflow.case_tables import standing
from workflow.case_tables.column_map import ColumnMap, folded, strptime_format
from workflow.case_tables.headings import Table
from workflow.case_tables.standing import Place
from workflow.case_tables.table_file import Row
from workflow.errors import ArendeError, UsageError
from workflow.watchwork import NewWatch
from workflow.ways import Way

EARLIEST = 1900


class OpenCase(msgspec.Struct, frozen=True, kw_only=True):
    """An open case as the older system has it, in our words."""

    row: int
    numbers: tuple[str, ...]
    rubrik: str
    kind: CaseKind
    way: Way  # from where it stands and on
    starts_in: State | None  # None: where its kind begins
    handlaggare: tuple[str, ...] = ()
    received_on: date | None = None
    registered_on: date | None = None
    answer_by: date | None = None
    secrecy: str | None = None
    watches: tuple[NewWatch, ...] = ()
    unsure: tuple[str, ...] = ()  # what a person should look at


class BadRow(msgspec.Struct, frozen=True):
    """A row that makes no case."""

    row: int
    faults: tuple[str, ...]  # each with its column


class _Cells:
    """The cells of one row by what they mean, and what is wrong with them."""

    def __init__(self, table: Table, wanted: ColumnMap, row: Row) -> None:
        self._table, self._map, self._row = table, wanted, row
        self.faults: list[str] = []

    def text(self, field: str) -> str:
        """What stands there in our words; what holds for every row where nothing does."""
        at = self._table.places.get(field)
        raw = self._row.cells[at].strip() if at is not None and at < len(self._row.cells) else ""
        return self._map.meaning(field, raw).strip() if raw else getattr(self._map.konstanter, field, "")

    def fault(self, field: str, told: str) -> str:
        """Note what is wrong, by the table's own name of the column."""
        self.faults.append(f"Kolumnen {getattr(self._map.kolumner, field) or f'{field} (konstanter)'}: {told.strip()}")
        return ""

    def hint(self, field: str, text: str) -> str:
        return f'Säg i kartan vad det betyder, under [varden.{field}]: "{text}" = "…"'


class Reading:
    """Reads rows, on a day, for a municipality's bodies."""

    def __init__(self, table: Table, wanted: ColumnMap, bodies: BodyRegister, today: date, kinds: frozenset[CaseKind]):
        self._table, self._map, self._bodies, self._today, self._kinds = table, wanted, bodies, today, kinds
        self._formats = [*(strptime_format(form, "") for form in wanted.fil.datum), "%Y-%m-%d"]

    def is_passed_by(self, row: Row) -> bool:
        return any(at < len(row.cells) and folded(row.cells[at]) in words for at, words in self._table.skipping)

    def case(self, row: Row) -> OpenCase | BadRow:
        """The case of a row, or everything that is wrong with it."""
        cells = _Cells(self._table, self._map, row)
        numbers = self._numbers(cells)
        rubrik = cells.text("rubrik") or cells.fault("rubrik", "är tom; skriv ärendemeningen.")
        kind, stands = self._kind(cells), self._stands(cells)
        days = {field: self._day(cells, field) for field in ("inkom", "registrerad", "svar_senast", "nasta_dag")}
        self._refuse_odd_days(cells, kind, days)
        basis = self._basis(cells)
        way = self._way(cells, kind, stands) if kind else ()
        if cells.faults or not kind:
            return BadRow(row.number, tuple(cells.faults))
        watches, unsure = _next_step(cells.text("nasta_steg"), days["nasta_dag"], way[0][0].code)
        return OpenCase(
            row=row.number,
            numbers=numbers,
            rubrik=rubrik,
            kind=kind,
            way=way,
            starts_in=standing.start(kind, way, stands),
            handlaggare=_listed(cells.text("handlaggare")),
            received_on=days["inkom"],
            registered_on=days["registrerad"],
            answer_by=days["svar_senast"],
            secrecy=basis,
            watches=watches,
            unsure=(*unsure, *_about_mbl(stands)),
        )

    def _numbers(self, cells: _Cells) -> tuple[str, ...]:
        texts = _listed(cells.text("diarienummer"))
        for text in texts:
            if number(text) is None:
                cells.fault("diarienummer", f"”{text}” är inget diarienummer; skriv till exempel SON 2024-17.")
        if not texts:
            cells.fault("diarienummer", "är tom; ett ärende känns igen på sitt diarienummer.")
        return texts

    def _kind(self, cells: _Cells) -> CaseKind | None:
        text = cells.text("slag")
        found = next((kind for kind in CaseKind if folded(text) in (kind.value, folded(NAMES[kind]))), None)
        if found is None or found not in self._kinds:
            known = ", ".join(kind.value for kind in CaseKind if kind in self._kinds)
            cells.fault(
                "slag", f"”{text}” är inget slag av ärende som kan läsas in ({known}). {cells.hint('slag', text)}"
            )
            return None
        return found

    def _stands(self, cells: _Cells) -> Place:
        """The state it is in, or the body it stands at; None where nothing is said."""
        text = cells.text("lage")
        if not text:
            return None
        state = next((state for state in State if folded(text) in (state.value, folded(NAMES[state]))), None)
        if state in (State.SKICKAS_TILL, State.AVSLUTAD, State.ATERKALLAD):
            cells.fault("lage", "är beslutat eller slutat; bara ärenden som inte är beslutade läses in.")
            return None
        body = None if state else self._body_called(text)
        if state is None and body is None:
            cells.fault("lage", f"”{text}” är varken ett läge eller en instans. {cells.hint('lage', text)}")
        return state or body

    def _body_called(self, text: str) -> Body | None:
        return self._bodies.find_or_none(text, self._today)

    def _day(self, cells: _Cells, field: str) -> date | None:
        text = cells.text(field)
        if not text:
            return None
        # A spreadsheet gives a moment where a cell is one.
        day = next((day for form in self._formats if (day := _parsed(text, form) or _parsed(text[:10], form))), None)
        if day is None:
            forms = " eller ".join(dict.fromkeys((*self._map.fil.datum, "ÅÅÅÅ-MM-DD")))
            cells.fault(field, f"”{text}” är inget datum på formen {forms}.")
        elif day.year < EARLIEST:
            cells.fault(field, f"{day} är för länge sedan för att vara rätt.")
        elif field in ("inkom", "registrerad") and day > self._today:
            cells.fault(field, f"{day} ligger i framtiden.")
        return day

    def _refuse_odd_days(self, cells: _Cells, kind: CaseKind | None, days: Mapping[str, date | None]) -> None:
        received, registered, answer = days["inkom"], days["registrerad"], days["svar_senast"]
        if received and registered and received > registered:
            cells.fault("inkom", f"{received} är efter att ärendet registrerades, {registered}.")
        if answer and registered and answer < registered:
            cells.fault("svar_senast", f"{answer} är före att ärendet registrerades, {registered}.")
        if kind and KINDS[kind].answered and not answer:
            cells.fault("svar_senast", "är tom; den som frågar har sagt när svaret ska vara lämnat.")
        if kind and answer and not KINDS[kind].answered:
            cells.fault("svar_senast", "hör till en inkommen remiss eller ett yttrande till en myndighet.")

    def _basis(self, cells: _Cells) -> str | None:
        text = cells.text("sekretess")
        try:
            return secrecy.provision(text) if text else None
        except UsageError as error:
            cells.fault("sekretess", f"{error} {cells.hint('sekretess', text)}")
            return None

    def _way(self, cells: _Cells, kind: CaseKind, stands: Place) -> Way:
        """The way from where the case stands; what lies behind it was done elsewhere."""
        text, told = cells.text("instans"), cells.text("vag")
        own = self._body_called(text) if text else None
        if text and own is None:
            cells.fault("instans", f"”{text}” är ingen instans. {cells.hint('instans', text)}")
            return ()
        try:
            whole = ways.told(self._bodies, self._today, told.replace(",", " ").split()) if told else None
            whole = whole or standing.usual(self._bodies, self._today, kind, own, stands)
        except ArendeError as error:
            field = "vag" if told else "instans"
            why = _in_the_map(str(error))
            mend = f"Rätta det i kolumnen eller, för alla rader, {field} under [konstanter] i kartan."
            cells.fault(field, f"räcker inte för att säga ärendets väg. {why} {mend}")
            return ()
        found = standing.rest(whole, stands, self._bodies, self._today, own)
        if not found:
            cells.fault("lage", "säger inte vilken nämnd ärendet står hos; ange instans eller vag i kartan.")
        return found


def _in_the_map(told: str) -> str:
    """What is said of a command line's options, said of the map."""
    return told.replace("--body", "instans").replace("--steg", "vag")


def number(text: str) -> CaseNumber | None:
    """The diarienummer of a text, with its diary."""
    found = readings(text)
    return found[0] if found and found[0].diary else None


def _parsed(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _listed(text: str) -> tuple[str, ...]:
    """Several in one cell, as older systems write them."""
    return tuple(dict.fromkeys(part for one in text.replace(",", ";").split(";") if (part := one.strip())))


def _next_step(step: str, on: date | None, body: str) -> tuple[tuple[NewWatch, ...], tuple[str, ...]]:
    """What is to be done next, as a watch; only told of where no day is said."""
    if on is None:
        return (), (f"Nästa steg enligt det äldre systemet: {step}. Bevaka det med arende watch add.",) if step else ()
    about = step or "Nästa steg enligt det äldre systemet"
    return (NewWatch(kind=WatchKind.BEVAKNING, about=about, body=body, due=on),), ()


def _about_mbl(stands: Place) -> tuple[str, ...]:
    if stands is not State.MBL:
        return ()
    return ("Det äldre systemet säger MBL. Inget är antecknat om det, så ärendet är ett utkast: arende mbl.",)
