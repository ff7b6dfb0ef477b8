"""Every lagrum the engine leans on, once: where it stands, what it says, how strongly, since when.

The texts are our own short paraphrases in Swedish, never the statute's wording. `id` is the rule's
id in the legal study the project keeps; a routine that no law asks for has an id of its own.
"""

from datetime import date
from enum import StrEnum

import msgspec

from states.swedish_text import NEWER_LAW, OLDER_LAW


class Force(StrEnum):
    """How strongly a rule binds."""

    SKA = "lag (ska)"
    BOR = "lag (bör)"
    RUTIN = "rutin"


class LegalBasis(msgspec.Struct, frozen=True):
    """One rule's ground."""

    id: str
    cite: str  # what is printed, for example "KL 5 kap. 28 §"; empty for a routine
    says: str  # the rule in our own words
    force: Force
    since: date  # the first event date it may be applied to
    source: str  # where it can be read
    until: date | None = None  # the last event date it may be applied to; None: it is in force

    def in_force(self, on: date) -> bool:
        """True on the days the rule may be applied to."""
        return self.since <= on and (self.until is None or on <= self.until)

    def law_then(self, on: date) -> str:
        """What is said of a rule held against a day it was not in force on; empty where it was, or is no law."""
        if not self.cite or self.in_force(on):
            return ""
        return OLDER_LAW if on < self.since else NEWER_LAW

    @property
    def doubt(self) -> str:
        """What of the rule is not verified, and what the program does meanwhile; empty when nothing is."""
        return DOUBTS.get(self.id, "")


DOUBTS: dict[str, str] = {
    "KF-02": "Om lördagen är en vardag är inte prövat; programmet räknar måndag till fredag.",
    "KF-10": "När en motion är väckt säger inte lagen; det är kommunens inställning (motion_raised).",
    "KF-11": "När en motion är väckt säger inte lagen; det är kommunens inställning (motion_raised).",
    "KF-19": "Att dagen flyttas förbi en helg följer av lag 1930:173 som vi läser den; inget rättsfall är funnet.",
    "KF-22": "En ändring sägs gälla från den 1 juli 2026; dess slutliga text är inte läst, och den är inte inlagd.",
    "NA-10": "När ett medborgarförslag är väckt säger inte lagen; det är kommunens inställning (motion_raised).",
    "AN-03": "Att dagen flyttas förbi en helg följer av lag 1930:173 som vi läser den; inget rättsfall är funnet.",
    "AN-04": "Hur tiden räknas när tavlan har varit nere är kommunens inställning (board_interruption).",
    "AN-07": "Särskilda överklaganderegler (plan- och bygglagen, miljöbalken, socialtjänstlagen) är inte inlagda.",
    "FL-02": "Lagen sätter inget antal månader; det är kommunens inställning (party_months).",
    "FL-12": "Lagen sätter inget antal dagar; det är kommunens inställning (dispatch_days).",
    "MB-05": "Hur många dagar facket har på sig står i kollektivavtal; programmet räknar inga.",
    "MB-12": "Avgörandet gällde en kyrkostyrelse; programmet frågar därför bara.",
    "BK-02": "Hur prövningen ska se ut säger inte lagen; programmet frågar bara om den är gjord.",
    "RG-01": "Antalet arbetsdagar är kommunens inställning (register_days); JO:s uttalande är inte återfunnet.",
}
"""Rule id -> what of it nobody here has verified. Whatever rests on it says so."""

KL_SINCE = date(2018, 1, 1)
MBL_SINCE = date(1977, 1, 1)
ALWAYS = date.min
KL, MBL = "SFS 2017:725", "SFS 1976:580"


def _kl(rule: str, cite: str, says: str) -> LegalBasis:
    return LegalBasis(rule, f"KL {cite}", says, Force.SKA, KL_SINCE, KL)


def _mbl(rule: str, cite: str, says: str) -> LegalBasis:
    return LegalBasis(rule, f"MBL {cite}", says, Force.SKA, MBL_SINCE, MBL)


def _routine(rule: str, says: str) -> LegalBasis:
    return LegalBasis(rule, "", says, Force.RUTIN, ALWAYS, "kommunens rutin")


KF_01 = _kl("KF-01", "5 kap. 13 §", "Fullmäktiges ärenden anslås på anslagstavlan minst en vecka före mötet.")
KF_02 = _kl("KF-02", "5 kap. 14 §", "Ett brådskande ärende anslås senast närmaste vardag före mötet.")
KF_03 = _kl("KF-03", "5 kap. 15 §", "Ledamöter och ersättare kallas till fullmäktige minst en vecka före mötet.")
KF_04 = _kl(
    "KF-04",
    "5 kap. 52 §",
    "Bara tillkännagivna ärenden avgörs, om inte alla närvarande beslutar om ett brådskande.",
)
KF_05 = _kl("KF-05", "5 kap. 22–23 §§", "Det som har väckts i fullmäktige ska fullmäktige besluta om.")
KF_06 = _kl("KF-06", "5 kap. 26 §", "Ett ärende bereds av en nämnd eller en fullmäktigeberedning innan det avgörs.")
KF_07 = _kl("KF-07", "5 kap. 27 §", "Har bara en fullmäktigeberedning berett ärendet får berörd nämnd yttra sig.")
KF_08 = _kl("KF-08", "5 kap. 28 §", "Kommunstyrelsen ska få tillfälle att yttra sig innan fullmäktige avgör.")
KF_10 = LegalBasis(
    "KF-10",
    "KL 5 kap. 35 §",
    "En motion bereds så att den om möjligt avgörs inom ett år.",
    Force.BOR,
    KL_SINCE,
    KL,
)
KF_11 = _kl("KF-11", "5 kap. 35 §", "Hinner motionen inte avgöras inom ett år ska det anmälas till fullmäktige i tid.")
KF_12 = _kl("KF-12", "5 kap. 50 §", "En tredjedel av de närvarande kan få en bordläggning eller återremiss, en gång.")
KF_13 = _kl("KF-13", "5 kap. 51 §", "Ett bordlagt ärende tas upp vid nästa möte om fullmäktige inte säger annat.")
KF_14 = _kl("KF-14", "5 kap. 45–46 §§", "Fullmäktige är beslutsfört när fler än hälften av ledamöterna är närvarande.")
KF_15 = _kl("KF-15", "5 kap. 47–49 §§", "En jävig ledamot deltar inte i handläggningen av ärendet i fullmäktige.")
KF_16 = _kl("KF-16", "5 kap. 53–57 §§", "Enkel majoritet avgör; vid lika röstetal ordförandens röst, i val lotten.")
KF_18 = _kl(
    "KF-18", "5 kap. 65–68 §§", "Protokollet säger vilka som deltog, och yrkanden, röster, beslut och reservationer."
)
KF_22 = _kl("KF-22", "5 kap. 16 §, 6 kap. 24 §", "Deltagande på distans kräver att fullmäktige har tillåtit det.")
KF_20 = _kl("KF-20", "5 kap. 24 §", "Ansvarsfrihet beslutas före utgången av juni året efter.")
KF_19 = _kl("KF-19", "5 kap. 69 §, 6 kap. 35 §", "Protokollet justeras senast 14 dagar efter sammanträdet.")
AN_03 = _kl("AN-03", "8 kap. 12 §", "Justeringen tillkännages senast andra dagen efter den.")
AN_04 = _kl("AN-04", "8 kap. 12 §, 13 kap. 5 §", "Tillkännagivandet sitter uppe tills överklagandetiden har gått ut.")
AN_05 = _kl("AN-05", "13 kap. 5 §", "Beslutet överklagas inom tre veckor från tillkännagivandet.")
AN_06 = _kl("AN-06", "13 kap. 6 §", "Ett överklagande som kom in till kommunen i tid prövas ändå.")
AN_07 = _kl(
    "AN-07", "13 kap. 2–4 §§", "Beslut kan överklagas, dock inte en nämnds som bara är beredning eller verkställighet."
)
AN_11 = _kl("AN-11", "8 kap. 13–16 a §§", "Föreskrifter tillkännages på anslagstavlan och hålls i en sökbar samling.")
NA_01 = _kl("NA-01", "4 kap. 27 §", "En reservation anmäls innan sammanträdet avslutas, av den som deltog i beslutet.")
NA_03 = _kl("NA-03", "4 kap. 24–26 §§", "Var och en har en röst och får avstå; ordföranden röstar när det behövs.")
NA_07 = _kl("NA-07", "6 kap. 27 §", "Nämnden är beslutsför när fler än hälften av ledamöterna är närvarande.")
NA_08 = _kl("NA-08", "6 kap. 28–32 §§", "Den jäviga är varken med i handläggningen eller närvarande i nämnden.")
NA_09 = _kl("NA-09", "6 kap. 33 §", "En nämnd beslutar som fullmäktige; att bordlägga kräver enkel majoritet.")
NA_10 = _kl("NA-10", "6 kap. 34 §", "Nämnden underrättar fullmäktige om medborgarförslag som den har fått att avgöra.")
NA_12 = _kl(
    "NA-12", "6 kap. 37–38 §§", "Yttranden till fullmäktige och frågor om mål och inriktning får inte delegeras."
)
NA_13 = _kl("NA-13", "6 kap. 40 §, 7 kap. 8 §", "Nämnden bestämmer hur beslut på delegation anmäls till den.")
NA_14 = _kl("NA-14", "6 kap. 39–40 §§", "Ett brådskande beslut i nämndens ställe anmäls vid nästa sammanträde.")
NA_18 = _kl("NA-18", "7 kap. 12–19 §§", "Personalföreträdare får delta i överläggningen men inte i beslutet.")
AN_10 = _kl(
    "AN-10", "13 kap. 14–15 §§", "Ett beslut får verkställas före laga kraft om inte särskilda skäl talar emot det."
)
MB_02 = _mbl("MB-02", "11–13, 38 §§", "Arbetsgivaren förhandlar på eget initiativ före beslut om viktigare förändring.")
MB_03 = _mbl("MB-03", "12 §", "Begär facket det förhandlar arbetsgivaren före beslutet, och före verkställigheten.")
MB_04 = _mbl("MB-04", "13 §", "Ett fack utan kollektivavtal förhandlar om det som särskilt rör dess medlemmar.")
MB_05 = _mbl("MB-05", "14 §", "Blir man inte ense lokalt förhandlas det centralt på begäran; lagen säger inga dagar.")
MB_06 = _mbl(
    "MB-06",
    "16 §",
    "Första mötet hålls inom två veckor från begäran, tre om facket är centralt; 11–13 §§ har ingen sådan dag.",
)
MB_09 = _mbl("MB-09", "21 §", "Talan om tystnadsplikt väcks inom tio dagar från att förhandlingen avslutades.")
MB_10 = _mbl("MB-10", "38 §", "Innan någon annan anlitas förhandlar arbetsgivaren på eget initiativ och på begäran.")
MB_12 = LegalBasis(
    "MB-12",
    "AD 2014 nr 71",
    "Frångår beslutet det som förhandlades kan det behöva förhandlas på nytt.",
    Force.BOR,
    MBL_SINCE,
    "Arbetsdomstolen",
)

AN_09 = _routine("AN-09", "Laga kraft bekräftas för hand, tidigast dagen efter sista dag för överklagande.")
MB_08 = _routine("MB-08", "Information enligt MBL 19 § lämnas före beslutet; lagen sätter ingen dag.")
MBL_NOTED = _routine("R-MBL", "Varje ärende har en MBL-uppgift innan det går till beslut.")
PLACEHOLDERS = _routine("R-MALL", "Skrivelsen är fri från mallens rester innan den lämnas vidare.")
PROPOSAL = _routine("R-FORSLAG", "Skrivelsen har förslag till beslut för den instans som står på tur.")
DNR = _routine("R-DNR", "Ärendet har diarienummer innan det sätts på en föredragningslista.")
WAY = _routine("R-VAG", "Ärendet följer sin väg av instanser.")
PROTOCOL = _routine("R-PROTOKOLL", "Beslut antecknas på en ärendepunkt vid ett hållet sammanträde.")
DISPATCH = _routine("R-EXPEDIERING", "Beslutet skickas efter justeringen till alla det rör innan ärendet avslutas.")
HANDING_OVER = _routine(
    "R-OVERLAMNING", "Ett överklagande som kom in till kommunen lämnas till förvaltningsrätten; ingen lag säger när."
)
WITHDRAWAL = _routine("R-UTGAR", "Efter kallelsen är det nämnden själv som låter ärendet utgå.")
CHRONOLOGY = _routine("R-TIDSFOLJD", "Händelser antecknas i den ordning de inträffade.")
CALL = _routine("R-KALLELSE", "Nämnden kallas i god tid; antalet dagar är kommunens inställning.")
MANUSSTOPP = _routine("R-MANUS", "Handlingar lämnas in en bestämd tid före sammanträdet; kommunen bestämmer hur lång.")
REMISS = _routine("R-REMISS", "Den som får ärendet på remiss svarar den dag som är sagd.")
LATE_ITEM = _routine("R-SENT", "Det som sätts på listan efter kallelsen är ett sent ärende och får ett skäl.")
SILENT = _routine("R-TYST", "Ett ärende där inget har hänt på länge ses över.")
ONWARD = _routine("R-VIDARE", "Det som är beslutat och skickat förs vidare till nästa instans eller till expediering.")
CLOSING = _routine("R-AVSLUT", "Ett ärende avslutas när beslutet är skickat och laga kraft inte längre väntas.")
MANDATE = _routine("R-UPPDRAG", "Ett uppdrag följs upp tills det är redovisat, också när ärendet är avslutat.")
MATTER = _routine("R-UTFALL", "Det som antecknas att det blev av ett ärende passar vad det är för slags ärende.")
ATTENDANCE = _routine("R-NARVARO", "Närvaron antecknas innan besluten, så att det syns att instansen var beslutför.")
SUBSTITUTES = _routine("R-INKALLELSE", "Ersättare kallas in i den ordning som fullmäktige har bestämt.")
PAUSE = _routine(
    "R-PAUS", "En paus gäller bara egna dagar, aldrig lagens eller avtalens, och någon frågar när den slutar."
)
MOTION_REPORT = _routine(
    "R-REDOVISNING", "Obesvarade motioner redovisas för fullmäktige i de månader kommunen bestämt."
)
RG_01 = LegalBasis(
    "RG-01",
    "OSL 5 kap. 1 §",
    "Det som har kommit in registreras så snart det kan; antalet arbetsdagar är kommunens inställning.",
    Force.SKA,
    date(2009, 6, 30),
    "SFS 2009:400",
)
BK_02 = LegalBasis(
    "BK-02",
    "barnkonventionen art. 3",
    "Vad som är bäst för barn prövas i det som rör dem; hur det ska se ut är inte föreskrivet.",
    Force.BOR,
    date(2020, 1, 1),
    "SFS 2018:1197",
)
FL_SINCE = date(2018, 7, 1)


def _fl(rule: str, cite: str, says: str) -> LegalBasis:
    return LegalBasis(rule, f"FL {cite}", says, Force.SKA, FL_SINCE, "SFS 2017:900")


FL_02 = _fl("FL-02", "11 §", "Blir ett ärende som en part har väckt väsentligt försenat ska parten få veta varför.")
FL_03 = _fl("FL-03", "12 §", "Efter sex månader kan parten begära ett avgörande, och får det inom fyra veckor.")
FL_12 = _fl("FL-12", "33 §", "Parten får del av hela beslutet, och av hur det överklagas, så snart som möjligt.")
FL_13 = _fl("FL-13", "43–44 §§", "En part överklagar inom tre veckor från att ha fått del av beslutet.")
ROLES = _routine("R-ROLL", "Var och en gör det som rollen är till för; vem som har vilken roll står i config.toml.")
WATCH = _routine("R-BEVAKNING", "En dag som avtal, beslut eller handläggaren har satt; den flyttas inte av helger.")

ALL: tuple[LegalBasis, ...] = tuple(value for value in list(globals().values()) if isinstance(value, LegalBasis))
BY_ID = {basis.id: basis for basis in ALL}

OUTSIDE: dict[str, str] = {
    "KF-21": "Om en överläggning är offentlig avgörs i salen; programmet leder inga sammanträden.",
    "KF-23": "Programmet för privata utförare är ett dokument; det antas som ett vanligt ärende.",
    "KF-24": "Arbetsordningen är kommunens egen text; det den bestämmer står som inställningar i config.toml.",
    "NA-16": "Om ett nämndsammanträde är öppet avgörs i rummet; programmet håller ingen åhörarlista.",
    "NA-17": "Intern kontroll och insyn hos utförare är verksamhet; avtalens dagar bevakas med arende watch.",
    "AN-01": "Anslagstavlan är kommunens webbplats; programmet antecknar när något kom upp och togs ned.",
    "AN-02": "Vad som får stå på tavlan avgörs där den redigeras.",
    "AN-08": "Vad domstolen får pröva är domstolens sak.",
    "MB-07": "Vad parterna säger och visar vid bordet står i deras eget protokoll.",
    "FL-04": "Jäv vid skrivbordet syns inte här; i nämnden antecknas det per paragraf som i kommunallagen (NA-08).",
    "FL-06": "Kommuniceringen med parten sköts i handläggningen; dagen som sätts kan bevakas med arende watch.",
    "FL-08": "Tjänsteanteckningar är handlingar i akten.",
    "FL-09": "Beslutet fattas och reservationer antecknas som i kommunallagen (NA-01, NA-09).",
    "FL-10": "Beslutets skriftliga form är protokollets (KF-18).",
    "FL-11": "Skälen är beslutets egen text.",
    "FL-14": "Rättidsprövningen gör nämnden; att överklagandet lämnas vidare bevakas som andra.",
    "FL-15": "När ett beslut verkställs avgör verksamheten.",
}
"""Binding rules (by their id in the legal study) that no guard, deadline or register here is about."""
