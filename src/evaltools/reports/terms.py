"""Fixed Dutch texts, by the code that findings give."""

from typing import NamedTuple


class Gap(NamedTuple):
    """What is not known, why that matters, and what is needed to know it."""

    what: str
    why: str
    needed: str


GAPS = {
    "no_figures": Gap(
        "Hoeveel mensen deden mee, en wat is er van hen geworden?",
        "In de bronnen die wij kennen staan geen cijfers over dit programma in deze gemeente.",
        "Aantallen: wie meedeed, wie afmaakte, en wat er daarna gebeurde.",
    ),
    "no_results": Gap(
        "Wat is er van het doel terechtgekomen?",
        "Een doel zegt wat men wil, niet wat er is gebeurd.",
        "Per maand: hoeveel mensen het doel haalden, en hoeveel het er zonder het programma zouden zijn.",
    ),
    "population_only": Gap(
        "Wat is er van de mensen geworden?",
        "Alleen de grootte van de groep is gepubliceerd. Meedoen is nog geen uitkomst.",
        "Per bewoner of huishouden: hoe het vooraf ging en hoe het later ging.",
    ),
    "outputs_only": Gap(
        "Wat leverde het mensen op, in aantallen?",
        "Vragen en bezoeken zijn nog geen uitkomst voor bewoners.",
        "Per bewoner of huishouden: hoe het vooraf ging en hoe het later ging.",
    ),
    "no_comparison": Gap(
        "Wat was er gebeurd zonder het programma?",
        "Ook zonder programma gaan mensen uit de uitkering of aan het werk. Alleen het verschil telt.",
        "Een groep die niet meedeed, maar verder op de deelnemers lijkt. Het beste is loting.",
    ),
    "no_baseline": Gap(
        "‘Extra’ ten opzichte van wat?",
        "Zonder beginpunt is achteraf niet te zeggen of het doel is gehaald.",
        "Het aantal mensen dat in de jaren ervoor uit de uitkering ging, op dezelfde manier geteld.",
    ),
    "shared_target": Gap(
        "Welk deel van het doel is voor deze gemeente? Het geldt voor {detail} gemeenten samen.",
        "Een gemeente kan zo niet zien of haar deel lukt.",
        "Een verdeling van het doel over de gemeenten.",
    ),
    "other_unit": Gap(
        "Om hoeveel mensen gaat het bij deze uitkeringen?",
        "Het doel telt inwoners, de groep telt uitkeringen. Een paar is één uitkering en twee mensen.",
        "Beide aantallen in dezelfde eenheid.",
    ),
    "other_area": Gap(
        "Hoe groot is de groep in alle gemeenten van het doel?",
        "Het aantal is niet van dezelfde gemeenten als het doel. Het echte aandeel is dus anders.",
        "Het aantal voor dezelfde gemeenten.",
    ),
    "several_wholes": Gap(
        "Van welke groep is het doel een deel?",
        "De bronnen noemen verschillende groepen. Daardoor lijkt het doel kleiner of groter.",
        "Eén omschrijving van de doelgroep, met het aantal mensen.",
    ),
    "no_follow_up": Gap(
        "Hoeveel mensen kregen later weer een uitkering?",
        "Wie na een half jaar terug is, is niet duurzaam uit de uitkering.",
        "Dezelfde mensen 6, 12 en 24 maanden volgen.",
    ),
    "no_follow_up_planned": Gap(
        "Telt iemand mee die later weer een uitkering krijgt?",
        "Wie na een half jaar terug is, is niet duurzaam uit de uitkering.",
        "Dezelfde mensen 6, 12 en 24 maanden volgen.",
    ),
    "no_follow_up_job": Gap(
        "Hoeveel mensen hadden hun baan later nog?",
        "Een baan van een paar maanden helpt minder dan een baan die blijft.",
        "Dezelfde mensen 6, 12 en 24 maanden volgen.",
    ),
    "exit_reason": Gap(
        "Waarom gingen {detail} mensen uit de uitkering?",
        "Uit de uitkering is niet hetzelfde als werk. Het kan ook pensioen of een verhuizing zijn, of de gemeente stopte de uitkering.",
        "De reden van het einde, die de gemeente al vastlegt (reden beëindiging).",
    ),
    "exits_not_published": Gap(
        "Hoeveel mensen gingen om een andere reden dan werk uit de uitkering?",
        "Zonder dat aantal is niet te zien welk deel van de uitstroom werk is.",
        "Alle mensen die uit de uitkering gingen, met de reden.",
    ),
    "part_time_hours": Gap(
        "Hoeveel uur werken de mensen met parttime werk, en wat verdienen zij?",
        "Parttime werk naast de uitkering is geen uitstroom: de uitkering loopt door.",
        "Uren en inkomen per maand, van vóór en na de start.",
    ),
    "ladder_without_comparison": Gap(
        "Zouden mensen die stap ook zonder het programma zetten?",
        "Wie begint op een laag punt, gaat vaak vanzelf wat vooruit.",
        "Dezelfde meting bij mensen die niet meededen, door iemand die niet weet wie wel meedeed.",
    ),
    "invited": Gap(
        "Hoeveel mensen zijn gevraagd om mee te doen, en deden niet mee?",
        "Wie meedoet, heeft vaak al meer kans. Een aandeel van deelnemers is dan te mooi.",
        "Het aantal mensen dat is gevraagd, en wie daarvan begon.",
    ),
    "started": Gap(
        "Hoeveel mensen zijn echt begonnen, en hoeveel haakten af?",
        "Het aandeel hangt af van wie je meetelt: iedereen, of alleen wie begon.",
        "Aantallen per stap: geselecteerd, benaderd, begonnen, klaar.",
    ),
    "membership": Gap(
        "Wie staat in meer dan één groep?",
        "De groepen zijn samen groter dan het geheel waarin wij ze lezen. Je mag ze dus niet optellen.",
        "Eén uitkomst per persoon, of een tabel die de overlap laat zien.",
    ),
    "contradiction": Gap(
        "Welke van de aantallen klopt niet?",
        "Zoals ze er staan, spreken de aantallen elkaar tegen.",
        "De aantallen opnieuw, met bij elk de groep waarvan het een deel is.",
    ),
    "whole_not_stated": Gap(
        "Van welk geheel is elk aantal een deel?",
        "De tekst zegt dat niet overal. Een ander geheel geeft een ander aandeel.",
        "Bij elk aantal: van welke groep het een deel is.",
    ),
    "without_figure": Gap(
        "Hoe vaak kwam dit voor: {detail}?",
        "De tekst noemt dit zonder aantal.",
        "Een aantal, met de groep waarvan het een deel is.",
    ),
    "mixed_units": Gap(
        "Hoe hangen de aantallen samen?",
        "Ze tellen verschillende dingen. Ze zijn niet op elkaar te delen.",
        "Aantallen in dezelfde eenheid.",
    ),
    "households": Gap(
        "Om hoeveel mensen gaat het?",
        "De bron telt huishoudens. In een huishouden wonen vaak meer mensen.",
        "Naast het aantal huishoudens ook het aantal mensen.",
    ),
    "persons_and_benefits": Gap(
        "Hoeveel uitkeringen stoppen er als zo veel mensen gaan werken?",
        "Het doel telt mensen, de prijs geldt voor een uitkering. Een paar heeft samen één uitkering.",
        "Het aantal uitkeringen dat stopt.",
    ),
    "deadweight": Gap(
        "Hoeveel van deze mensen waren ook zonder het programma gegaan?",
        "Alleen wie door het programma uit de uitkering gaat, levert een besparing op.",
        "Een vergelijking met mensen die niet meededen.",
    ),
}

AIMS = {
    "exit": "hoeveel mensen uit de uitkering gingen, wanneer en om welke reden",
    "work_exit": "hoeveel mensen naar werk gingen, en of zij na 6 en 12 maanden nog uit de uitkering waren",
    "still_on_benefit": "hoeveel mensen nog een uitkering hadden",
    "part_time_work": "hoeveel mensen naast de uitkering werkten, hoeveel uur en met welk inkomen, vóór en na de start",
    "paid_job": "hoeveel mensen een betaalde baan kregen, voor hoeveel uur, en of zij die hielden",
    "trajectory": "hoeveel mensen een traject begonnen, afmaakten of stopten",
    "participation": "hoeveel mensen iets gingen doen buitenshuis, gemeten vóór en na",
    "education": "hoeveel mensen een opleiding begonnen en afmaakten",
    "ladder_step": "op welke trede van de participatieladder iemand stond, vóór en na, ook zonder programma",
    "waiting_time": "hoeveel dagen er zaten tussen de aanvraag, het eerste gesprek en het begin van een traject",
    "household_help": "hoeveel hulpverleners een huishouden had, vóór en na, en of de hulp de vraag beantwoordde",
}
