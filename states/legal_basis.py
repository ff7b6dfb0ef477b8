"""Every lagrum the engine leans on, once: where it stands, what it says, how strongly, since when.

The texts are our own short paraphrases in Swedish, never the statute's wording. `id` is the rule's
id in the legal study the project keeps; a routine that no law asks for has an id of its own.
"""

from datetime import date
from enum import StrEnum

import msgspec


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


KL_SINCE = date(2018, 1, 1)
MBL_SINCE = date(1977, 1, 1)
ALWAYS = date.min
KL, MBL = "SFS 2017:725", "SFS 1976:580"


def _kl(rule: str, cite: str, says: str) -> LegalBasis:
    return LegalBasis(rule, f"KL {cite}", says, Force.SKA, KL_SINCE, KL)


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
KF_19 = _kl("KF-19", "5 kap. 69 §, 6 kap. 35 §", "Protokollet justeras senast 14 dagar efter sammanträdet.")
AN_03 = _kl("AN-03", "8 kap. 12 §", "Justeringen tillkännages senast andra dagen efter den.")
AN_04 = _kl("AN-04", "8 kap. 12 §, 13 kap. 5 §", "Tillkännagivandet sitter uppe tills överklagandetiden har gått ut.")
AN_05 = _kl("AN-05", "13 kap. 5 §", "Beslutet överklagas inom tre veckor från tillkännagivandet.")
AN_10 = _kl(
    "AN-10", "13 kap. 14–15 §§", "Ett beslut får verkställas före laga kraft om inte särskilda skäl talar emot det."
)
MB_02 = LegalBasis(
    "MB-02",
    "MBL 11–13, 38 §§",
    "Arbetsgivaren förhandlar på eget initiativ före beslut om viktigare förändring.",
    Force.SKA,
    MBL_SINCE,
    MBL,
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
WITHDRAWAL = _routine("R-UTGAR", "Efter kallelsen är det nämnden själv som låter ärendet utgå.")
CHRONOLOGY = _routine("R-TIDSFOLJD", "Händelser antecknas i den ordning de inträffade.")
CALL = _routine("R-KALLELSE", "Nämnden kallas i god tid; antalet dagar är kommunens inställning.")
MANUSSTOPP = _routine("R-MANUS", "Handlingar lämnas in en bestämd tid före sammanträdet; kommunen bestämmer hur lång.")
SILENT = _routine("R-TYST", "Ett ärende där inget har hänt på länge ses över.")
MANDATE = _routine("R-UPPDRAG", "Ett uppdrag följs upp tills det är redovisat, också när ärendet är avslutat.")
WATCH = _routine("R-BEVAKNING", "En dag som avtal, beslut eller handläggaren har satt; den flyttas inte av helger.")

ALL: tuple[LegalBasis, ...] = tuple(value for value in list(globals().values()) if isinstance(value, LegalBasis))
BY_ID = {basis.id: basis for basis in ALL}
