"""The main job, told in Swedish: two real cases go their whole way through the real `arende`.

Every step says what it expects and checks it on `--json`; a rule that no longer bites makes the demo
fail. Run it with `make demo`, or `python examples/demo.py DIRECTORY` to choose where the result is kept.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ANSWER, SUPPORT = HERE / "svar-pa-motion.txt", HERE / "anhorigstod.txt"

Runner = Callable[[list[str]], tuple[int, str]]
"""Runs `arende` with arguments; its exit code and everything it printed."""


class UnexpectedError(AssertionError):
    """The program did not do what the story says."""


class Story:
    """Shows commands with their output, and checks what the log says they did."""

    def __init__(self, run: Runner) -> None:
        self._run = run

    def chapter(self, title: str) -> None:
        print(f"\n{'━' * 100}\n{title}\n{'━' * 100}")

    def tell(self, text: str) -> None:
        print(f"\n» {text}")

    def does(self, command: str, *, of: str = "", warns: Collection[str] = (), deviates: Collection[str] = ()) -> None:
        """A command that goes through with exactly these warnings and deviations."""
        self.plain(command)
        record = self._last_record(of or _subject(command))["data"]
        self._expect(command, "warnings", set(record.get("warnings", ())), set(warns))
        self._expect(command, "deviations", set(record.get("deviations", ())), set(deviates))

    def refuses(self, command: str, *blocking: str, warns: Collection[str] = ()) -> None:
        """A command that is refused by exactly these rules, all of them named at once."""
        self.plain(command, 3)
        record = self._last_record(_subject(command))
        self._expect(command, "type", record["type"].partition(".")[2], "refused")
        self._expect(command, "blocking", set(record["data"]["blocking"]), set(blocking))
        self._expect(command, "warnings", set(record["data"]["warnings"]), set(warns))

    def shows(self, command: str, **expected: Any) -> Any:
        """A reading command; its JSON must hold what is expected."""
        self.plain(command)
        answer = json.loads(self._run([*shlex.split(command), "--json"])[1])
        for key, value in expected.items():
            self._expect(command, key, answer[key], value)
        return answer

    def plain(self, command: str, code: int = 0) -> str:
        """A command as a person runs it; what it printed."""
        got, output = self._run(shlex.split(command))
        print(f"\n$ arende {command}\n{output.rstrip()}")
        self._expect(command, "exit code", got, code)
        return output

    def expect(self, what: str, found: object, expected: object) -> None:
        self._expect("…", what, found, expected)

    def _last_record(self, subject: str) -> Any:
        return json.loads(self._run(["history", subject, "--json"])[1])[-1]

    def _expect(self, command: str, what: str, found: object, expected: object) -> None:
        if found != expected:
            raise UnexpectedError(f"arende {command}\n  {what}: {found!r}, väntat {expected!r}")


def _subject(command: str) -> str:
    """The case or meeting a command is about: the first word after the command's own."""
    words = shlex.split(command)
    return words[2] if words[0] in ("meeting", "stage") else words[1]


# --- the motion: KF → KS → SON → KS → KF ----------------------------------------------------------


def motion(story: Story, answer: Path) -> None:
    story.chapter("1. En motion: fullmäktige → kommunstyrelsen → nämnden → kommunstyrelsen → fullmäktige")
    _motion_is_raised(story)
    _motion_is_prepared(story, answer)
    _motion_is_decided_in_the_committee(story)
    _motion_goes_to_the_executive(story)
    _motion_is_decided_in_the_council(story)
    _motion_comes_to_an_end(story)


def _motion_is_raised(story: Story) -> None:
    story.tell("24 augusti 2023: motionen lämnas in till kommunstyrelsens diarium.")
    rubrik = "Motion (KD) - Fasta hembesök till nyblivna föräldrar enligt Rinkebymodellen"
    story.does(f"register --kind motion --dnr 'KS 2023-710' --rubrik '{rubrik}' --date 2023-08-24", of="KS-2023-710")
    story.does("meeting add KF 2023-09-26 --date 2023-08-24", of="KF-2023-09-26")
    story.does("book KS-2023-710 KF-2023-09-26 --date 2023-09-01")
    story.does("meeting announce KF-2023-09-26 --date 2023-09-15")
    story.does("meeting call KF-2023-09-26 --date 2023-09-15")
    story.tell("Någon vill remittera den redan innan fullmäktige har sammanträtt.")
    story.refuses("refer KS-2023-710 KF-2023-09-26 --to KS", "meeting-held")
    story.tell("26 september: fullmäktige sammanträder, motionen anmäls och remitteras till kommunstyrelsen.")
    story.does("meeting hold KF-2023-09-26 --first 201")
    story.does("refer KS-2023-710 KF-2023-09-26 --to KS")


def _motion_is_prepared(story: Story, answer: Path) -> None:
    story.tell("En motion kan inte återkallas av förvaltningen: fullmäktige ska besluta om den.")
    story.refuses("withdraw KS-2023-710 --skal 'Motionären har ångrat sig.' --date 2023-10-02", "kf-must-decide")
    story.tell("10 oktober: kommunstyrelsen remitterar den till social- och omsorgsnämnden. Kallelsen kom sent ut.")
    story.does("meeting add KS 2023-10-10 --date 2023-09-27", of="KS-2023-10-10")
    story.does("meeting call KS-2023-10-10 --date 2023-10-07", warns={"kallelse-in-time"})
    story.does("meeting hold KS-2023-10-10")
    story.refuses("refer KS-2023-710 KS-2023-10-10 --to SON", "on-agenda")
    story.tell("Motionen stod inte på listan. Nästa möte är den 24 oktober; till det hinner ingen kallelse antecknas.")
    story.refuses("book KS-2023-710 KS-2023-10-10 --date 2023-10-11", "meeting-ahead")
    story.does("meeting add KS 2023-10-24 --date 2023-10-11", of="KS-2023-10-24")
    story.does("book KS-2023-710 KS-2023-10-24 --date 2023-10-11")
    story.does("meeting hold KS-2023-10-24", warns={"meeting-called"})
    story.does("refer KS-2023-710 KS-2023-10-24 --to SON")
    story.shows("show KS-2023-710", state="draft", stage="SON")
    story.tell("3 april 2024: förvaltningens svar kommer, med båda diarienumren. De finner samma ärende.")
    story.does(f"import {shlex.quote(str(answer))} --date 2024-04-03", of="KS-2023-710")
    one, other = story.shows("show KS-2023-710"), story.shows("show 'SON 2023/940'")
    story.expect("ärendet", one["id"], other["id"])
    story.expect("MBL", [entry["kind"] for entry in one["mbl"]], ["ej_pakallad"])
    story.expect("motionsåret", [d["due"] for d in one["deadlines"] if d["kind"] == "motion_year"], ["2024-08-24"])


def _motion_is_decided_in_the_committee(story: Story) -> None:
    story.tell("Nämnden bereder: MBL är bedömt som ej påkallat, kallelsen går ut den 11 april.")
    story.does("advance SON-2023-940 --date 2024-04-03")
    story.does("advance SON-2023-940 --date 2024-04-04")
    story.does("meeting add SON 2024-04-18 --date 2024-04-04", of="SON-2024-04-18")
    story.does("book SON-2023-940 SON-2024-04-18 --date 2024-04-04")
    story.does("meeting call SON-2024-04-18 --date 2024-04-11")
    story.tell("Ärendet lämnas inte vidare innan nämnden har beslutat.")
    story.refuses("advance SON-2023-940 --to ks --date 2024-04-12", "body-has-decided")
    story.does("meeting hold SON-2024-04-18 --first 54")
    story.does("decide SON-2023-940 SON-2024-04-18")
    story.tell("Paragrafen är inte justerad än, så den skickas inte.")
    story.refuses("dispatch SON-2023-940 --to KS --date 2024-04-22", "paragraph-adjusted")
    story.does("meeting adjust SON-2024-04-18 --date 2024-04-25")
    story.does("meeting post SON-2024-04-18 --date 2024-04-26")
    story.does("dispatch SON-2023-940 --to KS --date 2024-04-26")


def _motion_goes_to_the_executive(story: Story) -> None:
    story.tell("2 maj: någon vill föra ärendet direkt till fullmäktige. Kommunstyrelsen har inte fått yttra sig.")
    story.does("meeting add KS 2024-05-14 --date 2024-04-29", of="KS-2024-05-14")
    story.refuses("advance KS-2023-710 --to kf --date 2024-05-02", "ks-opportunity", "next-stage")
    story.does("advance KS-2023-710 --to ks --date 2024-05-02")
    story.does("book KS-2023-710 KS-2024-05-14 --date 2024-05-07")
    story.does("meeting call KS-2024-05-14 --date 2024-05-07")
    story.tell("Fullmäktiges möte den 28 maj kungörs den 17 maj; sista dag är tisdag den 21 maj.")
    story.does("meeting add KF 2024-05-28 --date 2024-04-29", of="KF-2024-05-28")
    story.does("book KS-2023-710 KF-2024-05-28 --date 2024-05-08")
    story.does("meeting hold KS-2024-05-14 --first 120")
    story.does("decide KS-2023-710 KS-2024-05-14")
    story.does("meeting adjust KS-2024-05-14 --date 2024-05-16")
    story.does("meeting post KS-2024-05-14 --date 2024-05-17")
    story.does("meeting announce KF-2024-05-28 --date 2024-05-17")
    story.does("meeting call KF-2024-05-28 --date 2024-05-17")
    story.does("advance KS-2023-710 --to kf --date 2024-05-17")


def _motion_is_decided_in_the_council(story: Story) -> None:
    story.tell("28 maj: fullmäktige avslår motionen.")
    story.does("meeting hold KF-2024-05-28 --first 88")
    story.does("decide KS-2023-710 KF-2024-05-28 --arendet avslagen")
    story.does("meeting adjust KF-2024-05-28 --date 2024-05-30")
    story.does("meeting post KF-2024-05-28 --date 2024-05-31")
    story.does("advance KS-2023-710 --date 2024-06-03")
    story.tell("Beslutet ska till alla det rör innan ärendet avslutas.")
    story.refuses(
        "close KS-2023-710 --date 2024-06-03",
        "recipients-sent",
        warns={"preparing-body-told", "laga-kraft-reached"},
    )
    story.does("dispatch KS-2023-710 --date 2024-06-03")


def _motion_comes_to_an_end(story: Story) -> None:
    story.tell("Tre veckor från anslaget är midsommarafton. Anslaget får inte tas ned den dagen.")
    protocol = story.shows("meeting show KF-2024-05-28", state="hallen")["protocol"][0]
    story.expect("sista dag", protocol["last_appeal_day"], "2024-06-24")
    story.refuses("meeting take-down KF-2024-05-28 --date 2024-06-21", "anslag-stays-up")
    story.does("meeting take-down KF-2024-05-28 --date 2024-06-25")
    story.tell("26 juni: ärendet avslutas. Nämnden som beredde det är inte mottagare; det påpekas men hindrar inte.")
    story.does("close KS-2023-710 --date 2024-06-26", warns={"preparing-body-told"})
    story.shows("show KS-2023-710", state="avslutad", laga_kraft_earliest="2024-06-25")
    story.plain("history KS-2023-710")


# --- the skrivelse full of leftovers --------------------------------------------------------------


def support(story: Story, skrivelse: Path) -> None:
    story.chapter("2. En skrivelse med mallens rester: stoppad, lagad, beslutad på sin förhandling")
    story.does(f"import {shlex.quote(str(skrivelse))} --date 2021-02-03", of="SON-2020-247")
    story.refuses("advance SON-2020-247 --date 2021-02-03", "placeholders")
    found = story.shows("why SON-2020-247 --date 2021-02-03")["steps"][0]["findings"]
    story.expect("kraft", found[0]["force"], "rutin")
    leftovers = [leftover["text"] for leftover in story.shows("show SON-2020-247")["leftovers"]]
    story.expect(
        "mallens rester",
        leftovers,
        ["Rubriken på tjänsteskrivelse", "ÅÅÅÅ-MM-DD", "Klicka här för att ange text."],
    )
    story.tell("8 februari: handläggaren fyller i. Förslaget är oförändrat, så förhandlingen 1 februari gäller.")
    story.does(
        "edit SON-2020-247 --date 2021-02-08 --mottagare Föreningen --mottagare Upphandlingsenheten"
        " --underlag 'Tjänsteskrivelse 2021-02-03' --underlag 'Utredning om behovet av stöd till familjer'"
    )
    story.does("advance SON-2020-247 --date 2021-02-08")
    story.does("advance SON-2020-247 --date 2021-02-08")
    story.does("meeting add SON 2021-02-18 --date 2021-02-01", of="SON-2021-02-18")
    story.does("book SON-2020-247 SON-2021-02-18 --date 2021-02-08")
    story.does("meeting call SON-2021-02-18 --date 2021-02-11")
    story.does("meeting hold SON-2021-02-18 --first 31")
    story.does("decide SON-2020-247 SON-2021-02-18")
    story.does("meeting adjust SON-2021-02-18 --date 2021-02-25")
    story.does("meeting post SON-2021-02-18 --date 2021-02-26")
    story.does("advance SON-2020-247 --date 2021-02-26")
    story.does("dispatch SON-2020-247 --date 2021-02-26")
    answer = story.shows("show SON-2020-247", state="skickas_till", laga_kraft_earliest="2021-03-20")
    story.expect("förhandlingar", [entry["date"] for entry in answer["mbl"]], ["2021-02-01"])
    story.expect("sista dag", answer["agenda"][0]["last_appeal_day"], "2021-03-19")


# --- what the tool says no to ---------------------------------------------------------------------


def refusals(story: Story) -> None:
    story.chapter("3. Vad verktyget säger nej till, och hur det som ändå har hänt antecknas (påhittade kastärenden)")
    _a_case_without_mbl(story)
    _a_case_without_order(story)
    _a_council_meeting_without_notice(story)
    _a_protocol_too_late(story)


def _a_case_without_mbl(story: Story) -> None:
    story.tell(
        "Ett ärende utan diarienummer kan inte sättas på en lista, och utan MBL-uppgift går det inte till beslut."
    )
    output = story.plain("register --kind forvaltningsarende --body SON --rubrik 'Kastärende 1' --date 2024-01-08")
    ref = next(word for word in output.split() if word.startswith("id:")).rstrip(":.")
    story.does("meeting add SON 2024-01-25 --date 2024-01-02", of="SON-2024-01-25")
    story.refuses(f"book {ref} SON-2024-01-25 --date 2024-01-09", "dnr-before-agenda")
    story.does(f"advance {ref} --date 2024-01-09", warns={"proposal-for-next-body"})
    story.refuses(f"advance {ref} --date 2024-01-10", "mbl-noted", "dnr-before-agenda")
    story.does(f"edit {ref} --dnr 'SON 2024-901' --date 2024-01-10")
    story.does("book SON-2024-901 SON-2024-01-25 --date 2024-01-10")
    story.does("meeting call SON-2024-01-25 --date 2024-01-16")
    story.does("meeting hold SON-2024-01-25")
    story.tell("Nämnden beslutade ändå. Beslutet vägras med alla skäl …")
    story.refuses("decide SON-2024-901 SON-2024-01-25", "case-is-at-body", "mbl-held")
    story.tell("… men det har hänt, och vad som har hänt går alltid att anteckna. Avvikelsen syns för alltid.")
    story.does(
        "decide SON-2024-901 SON-2024-01-25 --avvikelse 'Beslutat utan förhandling; HR underrättad 26 januari.'",
        deviates={"case-is-at-body", "mbl-held"},
    )
    agenda = story.shows("show SON-2024-901", state="namnd")["agenda"]
    story.expect("avvikelsen", [item["deviation"] for item in agenda], [True])


def _a_case_without_order(story: Story) -> None:
    story.tell("Ordningen: rätt dag, rätt instans, rätt förslag; och efter kallelsen är det nämnden som låter utgå.")
    story.does(
        "register --kind forvaltningsarende --body SON --dnr 'SON 2024-902' --rubrik 'Kastärende 2' --date 2024-02-05",
        of="SON-2024-902",
    )
    story.does("edit SON-2024-902 --att 'KS=Kommunstyrelsen godkänner.' --date 2024-02-05")
    story.refuses("advance SON-2024-902 --date 2024-02-06", "proposal-for-next-body")
    story.does("edit SON-2024-902 --att 'SON=Nämnden godkänner.' --date 2024-02-06")
    story.refuses("advance SON-2024-902 --date 2024-02-01", "chronology")
    story.does("advance SON-2024-902 --date 2024-02-06")
    story.does("mbl SON-2024-902 --information --bokad 2024-02-20 --date 2024-02-06")
    story.does("advance SON-2024-902 --date 2024-02-07")
    story.does("meeting add KF 2024-02-27 --date 2024-01-02", of="KF-2024-02-27")
    story.refuses("book SON-2024-902 KF-2024-02-27 --date 2024-02-07", "body-in-the-way")
    story.does("meeting add SON 2024-02-15 --date 2024-01-02", of="SON-2024-02-15")
    story.does("book SON-2024-902 SON-2024-02-15 --date 2024-02-07")
    story.does("meeting call SON-2024-02-15 --date 2024-02-08")
    story.refuses("withdraw SON-2024-902 --skal 'Det brådskar inte.' --date 2024-02-09", "not-yet-called")
    story.refuses("dispatch SON-2024-902 --date 2024-02-09", "something-to-send")
    story.does("meeting hold SON-2024-02-15")
    story.tell("Informationen enligt 19 § är bokad till efter beslutet. Lagen sätter ingen dag: det påpekas bara.")
    story.does("decide SON-2024-902 SON-2024-02-15", warns={"mbl-information"})
    story.tell("Ett sammanträde beslutar en gång i ett ärende; ett dubbelt tangenttryck gör ingen skada.")
    story.refuses("decide SON-2024-902 SON-2024-02-15", "not-yet-treated", "body-in-the-way")


def _a_council_meeting_without_notice(story: Story) -> None:
    story.tell("Fullmäktige kungörs och kallas en vecka före. Den 21 februari är för sent till den 27:e.")
    story.refuses("meeting announce KF-2024-02-27 --date 2024-02-21", "kungorelse-in-time")
    story.refuses("meeting call KF-2024-02-27 --date 2024-02-21", "kallelse-in-time")
    story.does(
        "register --kind motion --dnr 'KS 2024-903' --rubrik 'Motion som är ett kastärende' --date 2024-01-15",
        of="KS-2024-903",
    )
    story.refuses("book KS-2024-903 KF-2024-02-27 --date 2024-02-21", "booked-in-time")
    story.does("book KS-2024-903 KF-2024-02-27 --late 'Frågan tål inte att vänta.' --date 2024-02-21")
    story.refuses("meeting hold KF-2024-02-27", "meeting-announced", "meeting-called")
    story.does(
        "meeting hold KF-2024-02-27 --avvikelse 'Hölls ändå; kungörelsen glömdes.'",
        deviates={"meeting-announced", "meeting-called"},
    )
    story.does("refer KS-2024-903 KF-2024-02-27 --to KS")
    story.tell("Fullmäktige får inte avgöra det som inte är tillkännagivet i tid.")
    story.does(
        "register --kind ks_arende --dnr 'KS 2024-904' --rubrik 'Kastärende 4' --date 2024-03-01", of="KS-2024-904"
    )
    story.does("stage add KS-2024-904 KF --date 2024-03-01")
    story.does("mbl KS-2024-904 --ej-pakallad --date 2024-03-01")
    story.does("meeting add KS 2024-03-12 --date 2024-01-02", of="KS-2024-03-12")
    story.does("book KS-2024-904 KS-2024-03-12 --date 2024-03-01")
    story.does("meeting call KS-2024-03-12 --date 2024-03-05")
    story.does("meeting hold KS-2024-03-12")
    story.does("decide KS-2024-904 KS-2024-03-12")
    story.does("advance KS-2024-904 --to kf --date 2024-03-13")
    story.does("meeting add KF 2024-03-26 --date 2024-01-02", of="KF-2024-03-26")
    story.does("meeting announce KF-2024-03-26 --date 2024-03-15")
    story.does("meeting call KF-2024-03-26 --date 2024-03-15")
    story.does("book KS-2024-904 KF-2024-03-26 --late 'Svaret ska vara hos staten den 1 april.' --date 2024-03-26")
    story.does("meeting hold KF-2024-03-26")
    story.refuses("decide KS-2024-904 KF-2024-03-26", "item-announced")
    story.does("decide KS-2024-904 KF-2024-03-26 --enhalligt")


def _a_protocol_too_late(story: Story) -> None:
    story.tell("Protokollet: justerat inom 14 dagar, anslaget andra dagen efter, och uppe tills tiden gått ut.")
    story.refuses("meeting post KS-2024-03-12 --date 2024-03-20", "protocol-adjusted")
    story.refuses("meeting adjust KS-2024-03-12 --date 2024-03-27", "justering-in-time")
    story.does(
        "meeting adjust KS-2024-03-12 --date 2024-03-27 --avvikelse 'Justeraren var sjuk.'",
        deviates={"justering-in-time"},
    )
    story.refuses("meeting take-down KS-2024-03-12 --date 2024-04-10", "protocol-posted")
    story.refuses("meeting post KS-2024-03-12 --date 2024-04-03", "anslag-in-time")
    story.does(
        "meeting post KS-2024-03-12 --date 2024-04-03 --avvikelse 'Anslaget glömdes över påsken.'",
        deviates={"anslag-in-time"},
    )


# --- the log --------------------------------------------------------------------------------------


def audit(story: Story, directory: Path) -> None:
    story.chapter("4. Loggen: kontrollerad, och en ändrad byte i en kopia funnen")
    story.shows("audit verify", whole=True)
    copy = directory / "kopia"
    shutil.copytree(directory / "logg", copy)
    log = copy / "arendegang.jsonl"
    content = bytearray(log.read_bytes())
    line = content[: len(content) // 2].count(b"\n") + 1
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    output = story.plain(f"audit verify {shlex.quote(str(log))}", 8)
    story.expect("raden namnges", f"Rad {line}" in output, True)
    story.shows("list")
    story.plain("graph KS-2023-710")


def tell(run: Runner, directory: Path, *, answer: Path = ANSWER, skrivelse: Path = SUPPORT) -> None:
    """The whole story in `directory`, which has a config.toml. Raises UnexpectedError where it goes wrong."""
    story = Story(run)
    print("Ärendegång: två ärenden från skrivelse till laga kraft, på sina verkliga dagar.")
    print("I demon har en person alla roller, och gamla dagar får antecknas utan skäl (se config.toml).")
    story.plain("database upgrade")
    motion(story, answer)
    support(story, skrivelse)
    refusals(story)
    audit(story, directory)


def prepare(directory: Path) -> None:
    """A config.toml of the demo's own: the project's, with no limit for entering old events."""
    text = (HERE.parent / "config.toml").read_text("utf-8")
    text = text.replace("late_after_days = 30 ", "late_after_days = 36500 ")
    (directory / "config.toml").write_text(text, "utf-8")


def real_program(directory: Path) -> Runner:
    """Runs the installed `arende` as a process of its own."""
    program = Path(sys.executable).with_name("arende")

    def run(arguments: list[str]) -> tuple[int, str]:
        done = subprocess.run(
            [program, *arguments],
            cwd=directory,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout

    return run


def main() -> int:
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="arendegang-demo-")).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        print(f"{directory} är inte tom. Ange en tom katalog.", file=sys.stderr)
        return 2
    prepare(directory)
    try:
        tell(real_program(directory), directory)
    except UnexpectedError as error:
        print(f"\nDEMON GICK INTE SOM DEN SKULLE:\n{error}", file=sys.stderr)
        return 1
    print(f"\n{'━' * 100}\nKlart. Allt gick som berättelsen säger.")
    print(f"  Databasen:  {directory / 'arendegang.db'}")
    print(f"  Loggen:     {directory / 'logg' / 'arendegang.jsonl'}")
    print(f"  Texterna:   {directory / 'logg' / 'payloads'}")
    arende = Path(sys.executable).with_name("arende")
    print(f"\nPröva sedan:\n  cd {directory}\n  {arende} show KS-2023-710\n  {arende} why SON-2024-902")
    print(f"  {arende} import {SUPPORT}   (samma fil en gång till)\n  {arende} --help")
    return 0


if __name__ == "__main__":
    sys.exit(main())
