"""The pictures of docs/gallery.md, from what the browser tests saw: ``make gallery`` after ``make test``."""

from PIL import Image

from tests.conftest import ROOT

SEEN, KEPT = ROOT / "build" / "pictures", ROOT / "docs" / "gallery"
PICTURES = {
    "claims": "samen-sterk-GM0222-claims-1280-light",
    "evaluation": "samen-sterk-GM0222-evaluation-1280-light",
    "evaluation-phone": "samen-sterk-GM0222-evaluation-375-dark",
    "participation": "participatiecoaches-GM0202-participation-1280-light",
    "targets": "meedoen-werkt-GM1509-targets-1280-light",
    "synthesis": "plan-van-aanpak-laborijn-synthesis-1280-light",
    "data_quality": "GM0222-data_quality-1280-light",
    "planning": "method-planning-1280-light",
    "validation": "method-validation-1280-light",
    "context": "GM0222-context-1280-light",
    "municipalities": "method-municipalities-1280-light",
    "index": "index-1280-light",
    "start": "lab-start",
    "exploration": "lab-widget",
}
"""Name of each picture, and of what was seen."""
WIDTH, TALLEST, COLOURS = 640, 900, 48
"""Pixels, both; and so many colours keep a picture small."""


def main() -> None:
    """Cut the top of each, and keep it small."""
    KEPT.mkdir(exist_ok=True)
    for name, seen in PICTURES.items():
        picture = Image.open(SEEN / f"{seen}.png").convert("RGB")
        if picture.width > 1000 and not seen.startswith("lab"):
            picture = picture.crop((200, 0, picture.width - 200, picture.height))  # the margins of a page are empty
        width = min(WIDTH, picture.width)
        height = min(picture.height, round(TALLEST * picture.width / width))
        picture = picture.crop((0, 0, picture.width, height))
        picture = picture.resize((width, round(height * width / picture.width)), Image.Resampling.LANCZOS)
        picture.quantize(COLOURS).save(KEPT / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
