"""Dutch names of what `findings.evaluation` counts and compares, and what each grade of evidence lets a page say."""

from evaltools.disclosure.record import TOTAL

REACHED = {
    "work": "uit de bijstand en aan het werk",
    "off_benefit": "uit de bijstand",
    "any_work": "aan het werk, met of zonder bijstand",
}
"""What somebody is who reached an outcome that groups are compared on."""
OUTCOMES = {
    "work": "uit de bijstand, aan het werk",
    "other_exit": "uit de bijstand, om een andere reden",
    "work_with_benefit": "in de bijstand, met werk ernaast",
    "in_trajectory": "in de bijstand, in een traject",
    "on_benefit": "in de bijstand, zonder werk of traject",
    "no_trajectory": "in de bijstand, zonder traject",
    "off_benefit": "uit de bijstand, samen",
    "any_work": "aan het werk, met of zonder bijstand",
    "still_on_benefit": "in de bijstand, samen",
    TOTAL: "iedereen",
}
CAUSES = {
    "work": "werk",
    "other_income": "opleiding, inkomen, partner, onbekend",
    "enforcement": "handhaving",
    "demographic": "AOW, overlijden, detentie of verhuizing",
    TOTAL: "alle redenen samen",
}
"""Why the first exit came."""
METHODS = {
    "counted": "geteld, zonder correctie",
    "weighted": "gewogen naar kans op deelname",
    "entropy": "gewogen tot gelijke gemiddelden",
    "matched": "gekoppeld aan wie het meest lijkt",
    "doubly_robust": "dubbel robuust",
    "first_exit": "eerste vertrek, gewogen",
    "earlier": "naast de groep van eerder, gewogen",
    "ordinary": "naast de gewone uitstroom",
}
STEPS = {
    TOTAL: "geselecteerd",
    "selected_before": "al eerder geselecteerd",
    "without_index_day": "zonder startdag",
    "not_in_register": "niet in het register",
    "before_register": "gestart voordat het register begint",
    "not_followed": "niet te volgen",
    "not_on_benefit": "zonder bijstand op de startdag",
    "scheme": "een andere regeling",
    "too_short_on_benefit": "te kort in de bijstand",
    "too_long_on_benefit": "te lang in de bijstand",
    "age_unknown": "leeftijd onbekend",
    "too_young": "te jong",
    "too_old": "te oud",
    "origin_status_unknown": "verblijfsstatus onbekend",
    "origin_status": "een andere verblijfsstatus",
    "neighbourhood_unknown": "wijk onbekend",
    "neighbourhood": "een andere wijk",
    "open_trajectory_unknown": "traject onbekend",
    "open_trajectory": "al in een traject",
    "other_step": "om een andere reden niet",
    "not_eligible": "telt niet mee, samen",
    "included": "in deze evaluatie",
    "approached": "benaderd",
    "started": "begonnen",
    "completed": "afgerond",
    "selected_only": "geselecteerd, niet benaderd",
    "approached_only": "benaderd, niet begonnen",
    "started_only": "begonnen, niet afgerond",
}
CHARACTERISTICS = {
    "age": "leeftijd",
    "sex": "geslacht",
    "household_type": "leefvorm",
    "origin_status": "verblijfsstatus",
    "months_on_benefit": "tijd in de bijstand",
    "exemption": "ontheffing van de arbeidsplicht",
    "work_before": "werk naast de bijstand in de jaren ervoor",
    "exit_before": "al eens uit de bijstand in de jaren ervoor",
    "open_trajectory": "in een traject op de startdag",
}
LEVELS = {
    "under_27": "jonger dan 27",
    "27_to_44": "27 tot en met 44",
    "45_to_54": "45 tot en met 54",
    "55_or_more": "55 en ouder",
    "sex: 1": "man",
    "sex: 2": "vrouw",
    "household_type: 1": "alleenstaand",
    "household_type: 2": "alleenstaande ouder",
    "household_type: 3": "gehuwd of samenwonend",
    "household_type: 4": "anders",
    "status_holder": "statushouder",
    "other": "geen statushouder",
    "under_12": "korter dan een jaar",
    "12_to_23": "een tot twee jaar",
    "24_to_59": "twee tot vijf jaar",
    "60_or_more": "vijf jaar of langer",
    "no": "nee",
    "yes": "ja",
    "unknown": "onbekend",
}
"""Of a characteristic: by ``characteristic: level``, or else by the level alone."""
SUBGROUPS = {TOTAL: "iedereen", "young": "jongeren (tot 27 jaar)", "status_holders": "statushouders"}
HOURS = {
    "under_12": "minder dan 12 uur",
    "12_to_15": "12 tot 16 uur",
    "16_or_more": "16 uur of meer",
    "unknown": "uren onbekend",
    "known": "uren bekend, samen",
    TOTAL: "samen",
}
WAITS = {
    "4": "binnen 4 weken",
    "8": "4 tot 8 weken",
    "13": "8 tot 13 weken",
    "26": "13 weken tot een half jaar",
    "longer": "langer dan een half jaar",
    TOTAL: "samen",
}
WAIT_STEPS = {
    "to_selection": "van het begin van de bijstand tot de selectie",
    "to_start": "van de selectie tot het traject",
}
CHECKS = {
    "comparison": ("Is er een groep om mee te vergelijken, in dezelfde tijd?", ""),
    "size": ("Telt die groep voor genoeg mensen?", "mensen"),
    "alike": ("Lijken de groepen op elkaar in wat bekend is?", "differences"),
    "overlap": ("Heeft bijna elke deelnemer mensen die op hem of haar lijken?", ""),
    "in_view": ("Zijn de deelnemers tot het einde te volgen?", ""),
    "earlier": ("Is er een groep van eerdere jaren?", ""),
}
"""The question of each check, and in what its number is."""
GRADES = {
    "A": "een loting",
    "B": "een vergelijking van plaatsen in de tijd",
    "C": "een vergelijking met anderen uit hetzelfde register, na correctie voor wat bekend is",
    "D": "een vergelijking met een groep van eerder, of met anderen die te weinig op de deelnemers lijken",
    "E": "alleen aantallen, zonder vergelijking",
}
"""What the evidence of each grade is."""
CARRIES = {
    "A": "Daarmee is te zeggen of het verschil door het programma komt.",
    "B": "Daarmee is te zeggen dat het verschil waarschijnlijk door het programma komt.",
    "C": "Daarmee is te zeggen dat het verschil samenhangt met het programma, niet dat het erdoor komt.",
    "D": "Daarmee is alleen te zeggen hoe de deelnemers het deden vergeleken met anderen.",
    "E": "Dit is geen effectmeting: er is niets om mee te vergelijken.",
}
"""What a page of that grade may say."""
CHOICES = {
    "gap_days": "Een uitkering die binnen zoveel dagen opnieuw begint, loopt door",
    "schemes": "Regelingen die als bijstand tellen (codes van de bijstandsstatistiek)",
    "start": "Startdag van een deelnemer",
    "share_registered": "Zo’n deel van het einde van uitkeringen moet zijn ingevoerd",
    "censoring_day": "Laatste dag die is te volgen, als die is opgegeven",
    "horizons_months": "Maanden na de startdag waarop wordt gekeken",
    "months_followed_at_most": "Niemand wordt langer gevolgd dan zoveel maanden",
    "horizon_rule": "Uitkomst op een tijdstip",
    "hours_per_week": "Uren per week die een baan maken",
    "aow_and_death": "Wie met AOW ging of overleed, bij terugkeer",
    "later_participants": "Anderen die later zelf meedoen",
    "months_before": "Zoveel maanden vóór de startdag tellen mee als verleden",
    "days_around_index": "Een eerste meting op de ladder ligt hoogstens zoveel dagen van de startdag",
}
"""Each choice of `cohorts.Definitions`."""
CHOSEN = {
    "selected": "de dag van selectie",
    "started": "de eerste dag van het traject",
    "status": "de stand op die dag",
    "first_exit": "het eerste vertrek tot dan",
    "best": "het beste tot dan",
    "apart": "apart",
    "counted": "geteld",
    "censored": "gevolgd tot die dag",
    "kept": "gevolgd alsof er niets gebeurde",
    "": "–",
}
"""A choice by name."""
