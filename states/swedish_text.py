"""Swedish words for dates, lists and codes, shared by everything a municipal user reads."""

from collections.abc import Iterable
from datetime import date

MONTHS = (
    "januari februari mars april maj juni juli augusti september oktober november december".split()  # noqa: SIM905
)
WEEKDAYS = "måndag tisdag onsdag torsdag fredag lördag söndag".split()  # noqa: SIM905

OLDER_LAW = "dagens lydelse, ärendet är äldre"
"""What is said of a rule that is younger than what it is held against; nothing is blocked by it."""

NEWER_LAW = "lydelsen gällde till en tidigare dag"
"""What is said of a rule that no longer was in force on the day; nothing is blocked by it."""

NAMES = {
    "draft": "utkast hos förvaltningen",
    "mbl": "MBL",
    "namnd": "nämnden",
    "ks": "kommunstyrelsen",
    "kf": "kommunfullmäktige",
    "skickas_till": "expediering (beslutet skickas till)",
    "avslutad": "avslutat",
    "aterkallad": "återkallat",
    "planerad": "planerat",
    "kallad": "kallat",
    "hallen": "hållet",
    "installd": "inställt",
    "anmalan": "anmälan",
    "remiss": "remiss",
    "yttrande": "yttrande",
    "beredning": "beredning",
    "forslag": "förslag",
    "beslut": "beslut",
    "egen_del": "för egen del",
    "foreslar_kf": "föreslår fullmäktige",
    "under_forutsattning": "under förutsättning av fullmäktiges beslut",
    "forvaltningsarende": "förvaltningsärende",
    "skrivelse": "skrivelse",
    "bilaga": "bilaga",
    "inkommen": "inkommen handling",
    "utgaende": "utgående handling",
    "protokollsutdrag": "protokollsutdrag",
    "kallelse": "kallelse",
    "tjansteanteckning": "tjänsteanteckning",
    "motion": "motion",
    "medborgarforslag": "medborgarförslag",
    "ks_arende": "ärende väckt i kommunstyrelsen",
    "interpellation": "interpellation",
    "fraga": "fråga",
    "val": "val eller avsägelse",
    "revision": "revisionsärende",
    "ledamotsinitiativ": "ledamotsinitiativ",
    "foreskrift": "taxa eller föreskrift",
    "informationsarende": "informationsärende",
    "inkommen_remiss": "inkommen remiss",
    "myndighetsyttrande": "yttrande till myndighet",
    "delegationsbeslut": "delegationsbeslut",
    "ordforandebeslut": "brådskande ordförandebeslut",
    "forhandling": "förhandling",
    "information": "information",
    "ej_pakallad": "ej påkallad",
    "begaran": "begäran om förhandling",
    "avslut": "förhandlingen avslutad",
    "attest": "ändringen omfattas av förhandlingen",
    "provat": "ja, och barnets bästa är prövat",
    "hor_ihop": "hör ihop med",
    "sammanlagt": "går vidare i",
    "delat": "delat från",
    "bifall": "bifall",
    "bifall_med_andring": "bifall med ändring",
    "avslag": "avslag",
    "bifallen": "bifallen",
    "avslagen": "avslagen",
    "besvarad": "besvarad",
    "avskriven": "avskriven",
    "atertagen": "återtagen",
    "overlamnad": "överlämnad",
    "remitterad": "remitterad",
    "aterremitterad": "återremitterad",
    "bordlagd": "bordlagd",
    "noterad": "noterad",
    "anmald": "anmäld",
    "avvisad": "avvisad",
    "utgatt": "utgått",
    "avstar_fran_yttrande": "avstår från yttrande",
    "vald": "vald",
    "entledigad": "entledigad",
    "ledamot": "ledamot",
    "ersattare": "ersättare",
    "personalforetradare": "personalföreträdare",
    "tjansteperson": "tjänsteperson",
    "ja": "ja",
    "nej": "nej",
    "avstar": "avstår",
    "yrkande": "yrkande",
    "propositionsordning": "propositionsordning",
    "reservation": "reservation",
    "protokollsanteckning": "protokollsanteckning",
    "delegation": "delegationsbeslut",
    "bradskande": "brådskande beslut",
    "atgard": "för åtgärd",
    "kannedom": "för kännedom",
    "post": "vanlig post",
    "internpost": "internpost",
    "digital_brevlada": "digital brevlåda",
    "akten": "akten",
    "laglighet": "laglighetsprövning",
    "forvaltningsbesvar": "förvaltningsbesvär",
    "ingen": "inget överklagande",
    "kommunen": "kommunen",
    "forvaltningsratten": "förvaltningsrätten",
    "upphavt": "upphävt",
    "avvisat": "avvisat",
    "avskrivet": "avskrivet",
    "avtalsslut": "avtal löper ut",
    "uppsagning": "uppsägning",
    "option": "option",
    "uppdrag": "uppdrag",
    "handelse": "yttre händelse",
    "period": "period",
    "bevakning": "bevakning",
    "logg": "driftloggen",
    "todo": "arbetslistan",
    "webhook": "webhook",
    "e-post": "e-post",
    "planned": "på väg",
    "sent": "skickad",
    "merged": "sammanslagen med en senare",
    "skipped": "hoppades över",
    "moot": "inaktuell",
    "failed": "misslyckad",
    "cancelled": "makulerad",
    "no_address": "ingen låda i inställningarna",
    "bad_address": "adressen går inte att använda",
    "no_target": "ingen sådan webhook i inställningarna",
    "bad_setting": "inställningarna går inte att använda",
    "bad_key": "filen med lösenordet eller nyckeln går inte att använda",
    "bad_certificate": "certifikatet går inte att lita på",
    "not_encrypted": "förbindelsen kunde inte krypteras",
    "login_refused": "inloggningen nekades",
    "forbidden_address": "datorn har en adress som inte är tillåten",
    "unreachable": "gick inte att nå",
    "timeout": "svarade inte i tid",
    "bad_answer": "svaret gick inte att förstå",
    "vantar": "väntar på sin tur",
    "skickas": "skickas just nu",
    "uppskjuten": "uppskjuten",
    "misslyckad": "misslyckad",
    "makulerad": "makulerad",
    "registrator": "registratorn",
    "handlaggare": "handläggaren",
    "forvaltningschef": "förvaltningschefen",
    "hr": "HR",
    "namndsekreterare": "nämndsekreteraren",
    "kommunsekreterare": "kommunsekreteraren",
    "ordforande": "ordföranden",
    "justerare": "justeraren",
    "presidium": "presidiet",
    "systemforvaltare": "systemförvaltaren",
    "revisor": "revisorn",
}
"""Code -> Swedish name, for every code a user may meet."""


def name(code: str | None) -> str:
    """The Swedish name of a code."""
    return "oregistrerat" if code is None else NAMES[code]


def day(value: date) -> str:
    """`tisdag 21 maj 2024`."""
    return f"{WEEKDAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]} {value.year}"


def listed(items: Iterable[str]) -> str:
    """`a, b och c`."""
    *head, last = list(items) or [""]
    return f"{', '.join(head)} och {last}" if head else last


def capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
