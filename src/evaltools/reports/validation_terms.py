"""Dutch names of what `findings.validation` compares."""

METHODS = {
    "experiment": "de loting zelf",
    "naive": "zonder correctie",
    "counted": "zonder correctie",
    "propensity_weights": "gewogen naar kans op deelname",
    "matching": "gekoppeld aan wie het meest lijkt",
    "entropy": "gewogen tot gelijke gemiddelden",
    "doubly_robust": "dubbel robuust",
    "weighted_curves": "gewogen curven",
}
PICKS = {
    "chance": "toeval",
    "visible": "wat in het register staat",
    "hidden": "wat er niet in staat",
}
"""What the coach picks by."""
UNADJUSTED = ("experiment", "naive", "counted")
"""Methods that correct nothing."""
