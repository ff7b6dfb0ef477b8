"""How cases, meetings, histories and answers look on a screen or as JSON."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from states.case_facts import LinkKind
from states.deadlines import DeadlineKind
from states.duties import DUTIES, duty
from states.records import RECORD_TYPES
from states.swedish_text import capitalised, day, listed, name
from workflow.cli import protocol_views, render
from workflow.errors import Exit

View = Mapping[str, Any]


def _day(text: str | None) -> str:
    return day(date.fromisoformat(text)) if text else "–"


def cases(found: Sequence[View], json_wanted: bool, *, narrowed: bool = False) -> int:
    if json_wanted:
        return render.as_json(found)
    if not found:
        return render.line("Inga sådana ärenden." if narrowed else "Inga ärenden. Läs in ett med: arende import FIL")
    rows = [(c["ref"], name(c["state"]), c["body"] or "–", c["last_event"], c["rubrik"]) for c in found]
    render.table(("Ärende", "Läge", "Instans", "Senast", "Rubrik"), rows)
    return Exit.DONE


def case(view: View, json_wanted: bool) -> int:
    # Lists do without.
    from workflow.cli.document_views import documents

    if json_wanted:
        return render.as_json(view)
    render.line(f"{view['ref']}  {view['rubrik']}")
    others = [number for number in view["numbers"] if number != view["ref"]]
    also = f", även {listed(others)}" if others else ""
    render.line(f"Läge: {name(view['state'])}{also} · {name(view['kind'])} · version {view['version']}")
    if view["secrecy"] is not None:
        render.line(f"Sekretessmarkerat{' enligt ' if view['secrecy'] else ''}{view['secrecy']}")
    came = f"Inkommet {_day(view['received_on'])}, registrerat" if view["received_on"] else "Registrerat"
    raised = f", väckt {_day(view['raised_on'])} ({view['raised_reading']})" if view["raised_reading"] else ""
    render.line(f"{came} {_day(view['registered_on'])}{raised}")
    if view["paused"]:
        render.line(f"Pausat sedan {_day(view['paused']['since'])}, till {_day(view['paused']['until'])}")
    if view["children"]:
        render.line(f"Rör barn: {name(view['children'])}")
    if view["handlaggare"]:
        render.line(f"Handläggare: {listed(view['handlaggare'])}")
    if view["taken"]:
        render.line(f"Beslutat av {view['taken']['by']} enligt punkt {view['taken']['point']}")
    for linked in view["links"]:
        render.line(_link(linked))
    _deviations(view["deviations"])
    _way(view["way"], view["state"])
    _mbl(view["mbl"], view["proposal_changed_on"])
    _referrals(view["referrals"])
    _party(view["party"])
    _proposals(view["proposals"])
    _agenda(view["agenda"])
    documents(view["documents"])
    _recipients(view["recipients"])
    _appeals(view["appeals"])
    _leftovers(view["leftovers"], view["unsure"])
    _deadlines(view["deadlines"])
    _watches(view["watches"], view["suggested_watches"], view["ref"].replace(" ", "-", 1))
    _reminders(view["reminders"])
    _delegated(view["delegated"])
    _purges(view["purges"])
    _laga_kraft(view)
    return Exit.DONE


def _link(linked: View) -> str:
    """How a case belongs with another, seen from this one."""
    told = name(linked["kind"]) if linked["from_it"] else SEEN_FROM_THE_OTHER[linked["kind"]]
    return f"{capitalised(told)} {linked['case']}"


SEEN_FROM_THE_OTHER = {
    LinkKind.HOR_IHOP: "hör ihop med",
    LinkKind.SAMMANLAGT: "sammanlagt med",
    LinkKind.DELAT: "en del av det är nu",
}
"""How a link is told of on the case it leads to."""


def _deviations(found: Sequence[View]) -> None:
    """What was recorded against a rule, in capitals for as long as there is a case or a meeting to show."""
    for one in found:
        where = f", § {one['paragraph']}" if one["paragraph"] else ""
        back = " (posten är tillbakatagen)" if one["corrected"] else ""
        for text in one["texts"]:
            render.paragraph(f"AVVIKELSE {_day(one['on'])}{where}{back}: {text}", "  ")


def _laga_kraft(view: View) -> None:
    """What the case's latest decision has come to, and how it is appealed when it is not as usual."""
    if view["appeal_regime"] != "laglighet":
        render.line(f"\nÖverklagas genom: {name(view['appeal_regime'])}. Anslaget räknar ingen tid.")
    elif view["laga_kraft"]:
        render.line(f"\nLaga kraft {_day(view['laga_kraft'])} (bekräftad).")
    elif view["laga_kraft_earliest"]:
        earliest = f"Laga kraft tidigast {_day(view['laga_kraft_earliest'])}, ej bekräftad"
        render.line(f"\n{earliest}; bekräfta hos förvaltningsrätten.")


def _appeals(appeals: Sequence[View]) -> None:
    if appeals:
        render.line("\nÖverklaganden")
    for one in appeals:
        about = f"{one['meeting']} § {one['paragraph']}"
        when = "i tid" if one["in_time"] else "FÖR SENT"
        who = f" av {one['who']}" if one["who"] else ""
        number = f", mål {one['court_number']}" if one["court_number"] else ""
        forwarded = f", lämnat till rätten {one['forwarded_on']}" if one["forwarded_on"] else ""
        ended = f"; {name(one['outcome'])} {one['settled_on']}" if one["settled_on"] else "; ej avgjort"
        told = f"{about}{who}: in till {name(one['received_by'])} {one['received_on']}, {when}"
        render.paragraph(f"{told}{forwarded}{number}{ended}", "     ", f"  {one['number']}. ")


def _way(way: Sequence[View], state: str) -> None:
    render.line("\nVäg")
    for stage in way:
        mark = "–" if stage["passed_over"] else "✓" if stage["closed"] else "▶" if stage["here"] else "·"
        here = f"  (här: {name(state)})" if stage["here"] else ""
        until = f", svar senast {_day(stage['opportunity_until'])}" if stage["opportunity_until"] else ""
        render.line(f"  {mark} {stage['body']}: {name(stage['role'])}{until}{here}")


def _mbl(entries: Sequence[View], proposal_changed_on: str | None) -> None:
    render.line("\nMBL")
    if not entries:
        render.line("  inget antecknat")
    for entry in entries:
        paragraph = f" enligt {entry['paragraph']} §" if entry["paragraph"] else ""
        booked = "" if entry["held"] else "bokad till "
        goes_on = ", fortsätter" if entry["unfinished"] else ", central part" if entry["central"] else ""
        render.line(f"  {name(entry['kind'])}{paragraph}, {booked}{_day(entry['date'])}{goes_on}")
    if proposal_changed_on:
        render.line(f"  ! Förslaget ändrades {_day(proposal_changed_on)}, efter förhandlingen; omfattas det?")


def _referrals(referrals: Sequence[View]) -> None:
    if referrals:
        render.line("\nRemisser")
    for one in referrals:
        needed = ", obligatorisk" if one["mandatory"] else ""
        became = f"besvarad {_day(one['answered_on'])}" if one["answered_on"] else f"svar senast {_day(one['due'])}"
        render.line(f"  {one['number']}. {one['name']}: {became}{needed}")


def _party(party: View) -> None:
    said = {
        "told_on": "underrättad om dröjsmål",
        "asked_on": "begärde ett avgörande",
        "refused_on": "fick begäran avslagen",
    }
    told = [f"{words} {_day(party[key])}" for key, words in said.items() if party[key]]
    if told:
        render.line(f"\nParten: {listed(told)}")


def _proposals(proposals: Sequence[View]) -> None:
    for proposal in proposals:
        render.line(f"\nFörslag till {proposal['body'] or 'beslut'} (version {proposal['version']})")
        for number, text in enumerate(proposal["att_satser"], 1):
            render.paragraph(text, "     ", f"  {number}. ")


def _agenda(items: Sequence[View]) -> None:
    if items:
        render.line("\nSammanträden")
    for item in items:
        paragraph = f" § {item['paragraph']}" if item["paragraph"] else ""
        same = item["phase"] == item["outcome"]
        outcome = f"{'' if same else ', '}{name(item['outcome'])}" if item["outcome"] else ""
        mark = "  AVVIKELSE: beslutat mot reglerna, se arende history" if item["deviation"] else ""
        minority = ", på en minoritets begäran" if item["minority"] else ""
        purpose = f" ({name(item['kind'])})" if item["kind"] != "beslut" else ""
        phase = "" if same else item["phase"]
        render.line(f"  {item['meeting']}{paragraph}{purpose}: {phase}{outcome}{minority}{mark}")
        for ruling in item["decisions"]:
            changed = f": {ruling['text']}" if "text" in ruling else ""
            told = ", ".join(name(ruling[key]) for key in ("outcome", "target", "matter") if ruling[key])
            waits = " (gäller först när fullmäktige har beslutat)" if ruling["awaits_council"] else ""
            render.paragraph(f"att-sats {ruling['att_sats']}: {told}{waits}{changed}", "      ")
        protocol_views.minutes(item)
        if item["last_appeal_day"] and item["appealable"]:
            render.line(f"      sista dag för överklagande: {_day(item['last_appeal_day'])}; {_final(item)}")


def _final(item: View) -> str:
    """Where the laga kraft of one § stands."""
    if item["laga_kraft"]:
        return f"laga kraft {_day(item['laga_kraft'])} (bekräftad)"
    if item["annulled"]:
        return "UPPHÄVT av domstol"
    if item["open_appeals"]:
        return "överklagat, ej avgjort"
    if not item["laga_kraft_earliest"]:
        return "laga kraft kan inte räknas: anslaget togs ned för tidigt"
    return f"laga kraft tidigast {_day(item['laga_kraft_earliest'])}, ej bekräftad"


def _recipients(recipients: Sequence[View]) -> None:
    render.line("\nBeslutet skickas till")
    if not recipients:
        render.line("  ingen mottagare angiven")
    for recipient in recipients:
        act = f", {name('atgard')}" if recipient["purpose"] == "atgard" else ""
        sent = f"skickat {recipient['sent_on']}" if recipient["sent_on"] else "–"
        render.line(f"  {recipient['name']}{act}: {sent}")


def _leftovers(leftovers: Sequence[View], unsure: Sequence[str]) -> None:
    if leftovers:
        render.line("\nMallens rester, att fylla i med arende edit")
    for leftover in leftovers:
        render.line(f"  ”{leftover['text']}” ({leftover['section']})")
    if unsure:
        render.line("\nOsäkert vid inläsningen")
    for sentence in unsure:
        render.paragraph(sentence, "    ", "  – ")


NUMBERED = {DeadlineKind.APPEAL: "överklagande", DeadlineKind.REFERRAL: "remiss"}
"""What has a number within its case, where it is no watch."""


def _deadlines(found: Sequence[View]) -> None:
    if found:
        render.line("\nFrister")
    for deadline in found:
        about = f" ({deadline['subject']})" if " " in deadline["subject"] else ""
        of = NUMBERED.get(DeadlineKind(deadline["kind"]), "bevakning")
        number = f" ({of} {deadline['subject']})" if deadline["subject"].isdecimal() else ""
        act = f"; gör det {_day(deadline['act_by'])}" if deadline["act_by"] != deadline["due"] else ""
        snoozed = f"; uppskjuten till {deadline['snoozed_until']}" if deadline["snoozed_until"] else ""
        what = duty(DeadlineKind(deadline["kind"]), deadline["basis"]).text
        render.line(f"  {_day(deadline['due'])}: {what}{about}{number}{act}{snoozed}{_ground(deadline)}")


def _ground(deadline: View) -> str:
    if not deadline["law"]:
        return ""
    then = f"; {deadline['law_then']}" if deadline["law_then"] else ""
    doubt = f"; {deadline['doubt']}" if deadline["doubt"] else ""
    return f" [{deadline['law']}{then}{doubt}]"


def _watches(found: Sequence[View], suggested: Sequence[View], ref: str) -> None:
    if found:
        render.line("\nBevakningar")
    for watch in found:
        _watch(watch)
    left = [number for number, one in enumerate(suggested, 1) if not one["watched"]]
    if left:
        render.line(f"\nSkrivelsen föreslår bevakningar; ta med dem med arende watch add {ref} --forslag alla")
        suggestions(suggested, left)


def _watch(watch: View) -> None:
    snoozed = f", påminnelserna uppskjutna till {watch['snoozed_until']}" if watch["snoozed_until"] else ""
    closed = f", avslutad {watch['closed_on']}" if watch["closed_on"] else ""
    start = f"  {watch['number']}. "
    told = f"{when(watch)}: {name(watch['kind'])}. {watch['about']} ({watch['answers']}{snoozed}{closed})"
    render.paragraph(told, "     ", start)
    if watch["note"]:
        render.paragraph(watch["note"], "     ")


def when(watch: View) -> str:
    """The day of a watch or of a suggestion, or what it waits for."""
    if watch["due"]:
        return f"{_day(watch['due'])}{' (antagen dag)' if watch['inferred'] else ''}"
    if not watch["event"]:
        return "ingen dag angiven"
    months = f"tidigast {watch['months']} månader " if watch["months"] else ""
    return f"{months}efter: {watch['event']}"


def suggestions(found: Sequence[View], only: Collection[int] = ()) -> None:
    """Numbered, so that they can be chosen; all, or some of the numbers."""
    for number, one in enumerate(found, 1):
        if only and number not in only:
            continue
        suggestion(number, one)


def suggestion(number: int, one: View) -> None:
    render.paragraph(f"{when(one)}: {name(one['kind'])}. {one['about']}", "     ", f"  {number}. ")
    if one["note"]:
        render.paragraph(one["note"], "     ")


def _reminders(found: Sequence[View]) -> None:
    if found:
        render.line("\nPåminnelser")
    for one in found:
        what = DUTIES[DeadlineKind(one["kind"])].text
        told = f"{what} {one['due']}, till {one['recipient']} genom {name(one['channel'])}: {name(one['status'])}"
        render.line(f"  {one['planned_for']}: {told}")


def _purges(found: Sequence[View]) -> None:
    if found:
        render.line("\nGallring")
    for one in found:
        if one["purged_on"]:
            who = f"föreslagen av {one['proposed_by']}, godkänd av {one['approved_by']}"
            render.line(f"  {_day(one['purged_on'])}: texterna gallrades enligt {one['decision']} ({who})")
        else:
            who = f"av {one['proposed_by']} {one['proposed_on']}"
            render.line(f"  föreslagen {who} enligt {one['decision']}; väntar på att någon annan godkänner")


def purges(found: Sequence[View], json_wanted: bool) -> int:
    """What is proposed to be purged and waits for somebody else."""
    if json_wanted:
        return render.as_json(found)
    if not found:
        return render.line("Ingen gallring väntar på godkännande.")
    rows = [(one["ref"], name(one["state"]), one["decision"], one["proposed_by"], one["proposed_on"]) for one in found]
    render.table(("Ärende", "Läge", "Gallringsbeslut", "Föreslagen av", "Dag"), rows)
    return render.line("Godkänn med arende gallra ÄRENDE --godkann, eller ta tillbaka med --avbryt.")


def watches(found: Sequence[View], json_wanted: bool) -> int:
    if json_wanted:
        return render.as_json(found)
    if not found:
        return render.line("Inga. Lägg till en bevakning med: arende watch add ÄRENDE --text TEXT --senast DATUM")
    watches_by_case(found)
    return Exit.DONE


def watches_by_case(found: Sequence[View]) -> None:
    for case in dict.fromkeys(watch["case"] for watch in found):
        render.line(case)
        for watch in (one for one in found if one["case"] == case):
            _watch(watch)


RAISED = {
    "ingiven": "Väckt är den dag ärendet gavs in (motion_raised = ”ingiven” i config.toml).",
    "anmald": "Väckt är den dag ärendet anmäldes i fullmäktige (motion_raised = ”anmald” i config.toml).",
}
"""How the municipality reads what the law does not say; whatever is counted from it says so."""


def todo(found: Sequence[View], today: date, json_wanted: bool) -> int:
    """What waits for whom: the overdue first, then day by day."""
    if json_wanted:
        return render.as_json(found)
    if not found:
        return render.line("Inget väntar. Se längre fram med: arende todo --dagar 60")
    late = [one for one in found if one["overdue_days"]]
    if late:
        render.line(f"Försenat {_day(today.isoformat())}")
    for one in late:
        _waiting(one, f"{one['overdue_days']} dag{'ar' if one['overdue_days'] > 1 else ''} sen")
    if len(found) > len(late):
        render.line("\nAtt göra" if late else "Att göra")
    for one in (one for one in found if not one["overdue_days"]):
        _waiting(one, "i dag" if one["act_by"] == today.isoformat() else _day(one["act_by"]))
    return Exit.DONE


def _waiting(one: View, day_told: str) -> None:
    legal = f" (dag {one['due']})" if one["due"] != one["act_by"] else ""
    paragraph = f", § {one['paragraph']}" if one["paragraph"] else ""
    about = f" – {one['about']}" if one["about"] else ""
    who = f"{name(one['who'])}{', ' + one['body'] if one['body'] else ''}"
    render.paragraph(f"{day_told}: {one['ref']}: {one['what']}{paragraph}{legal}{about}", "      ", "  ")
    render.line(f"      {who}: {one['command']}")
    for told in one["escalated"]:
        render.line(f"      eskalerat till {name(told['to'])}: {_day(told['since'])}")
    if one["raised_reading"]:
        render.line(f"      {RAISED[one['raised_reading']]}")


def meetings(found: Sequence[View], json_wanted: bool) -> int:
    if json_wanted:
        return render.as_json(found)
    if not found:
        return render.line("Inga sammanträden. Planera ett med: arende meeting add KS 2024-05-14")
    rows = [
        (m["ref"], name(m["state"]), m["announced_on"] or "–", m["called_on"] or "–", str(m["items"])) for m in found
    ]
    render.table(("Sammanträde", "Läge", "Kungjort", "Kallat", "Ärenden"), rows)
    return Exit.DONE


def meeting(view: View, json_wanted: bool) -> int:
    if json_wanted:
        return render.as_json(view)
    render.line(f"{view['ref']}: {name(view['state'])} · version {view['version']}")
    render.line(f"Kungjort {_day(view['announced_on'])} · kallat {_day(view['called_on'])}")
    _planned(view["planned"])
    _deviations(view["deviations"])
    render.line("\nFöredragningslista")
    for item in view["items"]:
        _point(item)
        protocol_views.minutes(item)
    protocol_views.attendance(view["attendance"], view["closed_at"])
    _delegated(view["delegated"])
    for part in view["protocol"]:
        numbers = listed(str(number) for number in part["paragraphs"])
        posted = _day(part["posted_on"])
        sign = "§§" if len(part["paragraphs"]) > 1 else "§"
        render.line(f"\nProtokoll {sign} {numbers}: justerat {_day(part['adjusted_on'])}, anslaget {posted}")
        if part["restarted_on"]:
            render.line(f"  anslagstavlan var nere; tiden räknas från {_day(part['restarted_on'])}")
        if part["last_appeal_day"]:
            down = f"nedtaget {_day(part['taken_down_on'])}" if part["taken_down_on"] else "sitter uppe"
            earliest = f"får tas ned tidigast {_day(part['take_down_from'])}"
            render.line(f"  sista dag för överklagande {_day(part['last_appeal_day'])}; {earliest}; {down}")
    _deadlines(view["deadlines"])
    _reminders(view["reminders"])
    return Exit.DONE


def agenda(view: View, json_wanted: bool) -> int:
    """A föredragningslista with the places that its matters are moved by."""
    if json_wanted:
        return render.as_json(view)
    render.line(f"Föredragningslista {view['ref']}: {name(view['state'])}")
    for item in view["items"]:
        _point(item)
    if not view["items"]:
        render.line("  Inga punkter än. Sätt ett ärende på listan med arende book.")
    return Exit.DONE


def _planned(planned: View) -> None:
    """The days it is planned by, where they are its own."""
    days = (("manusstopp", "manus_on"), ("kallelse", "call_on"), ("kungörelse", "announce_on"))
    told = [f"{what} {_day(planned[column])}" for what, column in days if planned[column]]
    hour = [f"börjar {planned['starts_at']}"] if planned["starts_at"] else []
    if told or hour:
        render.line(f"Planerat: {', '.join([*hour, *told])}")


def _point(item: View) -> None:
    """One matter: its § or its place, what it is, what it is there for, what became of it."""
    place = f"§ {item['paragraph']}" if item["paragraph"] else f"{item['place']}." if item["place"] else "–"
    what = f"{item['case']} ({name(item['role'])})" if item["case"] else f"{item['title'] or 'egen punkt'}"
    kind = f", {name(item['kind'])}" if item["kind"] != "beslut" else ""
    became = name(item["outcome"]) if item["outcome"] else "beslutat" if item["decided"] else "väntar"
    decided = "beslutat, " if item["decided"] and item["outcome"] else ""
    mark = "  AVVIKELSE" if item["deviation"] else ""
    mark += f"  laga kraft {item['laga_kraft']}" if item["laga_kraft"] else ""
    render.line(f"  {place}  {what}{kind}: {decided}{became}{mark}")
    if item["presenter"]:
        render.paragraph(f"föredras av {item['presenter']}", "      ")
    if item["urgent"]:
        render.paragraph(f"sent ärende{': ' if item['late'] else ''}{item['late'] or ''}", "      ")


def _delegated(found: Sequence[View]) -> None:
    if found:
        render.line("\nBeslut tagna i instansens ställe")
    for one in found:
        about = f" ({one['case']})" if one["case"] else ""
        paragraph = f" § {one['paragraph']}" if one["paragraph"] else ""
        told = f"anmält {one['meeting']}{paragraph}" if one["reported"] else f"anmäls {one['meeting']}"
        what = f"{one['decided_on']}, punkt {one['point']}, {name(one['kind'])} av {one['by']}: {one['what']}"
        render.paragraph(f"{what}{about}; {told}", "      ", "  ")


def delegated(found: Sequence[View], json_wanted: bool) -> int:
    """What has been decided in a body's place."""
    if json_wanted:
        return render.as_json(found)
    if not found:
        return render.line("Inga. Anteckna ett med: arende delegation add INSTANS --punkt PUNKT --vad TEXT --av NAMN")
    _delegated(found)
    return Exit.DONE


def history(events: Sequence[View], json_wanted: bool) -> int:
    if json_wanted:
        return render.as_json(events)
    for event in events:
        data = event["data"]
        what = RECORD_TYPES[event["type"]].partition(";")[0].rstrip(".")
        where = f" → {name(data['to'])}" if data.get("to") and data.get("from") != data["to"] else ""
        refused = "  VÄGRAT: " + ", ".join(data["blocking"]) if event["type"].endswith(".refused") else ""
        deviated = "  AVVIKELSE: " + ", ".join(data["deviations"]) if data.get("deviations") else ""
        late = "  efterregistrerat" if data.get("late") else ""
        corrects = f": post {data['corrects']} ({data['type']})" if "corrects" in data else ""
        back = f"  (rättad, se {event['corrected_by']})" if event["corrected_by"] else ""
        cited = f" ({data['basis']})" if data.get("basis") else ""
        told = f"{what}{cited}{corrects}{where}{refused}{deviated}{late}{back}"
        render.line(f"{event['seq']:>3}  {event['event_date']}  {event['type']:<24} {told}")
        if event["reason"]:
            render.paragraph(f"skäl: {event['reason']}", "                   ", "                 ")
        render.line(f"                 antecknat {event['recorded_at']} av {event['actor']} ({event['role']})")
    return Exit.DONE
