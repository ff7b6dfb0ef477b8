"""Proposals: which body is asked, and to decide how many things."""

import pytest

from tests.workflow.document_intake.skrivelser import counts, proposals, read


@pytest.mark.parametrize(
    ("heading", "body"),
    [
        ("Förslag till beslut i kommunstyrelsen", "kommunstyrelsen"),
        ("Förslag till social- och omsorgsnämndens beslut", "social- och omsorgsnämnden"),
        ("Förslag till äldre- samt vård- och omsorgsnämndens beslut:", "äldre- samt vård- och omsorgsnämnden"),
        ("Kommunstyrelsens förslag till kommunfullmäktiges beslut", "kommunfullmäktige"),
        ("Kommunstyrelsens förslag till beslut i kommunfullmäktige", "kommunfullmäktige"),
        ("Förslag till kommunfullmäktige", "kommunfullmäktige"),
        ("Förslag till beslut i nämnden för Vård & Omsorg", "nämnden för vård & omsorg"),
        ("Förslag till nämnden för arbete och välfärds beslut", "nämnden för arbete och välfärd"),
        ("Förslag till kommunstyrelsens arbetsutskotts beslut", "kommunstyrelsens arbetsutskott"),
        ("Förslag till beslut\ni valnämnden", "valnämnden"),
        ("Förslag till beslut i KF", "kommunfullmäktige"),
        ("Forslag till socialndmndens beslut", "socialnämnden"),
        ("2. Förslag till beslut i byggnadsnämnden", "byggnadsnämnden"),
        ("Förslag till barn och utbildningsnämndens beslut", "barn och utbildningsnämnden"),
        ("Förslag till beslut i tekniska nämnden", "tekniska nämnden"),
        ("Förslag till tekniska nämndens beslut", "tekniska nämnden"),
        ("Förslag till beslut i östra hälso- och sjukvårdsnämnden", "östra hälso- och sjukvårdsnämnden"),
        ("Förslag till Ekdals stadsdelsnämnds beslut", "ekdals stadsdelsnämnd"),
        ("Förslag till beslut", None),
        ("Förvaltningens förslag till beslut", None),
        ("Ordförandens förslag", None),
        ("Kultur- och fritidskontorets förslag:", None),
    ],
)
def test_the_heading_names_the_body(heading: str, body: str | None):
    assert proposals(f"{heading}\n\n1. Planen antas.\n") == {body: 1}


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("Kommunstyrelsen föreslår kommunfullmäktige", "kommunfullmäktige"),
        ("Kommunstyrelsen föreslår kommunfullmäktige besluta", "kommunfullmäktige"),
        ("Kulturnämnden föreslår kommunstyrelsen föreslå kommunfullmäktige besluta", "kommunfullmäktige"),
        ("Kommunstyrelsen beslutar för egen del", "kommunstyrelsen"),
        ("För egen del beslutar kommunstyrelsen, under förutsättning av fullmäktiges beslut,", "kommunstyrelsen"),
        ("I äldre- samt vård- och omsorgsnämnden:", "äldre- samt vård- och omsorgsnämnden"),
        ("Mot denna bakgrund föreslås socialnämnden besluta", "socialnämnden"),
        ("Förvaltningen föreslår att socialnämnden beslutar följande:", "socialnämnden"),
        ("Kontoret föreslår att valnämnden för egen del beslutar:", "valnämnden"),
        ("Valnämnden för sin del", "valnämnden"),
        ("Kontoret föreslår valnämnden föreslå\nkommunfullmäktige", "kommunfullmäktige"),
        ("Att valnämnden beslutar", "valnämnden"),
        ("Kontorets förslag till valnämnden är", "valnämnden"),
        ("Valnämnden beslutar vidare", "valnämnden"),
        ("Kommunstyrelsen föreslår fullmäktige besluta", "kommunfullmäktige"),
        ("Regionstyrelsen föreslår att fullmäktige beslutar", "regionfullmäktige"),
        ("Valnämnden föreslår fullmäktige besluta", "fullmäktige"),
        ("Gemensam nämnd för hjälpmedel beslutar", "gemensam nämnd för hjälpmedel"),
        ("Direktionen för Kustens räddningsförbund beslutar", "direktionen för kustens räddningsförbund"),
    ],
)
def test_a_line_above_the_att_satser_names_the_body(line: str, body: str):
    assert proposals(f"Förslag till beslut\n\n{line}\n\natt anta planen\n\natt avsluta ärendet\n") == {body: 2}


@pytest.mark.parametrize(
    ("listed", "count"),
    [
        ("1. Planen antas.\n2. Rutinen upphör.\n", 2),
        ("1) Planen antas\n2) Rutinen upphör\n", 2),
        ("- Planen antas.\n- Rutinen upphör att\n  gälla.\n", 2),
        ("• Planen antas.\n\n• Rutinen upphör.\n", 2),
        ("att anta planen från\n2025, samt\natt upphäva rutinen\n", 2),
        ("Kommunstyrelsen beslutar att\n\nanta planen, och\nuppdra åt direktören att\nta fram en rutin\n", 2),
        ("Planen antas.\nRutinen upphävs.\n", 2),
        ("Planen antas. Rutinen, antagen av kommunfullmäktige 13 april 2021, § 68, upphör att gälla.\n", 2),
        ("Kommunstyrelsen antar planen. Nivån är densamma som i fjol. Kostnaden ryms i budget.\n", 1),
        ("Kommunstyrelsen beslutar att anta planen, att upphäva rutinen samt att avsluta ärendet.\n", 3),
        ("Kommunstyrelsen ger chefen i uppdrag att ta fram en plan samt att informera nämnden.\n", 1),
        ("1. Planen antas med dessa ändringar:\n   - kartan byts ut\n   - bilagan stryks\n2. Rutinen upphävs.\n", 2),
        ("1. Planen antas.\n\nPlanen ska då gälla i fyra år.\n", 1),
        ("Kommunstyrelsen fördelar bidraget enligt nedan:\n- Kören 5 000 kr\n- Laget 9 000 kr\n", 1),
        (
            "Kommunstyrelsen fastställer taxan:\n\nNivå   2024   2025\nA      100    110\nB      200    220\n",
            1,
        ),
        ("Informationen till protokollet.\n", 1),
        ("Kommunstyrelsen antar yttrandet med följande tillägg:\n- Kommunen vill betona vikten av tid.\n", 1),
        (
            "Kommunstyrelsen beslutar att upphäva taxan för bryggan,\n"
            "att anta budgeten för bron samt att avsluta\närendet.\n",
            3,
        ),
        ("Kommunstyrelsen beslutar att uppdra åt chefen att utreda,\natt redovisa det samt\natt anta planen.\n", 3),
        ("a t t anta planen\na t t avsluta ärendet\n", 2),
        ("1 § Planen antas.\n2 § Rutinen upphävs.\n", 2),
        ("2.1 Planen antas.\n2.2 Rutinen upphävs.\n", 2),
        ("I. Planen antas.\n2. Rutinen upphävs.\nl. Taxan höjs.\n", 3),
        ("Kommunstyrelsen beslutar att\n\nanta planen\n\nupphäva rutinen\n", 2),
        ("§ 1 Planen antas.\n§ 2 Rutinen upphävs.\n", 2),
        ("Kommunstyrelsen antar planen.\nKommunstyrelsens ordförande utses att skriva under avtalet.\n", 2),
        ("Kommunstyrelsen beslutar att anta planen att gälla från 2025 samt att upphäva rutinen.\n", 2),
        ("Kommunstyrelsen godkänner gåvan från\nStiftelsen Kajen som ges till torget.\n", 1),
        (
            "Kommunstyrelsen fastställer avgifterna:\n- Båtplats 900 kr\n- Släp 300 kr\n"
            "Kommunstyrelsen fastställer straffavgifterna i hela hamnen enligt följande:\n- Fel plats 500 kr\n"
            "Nya avgifter ska gälla från och med nästa säsong.\n",
            3,
        ),
    ],
)
def test_a_decision_is_an_item_or_else_a_sentence(listed: str, count: int):
    assert proposals(f"Förslag till beslut i kommunstyrelsen\n\n{listed}") == {"kommunstyrelsen": count}


def test_an_item_that_names_no_body_is_to_the_body_of_the_item_above():
    assert proposals(
        "Förslag till beslut\n\n1. Kulturnämnden antar planen.\n2. Paragrafen förklaras omedelbart justerad.\n"
    ) == {"kulturnämnden": 2}


def test_an_item_above_the_one_that_names_the_body_is_to_it_too_and_it_is_said():
    skrivelse = read(
        proposals="Kulturdirektörens förslag\n\n1. Planen antas.\n2. Kulturnämnden överlämnar den till fullmäktige.\n"
    )
    assert counts(skrivelse) == {"kulturnämnden": 2}
    assert any(sentence.startswith("Första punkten i förslaget till beslut") for sentence in skrivelse.unsure)


@pytest.mark.parametrize("receives", ["får i uppdrag", "ges i uppdrag", "bemyndigas", "ska"])
def test_a_body_that_is_given_a_task_decides_nothing(receives: str):
    assert proposals(
        f"Förslag till beslut\n\n1. Kommunfullmäktige antar planen.\n2. Kulturnämnden {receives} att följa den.\n"
    ) == {"kommunfullmäktige": 2}


@pytest.mark.parametrize(
    ("paragraph", "asked"),
    [
        ("Kontoret föreslår att valnämnden beslutar att anta planen samt att höja taxan.", {"valnämnden": 2}),
        ("att valnämnden antar planen\natt valnämnden höjer taxan", {"valnämnden": 2}),
        ("Valnämnden beslutar enligt kontorets förslag.", {"valnämnden": 1}),
        ("Valnämnden beslutar att föreslå kommunfullmäktige att anta planen.", {"kommunfullmäktige": 1}),
        ("Valnämnden godkänner planen och föreslår kommunfullmäktige att anta den.", {"valnämnden": 1}),
    ],
)
def test_a_sentence_that_asks_a_body_is_to_the_one_last_asked(paragraph: str, asked: dict[str | None, int]):
    assert proposals(f"Förslag till beslut\n\n{paragraph}\n") == asked


@pytest.mark.parametrize(
    "line",
    [
        "Kulturkontoret föreslår att kulturnämnden föreslår att kommunfullmäktige beslutar följande:",
        "samt föreslå kommunfullmäktige besluta",
        "I kommunfullmäktige:",
        "att kulturnämnden föreslår kommunfullmäktige besluta",
    ],
)
def test_a_line_right_below_an_item_may_ask_another_body(line: str):
    assert proposals(
        "Förslag till beslut\n\nKulturnämnden beslutar\natt anta planen för torget och kajen i hamnen,\n"
        f"{line}\natt höja taxan\n"
    ) == {"kulturnämnden": 1, "kommunfullmäktige": 1}


def test_a_sentence_that_only_says_who_decides_is_no_decision():
    assert proposals(
        "Förslag till beslut\n\nKulturnämnden föreslår att kommunfullmäktige fattar följande beslut.\n\n"
        "Kommunfullmäktige beslutar att anta planen.\n\nKommunfullmäktige beslutar att taxan höjs.\n"
    ) == {"kommunfullmäktige": 2}


def test_each_body_may_have_a_numeral_of_its_own_above():
    assert proposals(
        "Förslag till beslut\n\nI\nKommunstyrelsen föreslår kommunfullmäktige besluta\n\n1. Planen antas.\n\n"
        "II\nKommunstyrelsen beslutar, om planen antas, att direktören får i uppdrag att införa den.\n"
    ) == {"kommunfullmäktige": 1, "kommunstyrelsen": 1}


def test_a_list_may_go_on_to_another_body():
    assert proposals(
        "Förslag till beslut i kulturnämnden\n\nKulturnämnden beslutar för egen del\n\n1. att pröva saken på nytt,\n\n"
        "Kulturnämnden föreslår kommunfullmäktige besluta\n\n2. att höja taxan, och\n3. att taxan gäller från maj.\n"
    ) == {"kulturnämnden": 1, "kommunfullmäktige": 2}


def test_a_second_body_in_running_text_below_has_all_its_clauses():
    assert proposals(
        "Förslag till beslut\n\nKulturnämnden beslutar att anta taxan för bron,\natt anta taxan för bryggan.\n\n"
        "Kommunstyrelsen beslutar att upphäva taxan samt\natt avsluta ärendet.\n"
    ) == {"kulturnämnden": 2, "kommunstyrelsen": 2}


def test_each_body_has_its_own():
    assert proposals(
        "Förslag till kulturnämndens beslut\n\n1. Förslaget tillstyrks.\n\n"
        "Förslag till kommunstyrelsens beslut\n\n1. Förslaget tillstyrks.\n\n"
        "Förslag till kommunfullmäktiges beslut\n\n1. Motionen bifalls i första delen.\n2. Motionen avslås i övrigt.\n"
    ) == {"kulturnämnden": 1, "kommunstyrelsen": 1, "kommunfullmäktige": 2}


def test_a_proposal_written_twice_counts_once():
    once = "Förslag till beslut i kommunstyrelsen\n\n1. Planen antas.\n"
    assert proposals(f"{once}\nSammanfattning\n\nPlanen är ny.\n\n{once}") == {"kommunstyrelsen": 1}


def test_what_the_motion_proposes_is_not_proposed():
    section = (
        "Förslag till beslut i kommunfullmäktige\n\nMotionen avslås.\n\nSammanfattning\n\n"
        "Motionären föreslår att kommunfullmäktige beslutar:\n\n1. att köpa en båt\n2. att döpa båten\n\n"
        "Motionärens förslag till beslut\n\natt köpa en båt\n\natt döpa båten\n"
    )
    assert proposals(section) == {"kommunfullmäktige": 1}


def test_an_att_sats_keeps_its_words_without_mark_and_link():
    skrivelse = read(proposals="Förslag till beslut i kommunstyrelsen\n\n1. Planen\nantas, och\n2. Rutinen upphävs.\n")
    assert skrivelse.proposals[0].att_satser == ("Planen antas", "Rutinen upphävs.")


def test_a_word_the_margin_broke_is_whole_again():
    section = "Förslag till beslut i valnämnden\n\n1. Planen för vår-\n   dagen antas av kultur-\n   och valchefen.\n"
    assert read(proposals=section).proposals[0].att_satser == ("Planen för vårdagen antas av kultur- och valchefen.",)


def test_a_heading_that_names_no_body_is_said():
    skrivelse = read(proposals="Förslag till beslut\n\n1. Planen antas.\n")
    assert "Rubriken ”Förslag till beslut” säger inte vilket organ som ska besluta." in skrivelse.unsure


def test_counting_by_sentence_is_said():
    skrivelse = read(proposals="Förslag till beslut i kommunstyrelsen\n\nPlanen antas. Rutinen upphävs.\n")
    assert any("varje beslutsmening" in sentence for sentence in skrivelse.unsure)


def test_an_item_nobody_filled_in_is_said():
    skrivelse = read(proposals="Förslag till beslut i kommunstyrelsen\n\n1. [Skriv förslag till beslut här]\n")
    assert "En punkt i förslaget till beslut är inte ifylld." in skrivelse.unsure


def test_no_proposal_at_all_is_said():
    assert "Inget förslag till beslut hittades." in read(proposals="").unsure


def test_a_proposed_answer_is_a_proposal_where_nothing_else_is():
    section = "Förslag till yttrande\n\nKulturnämnden tillstyrker motionen.\n"
    assert proposals(section) == {"kulturnämnden": 1}
    below = "Beslutsunderlag\nFörslag till yttrande\nKulturnämndens plan\n"
    assert len(read(underlag=below).underlag) == 2


def test_without_a_heading_the_line_that_asks_opens_the_proposals():
    section = "Kommunstyrelsen föreslås besluta\n\natt anta planen\n\natt avsluta ärendet\n"
    assert proposals(section) == {"kommunstyrelsen": 2}
