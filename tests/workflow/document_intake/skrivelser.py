"""Invented skrivelser in several houses' layouts; every person, place and number is made up."""

from workflow.document_intake.interface import ReadMbl, Skrivelse
from workflow.document_intake.tjansteskrivelse import read_tjansteskrivelse

HEAD = """\
Fritidsförvaltningen
Tyra Kvarnlund, Olle af Sand

2025-03-04

Dnr FRN 2025-61

Fritidsnämnden

Ny isbana på Hamnplan, val av driftform
"""
PROPOSALS = """\
Förslag till fritidsnämndens beslut

1. Isbanan drivs av kommunen under två säsonger.
2. Förvaltningen ska redovisa kostnaderna efter
   den första säsongen.
"""
MATTER = """\
Ärende

Nämnden bad i höstas om en jämförelse mellan egen drift och drift genom en förening. Jämförelsen är nu klar.
"""
UNDERLAG = """\
Beslutsunderlag:

Tjänsteskrivelse – Ny isbana på Hamnplan, 2025-03-04

Kalkyl för tre driftformer
"""
MBL = """\
Information eller förhandling enligt lag (1976:580) om medbestämmande i arbetslivet

Förhandling enligt MBL § 11 hölls 2025-02-25.
"""
SIGNED = """\
Fritidsförvaltningen

Ragnar Myrstedt
"""
RECIPIENTS = """\
Beslutet skickas till:
Hamnplans isförening
Kommunstyrelsen
"""


def text(**changed: str) -> str:
    """A whole skrivelse; name a part to write it differently, or leave it out with ""."""
    parts = {
        "head": HEAD,
        "proposals": PROPOSALS,
        "matter": MATTER,
        "underlag": UNDERLAG,
        "mbl": MBL,
        "signed": SIGNED,
        "recipients": RECIPIENTS,
    }
    return "\n".join((parts | changed).values())


def read(**changed: str) -> Skrivelse:
    return read_tjansteskrivelse(text(**changed))


def counts(skrivelse: Skrivelse) -> dict[str | None, int]:
    return {proposal.body: len(proposal.att_satser) for proposal in skrivelse.proposals}


def proposals(section: str) -> dict[str | None, int]:
    """How many proposals to whom a section has."""
    return counts(read(proposals=section))


def mbl(statement: str, heading: str = "Information eller förhandling enligt MBL") -> ReadMbl:
    return read(mbl=f"{heading}\n\n{statement}\n").mbl


COLUMNS = """\
TJÄNSTESKRIVELSE                                                   1 (2)

Handläggare                 Datum               Diarienummer
Ylva Brant                  2024-11-18          TN-2024-00093«Diarienr»
Utredare

                            Tekniska nämnden

Upphandling av vinterväghållning för åren 2025–
2029

Förslag till beslut i tekniska nämnden
Tekniska nämnden godkänner förfrågningsunderlaget. Tekniska nämnden ger

avdelningschefen i uppdrag att teckna avtal samt att återrapportera till nämnden.

Förslag till beslut i kommunstyrelsen
Kommunstyrelsen fördelar kostnaden enligt följande:
•  Tätorten                    2 400 000 kr
•  Landsbygden                 1 100 000 kr

Sammanfattning av ärendet
Avtalet med nuvarande entreprenör går ut i maj. Förvaltningen har tagit fram ett underlag som
tar hänsyn till de senaste vintrarna och till att

1 (2)
Tekniska förvaltningen                              Strandby kommun
Ylva Brant                                          Besöksadress
Utredare                                            Hamngatan 4
Telefon 0555-12 34 56
www.strandby.example

STRANDBY  KOMMUN
2 (2)

cykelvägarna har blivit fler.

Beslutsunderlag
Tekniska förvaltningens tjänsteskrivelse, 2024-11-18
Plan för vinterväghållning, antagen av
kommunfullmäktige 2022-05-30, § 61
Kommunstyrelsen 2024-10-02, § 9

Beslutet skickas till
Nämnden för Miljö & Bygg, Räddningstjänsten, Kommunala rådet för Äldre &
Funktionshindrade
Siv Lönn, upphandlingschef

Kaj Ödman                    Britt-Inger Hval
Förvaltningschef             Upphandlingsledare
"""

CITY = """\
Storstads stad                                   Tjänsteutlåtande
Äldreförvaltningen                               Dnr 1.4.2-88/2023
                                                 2023-08-21

Handläggare                                      Till
Nour Haddad                                      Äldrenämnden
Telefon: 08-555 00 00                            2023-09-12

Utökad dagverksamhet i söderort

Förvaltningens förslag till beslut

1. Äldrenämnden godkänner utökningen.
2. Äldrenämnden överlämnar tjänsteutlåtandet till stadsdelarna.

Greta Nordvall                     Erik Sjö
Äldredirektör                      Avdelningschef

Sammanfattning

Behovet av dagverksamhet har ökat. Förvaltningen föreslår tre nya platser i varje stadsdel.

Ärendets beredning

Ärendet har behandlats i förvaltningsgruppen den 17 augusti 2023 och i pensionärsrådet.

Bilagor

1. Behovsanalys
2. Karta över söderort
"""

SCANNED = """\
2 (4)

Kulturfdrvaltningen
Asa Bj6rk

2O16-09-05
Dnr KUN 2016-14
Kulturndmnden

Oversyn av oppettider pa
stadsbiblioteket

Forslag til1 kulturndmndens beslut

1. Biblioteket haller 6ppet pa séndagar.
2. Fdrs6ket fdljs upp efter ett ar.

Arende

Manga besdkare har fragat efter séndags6ppet. Personalen har fatt sdga sin mening och férslaget ar nu klart. Det
galler fran januari och finansieras genom att tisdagarna kortas.

Bes1utsunderlag:

Tjdnsteskrivelse - Oversyn av oppettider, 2016-09-05
Besdksstatistik

Information e1ler fdrhandling enligt lag (1976:580) om
medbestdmmande i arbetslivet

Fdrhandling enligt 11 § MBL har genomfdrts 2016-08-29.
Kulturfdrvaltningen

Inga Strém

Beslutet skickas til1:
Stadsbiblioteket
"""
