"""The commands that note something on a case without moving it: register, edit, MBL and the way."""

from datetime import date

import click

from states.case_facts import AppealRegime, BodyKind, CaseKind, Children, MblEntry, MblKind, StageRole
from states.kinds import KINDS
from workflow import case_store, registration
from workflow.audit_journal import Command as Given
from workflow.body_register import Body
from workflow.cli import frame
from workflow.cli.answer_day import AnswerDay, answers_by
from workflow.cli.change import Asked, changes, perform, rehearse, rehearsing
from workflow.cli.dispatch_commands import purposes
from workflow.cli.secrecy_commands import as_provision, marked_secret
from workflow.cli.swedish import Choice, Command, Group, codes
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Result
from workflow.ways import of_kind, told

Words = tuple[str, ...]


class KindOfCase(Choice):
    """The kinds there are; those of one person's support are kept in other systems, and it is said so."""

    INDIVIDUAL = frozenset({"individarende", "individärende", "sol", "lvu", "lvm", "lss"})

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        if str(value).casefold() not in self.INDIVIDUAL:
            return super().get_invalid_choice_message(value, ctx)
        return (
            "individärenden om en enskild person hör hemma i socialtjänstens verksamhetssystem; här registreras det "
            "som instanserna beslutar om verksamheten"
        )


KINDS_OF_CASE = KindOfCase([kind.value for kind in CaseKind])
concerns_children = click.option(
    "--barn",
    "children",
    type=codes(Children),
    metavar="SVAR",
    help="Rör det barn? nej, ja eller provat (barnets bästa).",
)


@click.command("register", cls=Command, help="Registrera ett ärende utan skrivelse, till exempel en motion.")
@click.option("--kind", "kind", type=KINDS_OF_CASE, required=True, metavar="SLAG", help="motion, ks_arende …")
@click.option("--rubrik", required=True, metavar="TEXT", help="Vad ärendet gäller.")
@click.option("--dnr", "numbers", multiple=True, metavar="DNR", help="Diarienummer.")
@click.option("--body", "body", metavar="INSTANS", help="Instansen där ärendet hör hemma, till exempel nämnden.")
@click.option("--steg", "steps", multiple=True, metavar="INSTANS=ROLL", help="Hela vägen, ett steg i taget.")
@click.option("--inkommet", "received_on", type=frame.DAY, metavar="DATUM", help="Dagen det kom in, om tidigare.")
@concerns_children
@click.option(
    "--svar-senast", "answer_by", type=frame.DAY, metavar="DATUM", help="Dagen som en annan har bett om svar."
)
@click.option("--punkt", "point", default="", metavar="PUNKT", help="Delegationsordningens, för ett delegationsbeslut.")
@click.option("--av", "by", default="", metavar="NAMN", help="Vem som beslutade i instansens ställe.")
@marked_secret
@changes
def register_command(
    kind: str,
    rubrik: str,
    numbers: Words,
    body: str | None,
    steps: Words,
    received_on: date | None,
    children: str | None,
    answer_by: date | None,
    point: str,
    by: str,
    secrecy: str | None,
    asked: Asked,
) -> int:
    if body and steps:
        raise UsageError("Ange --body eller --steg, inte båda.")
    case_kind, basis = CaseKind(kind), as_provision(secrecy)
    if KINDS[case_kind].answered and answer_by is None:
        raise UsageError("Ange --svar-senast: vilken dag svaret ska vara lämnat.")
    if answer_by is not None and not KINDS[case_kind].answered:
        raise UsageError("--svar-senast hör till en inkommen remiss eller ett yttrande till en myndighet.")
    taken = bool(KINDS[case_kind].taken)
    if taken and not (point.strip() and by.strip()):
        raise UsageError("Ange --punkt och --av: vem som beslutade i instansens ställe, och enligt vilken punkt.")
    if not taken and (point or by):
        raise UsageError("--punkt och --av hör till ett delegationsbeslut eller ett ordförandebeslut.")
    with frame.desk() as desk:
        if case_kind is CaseKind.MEDBORGARFORSLAG and not desk.settings.config.law.medborgarforslag:
            raise UsageError(
                "Fullmäktige tar inte emot medborgarförslag, enligt config.toml ([law] medborgarforslag = false)."
            )
        skrivelse = Skrivelse(rubrik=rubrik, numbers=numbers)

        def register(given: Given) -> Result:
            way = told(desk.bodies, given.on, steps) if steps else of_kind(desk.bodies, given.on, case_kind, body)
            new = NewCase(
                kind=case_kind,
                skrivelse=skrivelse,
                way=way,
                received_on=received_on,
                children=Children(children) if children else None,
                answer_by=answer_by,
                secrecy=basis,
                point=point.strip(),
                by=by.strip(),
            )
            return registration.register(desk, given, new)

        return perform(desk, asked, register)


@click.command("edit", cls=Command, help="Ändra vad ärendet säger om sig. Bara ändrade att-satser rör MBL.")
@frame.the_case
@click.option("--rubrik", metavar="TEXT", help="Ny rubrik.")
@click.option("--mottagare", "recipients", multiple=True, metavar="NAMN", help="Beslutet skickas till: hela listan.")
@click.option("--underlag", "underlag", multiple=True, metavar="TEXT", help="Beslutsunderlag: hela listan.")
@click.option("--handlaggare", "staff", multiple=True, metavar="NAMN", help="Vem som handlägger: hela listan.")
@click.option("--dnr", "numbers", multiple=True, metavar="DNR", help="Lägg till ett diarienummer.")
@click.option("--att", "atts", multiple=True, metavar="INSTANS=TEXT", help="Förslag till beslut, en att-sats i taget.")
@click.option("--ifyllt", "filled", multiple=True, metavar="DEL", help="Den delen av skrivelsen är nu ifylld.")
@click.option("--for-atgard", "to_act", multiple=True, metavar="NAMN", help="En mottagare som ska göra något.")
@click.option("--for-kannedom", "to_know", multiple=True, metavar="NAMN", help="En mottagare som bara får veta.")
@click.option("--overklagas", "regime", type=codes(AppealRegime), metavar="HUR", help="laglighet, forvaltningsbesvar …")
@concerns_children
@changes
def edit_command(
    case_words: Words,
    rubrik: str | None,
    recipients: Words,
    underlag: Words,
    staff: Words,
    numbers: Words,
    atts: Words,
    filled: Words,
    to_act: Words,
    to_know: Words,
    regime: str | None,
    children: str | None,
    asked: Asked,
) -> int:
    if not any((rubrik, recipients, underlag, staff, numbers, atts, filled, to_act, to_know, regime, children)):
        raise UsageError("Ange vad som ska ändras, till exempel --mottagare. Se: arende edit --help")
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        mended = {
            section
            for section, given in (
                ("Rubrik", rubrik),
                ("Beslutet skickas till", recipients),
                ("Beslutsunderlag", underlag),
                ("Förslag till beslut", atts),
            )
            if given
        }
        return perform(
            desk,
            asked,
            lambda command: registration.edit(
                desk,
                command,
                case_id,
                Edit(
                    rubrik=rubrik,
                    recipients=recipients or None,
                    underlag=underlag or None,
                    handlaggare=staff or None,
                    numbers=numbers,
                    proposals=_edited_proposals(desk, command, atts),
                    filled_in=frozenset({*mended, *filled}),
                    purposes=purposes(to_act, to_know),
                    appeal_regime=AppealRegime(regime) if regime else None,
                    children=Children(children) if children else None,
                ),
            ),
        )


def _edited_proposals(desk: Desk, given: Given, atts: Words) -> tuple[Proposal, ...]:
    """`--att SON=… --att SON=…` as one proposal for each body."""
    register, found = desk.bodies, dict[str, list[str]]()
    for att in atts:
        body, equals, text = att.partition("=")
        if not (equals and text.strip()):
            raise UsageError(f"--att {att}: skriv instans=att-sats, till exempel --att 'SON=Förslaget antas.'")
        found.setdefault(register.find(body, given.on).code, []).append(text.strip())
    return tuple(Proposal(body=body, att_satser=tuple(texts)) for body, texts in found.items())


@click.command("handlaggare", cls=Command, help="Byt handläggare i alla öppna ärenden, på en gång.")
@click.option(
    "--fran", "leaving", required=True, metavar="NAMN", help="Den som slutar, så som arende show visar namnet."
)
@click.option("--till", "coming", required=True, metavar="NAMN", help="Den som tar över.")
@click.option("--body", "body", default="", metavar="INSTANS", help="Bara ärenden med den instansen i sin väg.")
@rehearsing
@changes
def handlaggare_command(leaving: str, coming: str, body: str, rehearsed: bool, asked: Asked) -> int:
    # Whoever changes one case does without it.
    from workflow import staffwork

    if not coming.strip():
        raise UsageError("Ange --till: vem som tar över.")
    with frame.desk() as desk:
        code = frame.body_code(desk, body)

        def act(given: Given) -> Result:
            return staffwork.hand_over(desk, given, leaving, coming.strip(), code, save=not rehearsed)

        return rehearse(desk, asked, act) if rehearsed else perform(desk, asked, act)


PARAGRAPHS = ("10", "11", "12", "13", "14", "21", "38")
ON_REQUEST = ("10", "12", "13", "14", "38")
"""Under 11 § the employer negotiates on its own initiative, and 21 § is about secrecy."""


@click.command("mbl", cls=Command, help="Anteckna MBL: förhandling, information, ej påkallad, begäran, avslut, intyg.")
@frame.the_case
@click.option(
    "--forhandling", "paragraph", type=Choice(PARAGRAPHS), metavar="PARAGRAF", help="Förhandling: 10–14, 21 eller 38 §."
)
@click.option("--information", "information", is_flag=True, help="Information enligt 19 §.")
@click.option("--ej-pakallad", "not_called_for", is_flag=True, help="Bedömt som ej påkallat.")
@click.option(
    "--begaran", "asked_under", type=Choice(ON_REQUEST), metavar="PARAGRAF", help="Facket begär förhandling: 10, 12 …"
)
@click.option("--avslutad", "ended", type=Choice(PARAGRAPHS), metavar="PARAGRAF", help="Den inledda är avslutad.")
@click.option("--omfattas", "attest", is_flag=True, help="Ett ändrat förslag omfattas av förhandlingen.")
@click.option("--bokad", "booked_for", type=frame.DAY, metavar="DATUM", help="Bokad till den dagen, inte hållen än.")
@click.option("--fortsatter", "unfinished", is_flag=True, help="Förhandlingen är inledd och fortsätter en annan dag.")
@click.option("--central", "central", is_flag=True, help="Begäran enligt 10 § från den centrala organisationen.")
@click.option("--vem", "who", default="", metavar="NAMN", help="Vem som förhandlade, begärde eller bedömde.")
@changes
def mbl_command(
    case_words: Words,
    paragraph: str | None,
    information: bool,
    not_called_for: bool,
    asked_under: str | None,
    ended: str | None,
    attest: bool,
    booked_for: date | None,
    unfinished: bool,
    central: bool,
    who: str,
    asked: Asked,
) -> int:
    said = {
        MblKind.FORHANDLING: paragraph,
        MblKind.INFORMATION: "19" if information else None,
        MblKind.EJ_PAKALLAD: "" if not_called_for else None,
        MblKind.BEGARAN: asked_under,
        MblKind.AVSLUT: ended,
        MblKind.ATTEST: "" if attest else None,
    }
    given = [(kind, under) for kind, under in said.items() if under is not None]
    if len(given) != 1:
        raise UsageError(
            "Ange en av --forhandling PARAGRAF, --information, --ej-pakallad, --begaran PARAGRAF, --avslutad PARAGRAF "
            "och --omfattas."
        )
    ((kind, under),) = given
    if booked_for and kind not in (MblKind.FORHANDLING, MblKind.INFORMATION):
        raise UsageError("Bara en förhandling eller en information bokas; utelämna --bokad.")
    if unfinished and (booked_for or kind is not MblKind.FORHANDLING):
        raise UsageError("--fortsatter hör till en förhandling som är inledd; ange --forhandling PARAGRAF.")
    if central and asked_under != "10":
        raise UsageError("--central hör till en begäran enligt 10 §; ange --begaran 10.")
    entry = MblEntry(
        kind=kind,
        paragraph=under or None,
        on=booked_for or asked.on or frame.entry().today,
        held=booked_for is None,
        unfinished=unfinished,
        central=central,
    )
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        if attest:
            return perform(desk, asked, lambda given: registration.attest_mbl(desk, given, case_id, who=who))
        return perform(desk, asked, lambda given: registration.note_mbl(desk, given, case_id, entry, who=who))


@click.group("stage", cls=Group, help="Ärendets väg.")
def stage_command() -> None:
    pass


@stage_command.command("add", help="Lägg till en instans i ärendets väg, sist eller före en annan.")
@click.argument("case_words", nargs=-1, required=True, metavar="ÄRENDE INSTANS")
@click.option("--roll", "role", type=codes(StageRole), metavar="ROLL", help="yttrande, beredning, forslag, beslut …")
@click.option("--before", "before", metavar="INSTANS", help="Före den instansen.")
@click.option("--parallellt", "beside", metavar="INSTANS", help="Samtidigt som den instansen.")
@answers_by
@changes
def add_command(
    case_words: Words, role: str | None, before: str | None, beside: str | None, until: AnswerDay, asked: Asked
) -> int:
    *case, body_text = case_words
    if before and beside:
        raise UsageError("Ange --before eller --parallellt, inte båda.")
    if not case:
        raise UsageError("Skriv ärendet och instansen, till exempel: arende stage add SON-2024-17 KS")
    with frame.desk() as desk:
        case_id = frame.case_id(desk, tuple(case))

        def act(given: Given) -> Result:
            body = desk.bodies.find(body_text, given.on)
            usual = {BodyKind.KF: StageRole.BESLUT, BodyKind.KS: StageRole.FORSLAG}
            own = StageRole.BEREDNING if body.is_utskott else usual.get(body.kind, StageRole.YTTRANDE)
            chosen = StageRole(role) if role else own
            other = desk.bodies.find(beside, given.on).code if beside else None
            named_first = desk.bodies.find(before, given.on).code if before else None
            first = named_first or (None if beside else _usual_successor(desk, case_id, body))
            return registration.add_stage(
                desk,
                given,
                case_id,
                body,
                chosen,
                before=first,
                beside=other,
                opportunity_until=until(given.on),
            )

        return perform(desk, asked, act)


def _usual_successor(desk: Desk, case_id: str, body: Body) -> str | None:
    """Kommunstyrelsen comes before fullmäktige, when it is in the way, and an utskott before its own body."""
    if body.kind is BodyKind.KF and not body.is_utskott:
        return None
    facts = case_store.load_facts(desk.connection, case_id, desk.raised_reading)
    if body.parent is not None and facts.stage_of(body.parent) is not None:
        return body.parent
    councils = (facts.stage_of(stage.body) for stage in facts.stages if stage.kind is BodyKind.KF)
    return next((stage.body for stage in councils if stage is not None), None)
