"""Dutch names of what the part on money is about, by the code that `findings.purses` gives."""

ITEMS = {
    "benefit": "Uitkeringen",
    "execution": "Uitvoering van de uitkeringen",
    "programme": "Kosten van het programma",
    "wages": "Loon uit werk",
    "taxes": "Belasting, premies en toeslagen",
    "wellbeing": "Zorg, schulden en welzijn",
    "balance": "Samen",
}
PURSES = {
    "municipality": "Gemeente",
    "state": "Rijk",
    "participant": "Deelnemer",
    "society": "Samenleving",
}
INPUTS = {
    "difference": "Verschil in maanden uitkering",
    "ending": "Deel van de uitkering dat stopt",
    "months": "Hoe lang wij tellen",
    "price": "Prijs van een uitkering per jaar",
    "execution": "Uitvoeringskosten per jaar",
    "discount": "Discontovoet",
}
SHORT = {"difference": "Verschil", "ending": "Deel dat stopt"}
"""Shorter, in a figure."""
FIGURES = {
    "price": "Prijs van een uitkering per jaar",
    "execution": "Uitvoering van een uitkering per jaar",
    "discount": "Discontovoet",
    "costs": "Kosten van het programma",
}
RESULTS = {False: "Besparing op uitkeringen", True: "Saldo"}
"""What the result is called, by whether the costs of the programme are known."""
