"""What the tool says no to, each requirement at least once; the cases are made up to be thrown away."""

from examples.demo.story import Story


def tell(story: Story) -> None:
    story.chapter("5. Vad verktyget säger nej till, och hur det som ändå har hänt antecknas (påhittade kastärenden)")
    _a_case_without_mbl(story)
    _a_case_without_order(story)
    _a_council_meeting_without_notice(story)
    _a_protocol_too_late(story)
    _a_meeting_without_order(story)


def _a_case_without_mbl(story: Story) -> None:
    story.tell(
        "Ett ärende utan diarienummer kan inte sättas på en lista, och utan MBL-uppgift går det inte till beslut."
    )
    output = story.plain("register --kind forvaltningsarende --body SON --rubrik 'Kastärende 1' --date 2024-01-08")
    ref = next(word for word in output.split() if word.startswith("id:")).rstrip(":.")
    story.does("meeting add SON 2024-01-25 --date 2024-01-02")
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
        "register --kind forvaltningsarende --body SON --dnr 'SON 2024-902' --rubrik 'Kastärende 2' --date 2024-02-05"
    )
    story.does("edit SON-2024-902 --att 'KS=Kommunstyrelsen godkänner.' --date 2024-02-05")
    story.refuses("advance SON-2024-902 --date 2024-02-06", "proposal-for-next-body")
    story.does("edit SON-2024-902 --att 'SON=Nämnden godkänner.' --date 2024-02-06")
    story.refuses("advance SON-2024-902 --date 2024-02-01", "chronology")
    story.does("advance SON-2024-902 --date 2024-02-06")
    story.does("mbl SON-2024-902 --information --bokad 2024-02-20 --date 2024-02-06")
    story.does("advance SON-2024-902 --date 2024-02-07")
    story.does("meeting add KF 2024-02-27 --date 2024-01-02")
    story.refuses("book SON-2024-902 KF-2024-02-27 --date 2024-02-07", "body-in-the-way")
    story.does("meeting add SON 2024-02-15 --date 2024-01-02")
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
    story.does("register --kind motion --dnr 'KS 2024-903' --rubrik 'Motion som är ett kastärende' --date 2024-01-15")
    story.refuses("book KS-2024-903 KF-2024-02-27 --date 2024-02-21", "booked-in-time")
    story.does("book KS-2024-903 KF-2024-02-27 --late 'Frågan tål inte att vänta.' --date 2024-02-21")
    story.refuses("meeting hold KF-2024-02-27", "meeting-announced", "meeting-called")
    story.does(
        "meeting hold KF-2024-02-27 --avvikelse 'Hölls ändå; kungörelsen glömdes.'",
        deviates={"meeting-announced", "meeting-called"},
    )
    story.does("refer KS-2024-903 KF-2024-02-27 --to KS")
    story.tell("Fullmäktige får inte avgöra det som inte är tillkännagivet i tid.")
    story.does("register --kind ks_arende --dnr 'KS 2024-904' --rubrik 'Kastärende 4' --date 2024-03-01")
    story.does("stage add KS-2024-904 KF --date 2024-03-01")
    story.does("mbl KS-2024-904 --ej-pakallad --date 2024-03-01")
    story.does("meeting add KS 2024-03-12 --date 2024-01-02")
    story.does("book KS-2024-904 KS-2024-03-12 --date 2024-03-01")
    story.does("meeting call KS-2024-03-12 --date 2024-03-05")
    story.does("meeting hold KS-2024-03-12")
    story.does("decide KS-2024-904 KS-2024-03-12")
    story.does("advance KS-2024-904 --to kf --date 2024-03-13")
    story.does("meeting add KF 2024-03-26 --date 2024-01-02")
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


def _a_meeting_without_order(story: Story) -> None:
    story.tell("Kallelsen kom sent ut, ärendet stod inte på listan, och nästa möte hölls utan kallelse.")
    story.does("meeting add KS 2024-04-09 --date 2024-01-02")
    story.does("meeting call KS-2024-04-09 --date 2024-04-06", warns={"kallelse-in-time"})
    story.does("meeting hold KS-2024-04-09")
    story.refuses("refer KS-2024-903 KS-2024-04-09 --to SON", "on-agenda")
    story.refuses("book KS-2024-903 KS-2024-04-09 --date 2024-04-10", "meeting-ahead")
    story.does("meeting add KS 2024-04-23 --date 2024-01-02")
    story.does("book KS-2024-903 KS-2024-04-23 --date 2024-04-10")
    story.does("meeting hold KS-2024-04-23", warns={"meeting-called"})
    story.does("refer KS-2024-903 KS-2024-04-23 --to SON")
