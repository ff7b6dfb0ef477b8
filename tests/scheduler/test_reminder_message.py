"""Reminders as they are read: what, which, when, why and how, for every kind of deadline."""

from datetime import date
from typing import Any

import pytest

from scheduler.reminder_message import Occasion, Told, digest_letter, facts, letter, step_words, subject, text
from states import legal_basis
from states.deadlines import DeadlineKind

KIND = DeadlineKind
FRIDAY, THURSDAY = date(2021, 3, 5), date(2021, 3, 11)


def told(kind, **own: Any):
    return Told(kind=kind, **{"act_by": own["due"], **own})


def meeting(kind, **more: Any):
    own = {"due": THURSDAY, "basis": legal_basis.CALL, "ref": "SON 2021-03-18", "is_meeting": True, **more}
    return told(kind, command="arende meeting call SON-2021-03-18", **own)


def case(kind, **more: Any):
    own = {"due": THURSDAY, "basis": legal_basis.WATCH, "ref": "SON 2021-43", "is_meeting": False, **more}
    return told(kind, command="arende watch done SON-2021-43 2", **{"title": "Projekt Fältgrupp", **own})


def read(about, today=FRIDAY, step="1/2", recipient="namndsekreterare@SON", planned_for=None):
    return text(about, occasion(today, step, recipient, planned_for)).split("\n")


def occasion(today=FRIDAY, step="1/2", recipient="namndsekreterare@SON", planned_for=None):
    return Occasion(recipient=recipient, rule="call", step=step, planned_for=planned_for or today, today=today)


def test_a_reminder_is_short_and_whole():
    assert read(meeting(KIND.CALL)) == [
        "Kallelse senast torsdag 11 mars 2021.",
        "",
        "Sammanträde: SON 2021-03-18",
        "Grund: rutin, inte lag. Nämnden kallas i god tid; antalet dagar är kommunens inställning.",
        "Så här: arende meeting call SON-2021-03-18",
        "",
        "Till nämndsekreteraren, SON: påminnelse 1 av 2.",
        "Är det redan gjort? Anteckna det, så kommer inga fler.",
    ]


def test_what_is_late_says_how_late_and_on_what_ground():
    adjust = meeting(KIND.ADJUST, due=date(2021, 4, 1), basis=legal_basis.KF_19)
    lines = read(adjust, date(2021, 4, 6), "4/4", planned_for=date(2021, 4, 6))
    assert subject(adjust, date(2021, 4, 6)) == "Försenat: justering senast 1 april 2021 – SON 2021-03-18"
    assert lines[:2] == ["Justering senast torsdag 1 april 2021.", "Dagen gick ut för 5 dagar sedan."]
    assert (
        "Grund: KL 5 kap. 69 §, 6 kap. 35 §, lag (ska). Protokollet justeras senast 14 dagar efter sammanträdet. "
        f"{legal_basis.KF_19.doubt}" in lines
    )


def test_one_day_late_is_one_day():
    assert "Dagen gick ut för 1 dag sedan." in read(meeting(KIND.CALL), date(2021, 3, 12))


def test_on_the_day_itself_nothing_is_late():
    assert subject(meeting(KIND.CALL), date(2021, 3, 11)).startswith("Påminnelse: ")


def test_a_closed_day_says_when_to_act_and_why():
    notice = case(KIND.UPPSAGNING, due=date(2017, 12, 31), act_by=date(2017, 12, 29))
    assert "Gör det senast fredag 29 december 2017, för nyårsafton är ingen arbetsdag." in read(
        notice, date(2017, 12, 1)
    )


def test_an_earliest_day_has_its_first_working_day_and_is_never_late():
    down = meeting(KIND.TAKE_DOWN, due=date(2021, 4, 17), act_by=date(2021, 4, 19), basis=legal_basis.AN_04)
    assert "Första arbetsdagen är måndag 19 april 2021." in read(down, date(2021, 4, 19))
    assert subject(down, date(2021, 5, 3)) == "Påminnelse: anslaget tas ned, tidigast 17 april 2021 – SON 2021-03-18"
    assert "Det har kunnat göras i 14 dagar." in read(down, date(2021, 5, 3))


def test_what_happens_by_itself_is_not_late_but_was():
    ends = case(KIND.AVTALSSLUT, due=date(2021, 12, 31), act_by=date(2021, 12, 30))
    assert subject(ends, date(2022, 1, 3)) == "Påminnelse: avtalet löper ut 31 december 2021 – SON 2021-43"
    assert "Det var för 3 dagar sedan." in read(ends, date(2022, 1, 3))
    assert "Sista arbetsdagen före är torsdag 30 december 2021." in read(ends, date(2021, 12, 3))


def test_a_question_has_no_day():
    waited = case(KIND.AWAITED, watch=1, about="statsbidrag för 2023", event="Socialstyrelsens besked")
    lines = read(waited, date(2021, 5, 3), "s2021-05-01", "handlaggare@SON")
    assert lines[0] == "Har det som inväntas hänt eller blivit klart?"
    assert "Bevakning 1: statsbidrag för 2023" in lines
    assert "Inväntar: Socialstyrelsens besked" in lines
    assert lines[-2:] == [
        "Till handläggaren, SON: uppskjuten påminnelse.",
        "Är det inte längre aktuellt? Avsluta bevakningen, så kommer inga fler.",
    ]


def test_a_silent_case_asks_for_a_look():
    silent = case(KIND.SILENT, basis=legal_basis.SILENT)
    assert subject(silent, FRIDAY) == "Påminnelse: inget har hänt i ärendet, se efter varför – SON 2021-43"
    assert read(silent)[-1] == "När något antecknas i ärendet kommer inga fler."


@pytest.mark.parametrize("kind", [KIND.SILENT, KIND.AWAITED])
def test_a_question_has_no_ground_but_routine(kind):
    assert "Grund: rutin, inte lag." in read(case(kind, basis=legal_basis.WATCH))


def test_what_is_not_ended_by_noting_it_does_not_say_so():
    assert read(meeting(KIND.MANUSSTOPP))[-1] == "När kallelsen är antecknad kommer inga fler."


@pytest.mark.parametrize("kind", [KIND.ADJUST, KIND.POST])
@pytest.mark.parametrize(
    ("today", "how", "late"),
    [
        (date(2021, 4, 1), "Gör det senast torsdag 1 april 2021, för långfredagen är ingen arbetsdag.", False),
        (date(2021, 4, 2), "Sista dagen enligt lag är tisdag 6 april 2021.", False),
        (date(2021, 4, 6), "Sista dagen enligt lag är tisdag 6 april 2021.", False),
        (date(2021, 4, 7), "Dagen gick ut för 1 dag sedan.", True),
    ],
)
def test_what_the_law_puts_off_over_easter_is_late_after_it(kind, today, how, late):
    about = meeting(kind, due=date(2021, 4, 2), act_by=date(2021, 4, 1), basis=legal_basis.KF_19)
    assert read(about, today)[1] == how
    assert subject(about, today).startswith("Försenat" if late else "Påminnelse")


def test_a_day_to_act_that_has_passed_is_not_told_as_one_to_come():
    notice = case(KIND.UPPSAGNING, due=date(2017, 12, 31), act_by=date(2017, 12, 29))
    assert read(notice, date(2017, 12, 30))[1] == (
        "Det skulle ha gjorts senast fredag 29 december 2017, för nyårsafton är ingen arbetsdag."
    )
    ends = case(KIND.AVTALSSLUT, due=date(2017, 12, 31), act_by=date(2017, 12, 29))
    assert read(ends, date(2017, 12, 30))[1] == "Sista arbetsdagen före var fredag 29 december 2017."


def test_a_motion_is_told_with_the_last_meeting_in_time():
    year = {"due": date(2024, 8, 24), "act_by": date(2024, 8, 23), "basis": legal_basis.KF_11}
    council = "Fullmäktige: sista planerade sammanträdet i tid är tisdag 18 juni 2024."
    assert council in read(case(KIND.MOTION_YEAR, council=date(2024, 6, 18), **year), date(2024, 5, 21))
    none = "Fullmäktige: inget sammanträde är planerat i tid."
    assert none in read(case(KIND.MOTION_YEAR, **year), date(2024, 5, 21))
    assert not any(line.startswith("Fullmäktige") for line in read(case(KIND.UPPDRAG, council=date(2024, 6, 18))))


def test_a_secret_case_is_its_number():
    secret = case(KIND.BEVAKNING, title="", about="", watch=2, secret=True)
    assert read(secret) == [
        "Vad det gäller visas bara för den som är behörig.",
        "",
        "Ärende: SON 2021-43",
        "Så här: arende watch done SON-2021-43 2",
        "",
        *read(secret)[5:],
    ]
    assert subject(secret, FRIDAY) == "Påminnelse: SON 2021-43"
    known = facts(secret, occasion())
    assert {name for name, value in known.items() if value} == {"ref", "subject", "recipient"}


def test_a_case_is_told_with_the_meeting_it_is_for():
    mbl = case(KIND.MBL, basis=legal_basis.MB_02, meeting="SON 2021-03-18")
    assert read(mbl)[2:4] == ["Ärende: SON 2021-43, Projekt Fältgrupp", "Sammanträde: SON 2021-03-18"]


def test_a_paragraph_on_its_own_is_named():
    assert "Sammanträde: SON 2021-03-18, § 54" in read(meeting(KIND.POST, paragraph=54))


def test_an_older_event_is_not_judged_by_todays_law():
    old = meeting(KIND.ADJUST, due=date(2017, 12, 28), basis=legal_basis.KF_19)
    assert any("lag (ska); dagens lydelse, ärendet är äldre. " in line for line in read(old))


def test_a_reminder_that_comes_late_says_when_it_should_have_come():
    lines = read(meeting(KIND.CALL), planned_for=date(2021, 3, 1))
    assert "Den skulle ha kommit måndag 1 mars 2021." in lines


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("1/1", "påminnelse"),
        ("2/3", "påminnelse 2 av 3"),
        ("r4/14", "upprepad påminnelse"),
        ("f1/1 2024-06-18", "påminnelse inför fullmäktiges sista sammanträde i tid"),
        ("s2024-05-01", "uppskjuten påminnelse"),
    ],
)
def test_a_step_in_words(step, words):
    assert step_words(step) == words


@pytest.mark.parametrize("kind", DeadlineKind)
@pytest.mark.parametrize("today", [date(2021, 1, 4), date(2021, 3, 11), date(2021, 6, 1)])
def test_every_kind_reads_as_swedish(kind, today):
    about = case(kind, watch=2, about="Fältgruppens lokal")
    lines = read(about, today)
    assert len(subject(about, today)) < 112
    assert subject(about, today).endswith(" – SON 2021-43")
    assert "lokal" not in subject(about, today)
    assert all(len(line) < 140 for line in lines)
    assert lines[0][0].isupper()
    assert lines[0][-1] in ".?"


# --- the whole letter ---------------------------------------------------------------------------------


def test_the_html_says_what_the_text_says():
    written = letter("ab", meeting(KIND.CALL), occasion())
    assert written.html.split("\n") == [
        "<p>Kallelse senast torsdag 11 mars 2021.</p>",
        "<p>Sammanträde: SON 2021-03-18<br>",
        "Grund: rutin, inte lag. Nämnden kallas i god tid; antalet dagar är kommunens inställning.<br>",
        "Så här: <code>arende meeting call SON-2021-03-18</code></p>",
        "<p>Till nämndsekreteraren, SON: påminnelse 1 av 2.<br>",
        "Är det redan gjort? Anteckna det, så kommer inga fler.</p>",
    ]
    assert (written.id, written.recipient) == ("ab", "namndsekreterare@SON")


HOSTILE = 'Bygglov <script>alert("å")</script> & <b>\nSå här: rm -rf /\r\nBcc: a@b.se'


def test_what_somebody_wrote_is_one_line_and_nothing_but_words():
    about = case(KIND.BEVAKNING, title=HOSTILE, watch=2, about=HOSTILE, event=HOSTILE)
    written = letter("ab", about, occasion())
    tame = letter("ab", case(KIND.BEVAKNING, title="T", watch=2, about="A", event="E"), occasion())
    assert written.text.count("\n") == tame.text.count("\n")
    assert written.html.count("\n") == tame.html.count("\n")
    assert written.html.count("<") == tame.html.count("<")
    assert written.text.splitlines() == written.text.split("\n")
    assert "&lt;script&gt;" in written.html
    assert HOSTILE.partition("\n")[0] in written.text


def test_a_machine_is_told_what_when_and_why_and_no_word_of_what_it_is_about():
    about = case(KIND.BEVAKNING, watch=2, about="Nyckeln till sommarstugan", event="Svar från Anna")
    facts = letter("ab", about, occasion(recipient="arkivet")).facts
    assert facts == {
        "ref": "SON 2021-43",
        "about": "bevakning",
        "due": "2021-03-11",
        "act_by": "2021-03-11",
        "subject": subject(about, FRIDAY),
        "recipient": "arkivet",
        "rule": "call",
        "step": "1/2",
        "planned_for": "2021-03-05",
        "basis": "R-BEVAKNING",
        "command": "arende watch done SON-2021-43 2",
    }
    for word in ("Fältgrupp", "sommarstugan", "Anna"):
        assert word not in str(facts)


def test_a_digest_is_its_reminders_in_their_order():
    letters = [
        letter(own, about, occasion()) for own, about in (("ab", meeting(KIND.CALL)), ("cd", case(KIND.BEVAKNING)))
    ]
    digest = digest_letter("digest-ef", "namndsekreterare@SON", letters, FRIDAY)
    assert digest.subject == "Sammandrag 5 mars 2021: 2 påminnelser"
    assert (digest.id, digest.recipient, digest.facts) == ("digest-ef", "namndsekreterare@SON", {})
    first, second = digest.text.split("\n\n\n")
    assert first == f"1. {letters[0].subject}\n\n{letters[0].text}"
    assert second == f"2. {letters[1].subject}\n\n{letters[1].text}"
    assert digest.html == "\n".join(
        f"<h2>{place}. {each.subject}</h2>\n{each.html}" for place, each in enumerate(letters, 1)
    )
