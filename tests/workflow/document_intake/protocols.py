"""Protocols of our own, in the layouts that municipalities use: nothing in them has happened."""

SON_PROTOKOLL = """\
EXEMPELKÖPINGS KOMMUN              SAMMANTRÄDESPROTOKOLL           1 (4)
Social- och omsorgsnämnden
Sammanträdesdatum
2024-04-18

Plats och tid       Stadshuset, sal Eken, kl. 13.00–15.42
Beslutande          Ledamöter                    Tjänstgörande ersättare
                    Anna Alm (S), ordförande     Dag Ros (M) ersätter Cia Dal (M)
                    Bo Ek (S)
Övriga närvarande   Ulla Ström, förvaltningschef

Justeringens plats och tid   Stadshuset 2024-04-25
Sekreterare         Siv Sand                     Paragrafer §§ 41-44
Ordförande          Anna Alm (S)
Justerare           Bo Ek (S)

ANSLAG/BEVIS
Justeringen är tillkännagiven på kommunens anslagstavla.
Datum då anslaget sätts upp   2024-04-26     Datum då anslaget tas ned   2024-05-18

EXEMPELKÖPINGS KOMMUN              SAMMANTRÄDESPROTOKOLL           2 (4)
Social- och omsorgsnämnden
Sammanträdesdatum
2024-04-18

Innehåll
§ 41 Val av justerare .......................................... 3
§ 42 Svar på motion om fixartjänst för äldre ................... 3
§ 43 Budgetuppföljning mars .................................... 4
§ 44 Riktlinje för hemtjänst ................................... 4

EXEMPELKÖPINGS KOMMUN              SAMMANTRÄDESPROTOKOLL           3 (4)
Social- och omsorgsnämnden
Sammanträdesdatum
2024-04-18

§ 41
Val av justerare

Beslut
Bo Ek (S) utses att justera protokollet.

§ 42                       Dnr SON 2023/940
Svar på motion om fixartjänst för äldre

Beslut
Social- och omsorgsnämnden tillstyrker socialförvaltningens
förslag.

Jäv
Eva Lind (V) anmäler jäv och deltar inte i handläggningen av ärendet.

Sammanfattning av ärendet
Motionären vill att kommunen inrättar en tjänst för enklare sysslor i hemmet. Liknande
ärenden har behandlats under § 12 förra året.

Förslag till beslut på sammanträdet
Dag Ros (M) yrkar avslag på förvaltningens förslag.

Beslutsgång
Ordföranden ställer förslagen mot varandra och finner att nämnden bifaller förvaltningens
förslag. Omröstning begärs.

Ja-röst innebär bifall till förvaltningens förslag.
Nej-röst innebär bifall till Dag Ros yrkande.

Justerandes sign          Utdragsbestyrkande
EXEMPELKÖPINGS KOMMUN              SAMMANTRÄDESPROTOKOLL           4 (4)
Social- och omsorgsnämnden
Sammanträdesdatum
2024-04-18

Omröstningsresultat
Med 2 ja-röster mot 1 nej-röst beslutar nämnden enligt förvaltningens förslag.

| Ledamot | Ja-röst | Nej-röst | Avstår |
| Anna Alm (S) | X |  |  |
| Bo Ek (S) | X |  |  |
| Dag Ros (M) |  | X |  |

Reservation
Dag Ros (M) reserverar sig mot beslutet till förmån för eget yrkande.

Beslutsunderlag
Tjänsteskrivelse 2024-04-03
Motion 2023-08-23

Beslutet skickas till
Kommunstyrelsen

§ 43                       Dnr SON 2024-77
Budgetuppföljning mars

Beslut
Nämnden noterar redovisningen till protokollet.

§ 44                       Dnr SON 2024-81
Riktlinje för hemtjänst

Beslut
Ärendet återremitteras till förvaltningen för komplettering med en ekonomisk beräkning.
"""
"""A whole protocol: jäv, a votering by names, a reservation, a notice on the board, an item returned."""

KF_UTDRAG = """\
Kommunfullmäktige                    PROTOKOLLSUTDRAG              Sid 1 (1)

Sammanträdesdatum: 28 maj 2024

KF § 67/2024    Diarienummer KS2023/710

Motion om fixartjänst för äldre

Kommunfullmäktiges beslut
1. Motionen avslås.
2. Paragrafen förklaras omedelbart justerad.

Votering
Utfallet blir 20 ja och 20 nej, 1 ledamot avstår. Beslut fattas med ordförandens utslagsröst.

Deltar inte i beslutet
Miljöpartiet

Reservationer
Mot beslutet reserverar sig Elin Strand (KD) och Jan-Olof Vik (KD).
"""
"""A part of one: one § of fullmäktige, a tie, two who reserve themselves."""

PROSE = """\
# Protokoll
Barn- och utbildningsnämnden den 12 juni 2025, Rådhuset klockan 09:00-11:30

## § 8 Skolskjuts läsåret 2025/26 (BUN 2025/31)

**Beslut**

Barn- och utbildningsnämnden beslutar

att anta riktlinjer för skolskjuts, och

att uppdra åt förvaltningschefen att informera vårdnadshavarna.

## § 9 Lokalplan (BUN 2025/44)

**Beslut**

Ärendet bordläggs till nästa sammanträde.

## § 10 Yttrande över detaljplan (BUN 2025/52)

**Beslut**

Nämnden avstår från att yttra sig.

Justerat 2025-06-19
"""
"""As a web page prints it: headings with the number, the title and the diarienummer on one line."""

SON_KALLELSE = """\
KALLELSE
Upprättad
2024-04-11

Social- och omsorgsnämnden

Sammanträde torsdagen den 18 april 2024 kl. 13:00, Stadshuset, sal Eken

|  | Ärende | Beteckning | Förslag |
| --- | --- | --- | --- |
|  | Upprop |  |  |
| 1. | Svar på motion om<br>fixartjänst för äldre<br>Föredragande: Siv Sand, utredare | SON 2023-<br>940 | Förslag till beslut<br>Förslaget tillstyrks. |
| 2. | Riktlinje för hemtjänst | SON 2024-81 | Förslag till beslut |
| 3. | Information från förvaltningen |  |  |
"""  # noqa: E501 - a row of a table is one line
"""A kallelse as a table, its diarienummer broken over two lines."""

SON_LISTA = """\
Kallelse till Social- och omsorgsnämnden
Kallelse daterad 2024-04-11
Tid och plats: 18 april 2024 kl 13.00, Stadshuset

Föredragningslista
1. Svar på motion om fixartjänst för äldre
   Dnr SON 2023-940
   Förslag: förslaget tillstyrks
2. Riktlinje för hemtjänst
   Dnr SON 2024-81
3. Information från förvaltningen
"""
"""The same as a list."""
