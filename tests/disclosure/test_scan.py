"""Whatever must not be published is found in a finished page, in whatever way it is written and wherever it stands."""

import base64
import json
import re
import struct
import zlib
from datetime import date
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from evaltools.disclosure.scan import csv_problems, days_in, json_problems, page_problems
from evaltools.disclosure.scan.numbers import passes_elfproef
from evaltools.registers import pseudonyms
from evaltools.reports.figures.base import as_image, drawing

BSN, PSEUDONYM, DAY = "BSN-like number", "pseudonym", "full date"
STYLE = "p { color: #000000; }"
PAGE = """<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="evaltools:report" content="proef/GM0197-outcomes">
<title>Proef in Aalten</title>
<style>
p { color: #000000; }
</style>
</head>
<body>
<a class="skip" href="#inhoud">Naar de inhoud</a>
<header class="site"><nav aria-label="Kruimelpad"><a href="../index.html">Alle rapporten</a></nav></header>
<main id="inhoud"><p class="kicker">Proef<br>gemeente Aalten</p>
BODY
</main>
<footer class="site"><p>Gemaakt met evaltools 0.1.0 (kenmerk 10000008) uit gesimuleerde gegevens.</p></footer>
</body>
</html>
"""


def in_page(body, **options):
    return page_problems(PAGE.replace("BODY", body), style=STYLE, **options)


def is_found(kind, problems):
    return any(f" {kind}" in problem for problem in problems)


def picture(text, **options):
    """Draw a figure of two points with a text."""
    with drawing():
        figure = Figure(figsize=(3, 2))
        axes = figure.subplots()
        axes.plot([1, 2], [3, 4], marker="o", **options)
        axes.set_title(text)
    return as_image(figure)


def as_svg(address):
    return base64.b64decode(address.split(",")[1]).decode()


def as_address(content, kind="svg+xml"):
    raw = content if isinstance(content, bytes) else content.encode()
    return f"data:image/{kind};base64,{base64.b64encode(raw).decode()}"


def img(address):
    return f'<figure class="figure"><img src="{address}" alt="Twee punten"><figcaption>Punten</figcaption></figure>'


DRAWN = as_svg(picture("officieel"))


# The ninth digit of a BSN is the weighted sum of the others modulo 11: its own weight is -1.
@st.composite
def bsns(draw, least=1, most=10**8 - 1):
    first = f"{draw(st.integers(least, most)):08}"
    check = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), first, strict=True)) % 11
    assume(check < 10)
    return f"{first}{check}"


@st.composite
def no_bsns(draw):
    first = f"{draw(st.integers(10**7, 10**8 - 1)):08}"
    check = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), first, strict=True)) % 11
    return f"{first}{draw(st.integers(0, 9).filter(lambda last: last != check))}"


def grouped(number, sizes, separator):
    places = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
    return separator.join(number[start:end] for start, end in pairwise(places))


GROUPINGS = [(9,), (3, 3, 3), (4, 2, 3), (2, 2, 2, 3), (1,) * 9]
SEPARATORS = [" ", ".", "-", "_", "/", " - ", "\u00a0", "\u202f", "\u2011", "\u2013", "\u2009"]
NOISE = {
    "as it is": lambda text: text,
    "with something before and after": lambda text: f"klant{text}x",
    "with a zero-width space": "\u200b".join,
    "with a soft hyphen": "\u00ad".join,
    "with a Hangul filler": "\u3164".join,
    "with combining strokes": "\u0336".join,
    "in full width": lambda text: text.translate({ord("0") + i: 0xFF10 + i for i in range(10)}),
    "in Arabic digits": lambda text: text.translate({ord("0") + i: 0x0660 + i for i in range(10)}),
    "in entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "with an element within": lambda text: f"{text[:3]}<b>{text[3:5]}</b>{text[5:]}",
    "with a comment within": lambda text: f"{text[:3]}<!-- -->{text[3:]}",
    "with digits beside it": lambda text: f"<b>12</b><i>{text}</i>",
    "as a number of a table": lambda text: f"{text}.0",
}
TEXTS = [
    "<p>{}</p>",
    "<ul><li>a</li><li>nummer {}, dus</li></ul>",
    "<table><tr><td>{}</td></tr></table>",
    "<p>a<br>{}</p>",
    "<title>{}</title>",
    "{}",
    "<svg><text>{}</text></svg>",
    "<template>{}</template>",
]
ATTRIBUTES = [
    '<img alt="{}" src="x">',
    '<td data-label="{}">1</td>',
    '<p title="{}">a</p>',
    '<p class="p-{}">a</p>',
    '<p data-x="{}">a</p>',
    '<p aria-label="{}">a</p>',
    '<a href="?id={}">a</a>',
    '<meta name="evaltools:report" content="{}">',
]


@given(
    bsns(),
    st.sampled_from(GROUPINGS),
    st.sampled_from(SEPARATORS),
    st.sampled_from(sorted(NOISE)),
    st.sampled_from(TEXTS),
)
@example("123456782", (9,), " ", "as it is", TEXTS[0])
@example("123456782", (4, 2, 3), ".", "as it is", TEXTS[0])
@example("000000012", (9,), " ", "as it is", TEXTS[0])
def test_a_bsn_is_found_however_it_is_written(number, sizes, separator, noise, place):
    assume(noise != "as a number of a table" or separator != "." or sizes == (9,))
    problems = page_problems(place.format(NOISE[noise](grouped(number, sizes, separator))))
    assert is_found(BSN, problems)


@given(bsns(), st.sampled_from(GROUPINGS), st.sampled_from(SEPARATORS), st.sampled_from(ATTRIBUTES))
def test_a_bsn_is_found_in_any_attribute(number, sizes, separator, place):
    assert is_found(BSN, page_problems(place.format(grouped(number, sizes, separator))))


@given(st.integers(10**7, 10**8 - 1).map(str))
@example("10000008")
def test_the_zero_in_front_may_be_lost(digits):
    check = sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), digits, strict=False)) % 11
    assert is_found(BSN, page_problems(f"<p>{digits}</p>")) == (check == int(digits[7]))


@given(
    bsns(most=10**7 - 1), st.sampled_from([(2, 3, 3), (3, 2, 3), (1, 2, 2, 3), (1,) * 8]), st.sampled_from(SEPARATORS)
)
def test_the_zero_in_front_may_be_lost_of_groups(number, sizes, separator):
    assert is_found(BSN, page_problems(f"<p>{grouped(number[1:], sizes, separator)}</p>"))


@pytest.mark.parametrize(
    "text", ["2019-123 456 782", "12 123 456 782", "123 456 782 12", "2019 123-456-782", "12/123456782"]
)
def test_other_numbers_beside_a_bsn_do_not_hide_it(text):
    assert is_found(BSN, in_page(f"<p>{text}</p>"))


@given(bsns())
def test_a_bsn_is_found_in_a_comment(number):
    assert is_found(f"{BSN} in a comment", page_problems(f"<p>a<!-- {number} --></p>"))


@given(bsns())
def test_a_bsn_is_found_in_what_a_picture_draws(number):
    assert ">officieel<" in DRAWN
    drawn = DRAWN.replace(">officieel<", f">{number}<")
    assert is_found(f"{BSN} in a picture", page_problems(img(as_address(drawn))))


@given(bsns(), st.sampled_from([",", ";", "\t", "|"]), st.booleans())
def test_a_bsn_is_found_in_any_csv(number, delimiter, is_quoted):
    field = f'"{number}"' if is_quoted else number
    problems = csv_problems(f"n{delimiter}who{delimiter}m\r\n1{delimiter}{field}{delimiter}2\r\n")
    assert problems == ["holds 1 BSN-like number in column 2; show counts of people, never their numbers"]


@given(no_bsns(), st.sampled_from([*GROUPINGS, (5, 4), (6, 3)]), st.sampled_from(SEPARATORS))
def test_a_number_that_does_not_pass_the_test_is_none(number, sizes, separator):
    text = grouped(number, sizes, separator)
    assert not is_found(BSN, page_problems(f"<p>nummer {text} is geen BSN</p>"))
    assert not is_found(BSN, csv_problems(f"a,b\n{text},1\n"))


@given(st.integers(1, 10**9 - 1).map(lambda n: f"{n:09}"))
@example("999990019")
@example("111222333")
def test_the_test_is_that_of_the_registers(number):
    assert passes_elfproef(number) == pseudonyms.passes_elfproef([number])[0]


@given(bsns(least=10**7))
@pytest.mark.parametrize(
    "way", ["€ {}", "€{}", "€\u00a0{}", "{} euro", "{},00 euro", "EUR {}", "<b>€</b> {}", "€ {},-"]
)
def test_an_amount_of_euros_is_no_bsn(way, number):
    text = way.format(grouped(number, (3, 3, 3), "."))
    assert page_problems(f"<p>Het kost {text} per jaar</p>") == []


def test_what_stands_in_a_column_of_euros_is_no_bsn():
    assert in_page('<table><tr><td data-label="Kosten (euro)">123.456.782</td></tr></table>') == []
    assert is_found(BSN, in_page('<table><tr><td data-label="Mensen">123.456.782</td></tr></table>'))
    assert csv_problems("euro_costs,n\n123456782,1\n") == []
    assert csv_problems("measure,low,high\neuro_costs,123456782,123456782\nn_persons,12,12\n") == []
    assert is_found(BSN, csv_problems("measure,low,high\nn_persons,123456782,123456782\n"))


@pytest.mark.parametrize(
    "text",
    [
        "0,123456782",  # a share
        "buurt BU10000008",  # a neighbourhood of CBS
        "1.123.456.782 mensen",
        "104 tot 196, en 996",
        "0,12 (0,05 - 0,23)",
        "2018-2019, 2019-2020",
        "1.234.567 mensen",
        "1123456782",  # ten digits
        "12%34",
    ],
)
def test_what_looks_like_it_is_no_bsn(text):
    assert in_page(f"<p>{text}</p>") == []


def test_cells_of_a_table_are_no_one_number():
    assert in_page("<table><tr><td>123</td><td>456</td><td>782</td></tr></table>") == []
    assert in_page("<ul><li>12345</li><li>6782</li></ul>") == []
    assert passes_elfproef("10081008")
    assert in_page("<table><tr><td>1008</td><td>1008</td></tr></table>") == []


MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()
SHORT = "jan feb mrt apr mei jun jul aug sep okt nov dec".split()
ENGLISH = "January February March April May June July August September October November December".split()
WAYS = {
    "ISO": lambda day: day.isoformat(),
    "ISO with a time": lambda day: f"{day.isoformat()}T00:00:00",
    "year first": lambda day: f"{day.year}/{day.month}/{day.day}",
    "Dutch": lambda day: f"{day.day}-{day.month}-{day.year}",
    "Dutch with zeros": lambda day: f"{day:%d-%m-%Y}",
    "with slashes": lambda day: f"{day.day}/{day.month}/{day.year}",
    "with dots": lambda day: f"{day:%d.%m.%Y}",
    "with spaces": lambda day: f"{day.day} - {day.month} - {day.year}",
    "with dashes that do not break": lambda day: f"{day.day}\u2011{day.month}\u2011{day.year}",
    "American": lambda day: f"{day:%m/%d/%Y}",
    "in words": lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    "in words with spaces that do not break": lambda day: f"{day.day}\u00a0{MONTHS[day.month - 1]}\u00a0{day.year}",
    "with a capital": lambda day: f"{day.day} {MONTHS[day.month - 1].upper()} {day.year}",
    "short": lambda day: f"{day.day} {SHORT[day.month - 1]} {day.year}",
    "short with dots": lambda day: f"{day.day} {SHORT[day.month - 1]}. {day.year}",
    "of a database": lambda day: f"{day:%d}-{SHORT[day.month - 1].upper()}-{day.year}",
    "of SAS": lambda day: f"{day:%d}{ENGLISH[day.month - 1][:3].upper()}{day.year}",
    "ordinal": lambda day: f"de {day.day}e {MONTHS[day.month - 1]} {day.year}",
    "English": lambda day: f"{ENGLISH[day.month - 1]} {day.day}, {day.year}",
    "together": lambda day: f"{day:%Y%m%d}",
    "together, day first": lambda day: f"{day:%d%m%Y}",
    "together with a time": lambda day: f"{day:%Y%m%d}120000",
}
TWO_DIGITS = {
    "with dashes": lambda day: f"{day:%d-%m-%y}",
    "with slashes": lambda day: f"{day:%d/%m/%y}",
    "with an apostrophe": lambda day: f"{day.day} {SHORT[day.month - 1]} ’{day:%y}",
    "with dashes and an apostrophe": lambda day: f"{day.day}-{day.month}-'{day:%y}",
}
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@settings(max_examples=25)
@given(days, st.sampled_from(TEXTS[:6]))
@pytest.mark.parametrize(
    "way", [*WAYS.values(), *TWO_DIGITS.values()], ids=[*WAYS, *(f"short {way}" for way in TWO_DIGITS)]
)
def test_a_day_is_found_however_it_is_written(way, day, place):
    page = place.format(f"geboren op {way(day)}.")
    assert is_found(DAY, page_problems(page))
    assert not is_found(DAY, page_problems(page, days=[day.isoformat()]))
    assert not is_found(DAY, page_problems(page, is_of_persons=False))
    assert day.isoformat() in days_in(page)


@given(days, days)
def test_a_day_that_may_be_shown_lets_no_other_pass(allowed, day):
    assume(day != allowed)
    assert is_found(DAY, page_problems(f"<p>{day.isoformat()}</p>", days=[allowed.isoformat()]))


@pytest.mark.parametrize(
    "text",
    [
        "maart 2019",
        "2019-03",
        "31-2-2019",
        "32 maart 2019",
        "1-13-0019",
        "versie 0.1.0",
        "3.11.12",
        "30/60/90 dagen",
        "0,20190314",
    ],
)
def test_what_is_no_day_is_none(text):
    assert in_page(f"<p>{text}</p>") == []


def test_days_stand_in_columns_too():
    assert is_found("full date in column 2", csv_problems("n,on\n12,14-03-2019\n"))
    assert csv_problems("n,as_of\n12,2019-03-14\n", days=["2019-03-14"]) == []


@given(st.text("0123456789abcdef", min_size=32, max_size=32), st.sampled_from([*TEXTS, *ATTRIBUTES]), st.booleans())
def test_a_pseudonym_is_found(token, place, is_upper):
    assert is_found(PSEUDONYM, page_problems(place.format(token.upper() if is_upper else token)))


def test_a_pseudonym_is_found_in_other_forms():
    token = "192323f8b7354c52872764b93ab7cb28"
    apart = "-".join([token[:8], token[8:12], token[12:16], token[16:20], token[20:]])
    for text in (apart, f"{token[:9]}<b>{token[9:]}</b>", f"id{token}", f"x_{token}_y"):
        assert is_found(PSEUDONYM, in_page(f"<p>{text}</p>"))
    assert csv_problems(f"n,who\n1,{token}\n") != []


def test_identifiers_of_the_run_are_found_as_whole_words():
    known = frozenset({"H-1023", "W77", "104"})
    assert is_found("identifier in the text of <p>", in_page("<p>huishouden (H-1023).</p>", identifiers=known))
    assert is_found("identifier in an alternative text", in_page('<img alt="W77" src="x">', identifiers=known))
    assert is_found("identifier", in_page("<p>deel_W77</p>".replace("_", "-"), identifiers=known))
    assert in_page("<p>W771 en H-10231 en 104 mensen</p>", identifiers=known) == []  # 104 is as good as a count
    assert is_found("identifier in column 1", csv_problems("who,n\nW77,1\n", identifiers=known))


def test_private_values_are_found_as_whole_words():
    options = {"private": ["geheim woord", "ab", "Jansen"]}
    assert is_found("private value in the text of <p>", in_page("<p>het geheim&nbsp;<b>woord</b>, dus</p>", **options))
    assert is_found("private value in the attribute title", in_page('<p title="Jansen">a</p>', **options))
    assert in_page("<p>Jansens ab geheim woorden</p>", **options) == []
    assert is_found("private value in column 2", csv_problems("n,who\n1,Jansen\n", **options))


@pytest.mark.parametrize(
    "text",
    [
        "/home/iemand/data.csv",
        "in /tmp/x",
        "zie /root",
        "/Users/x",
        "(/var/lib/y)",
        "/werk/inkomen/klanten.csv",
        r"C:\Users\iemand",
        "D:/data",
        r"\\server\map",
        "file:///x",
        "~/werk",
        "~iemand/werk",
        "/<b>home</b>/iemand",
    ],
)
def test_a_path_is_found(text):
    assert is_found("file path", in_page(f"<p>{text}</p>"))
    assert is_found("file path", csv_problems(f'a,b\n1,"{re.sub("<.*?>", "", text)}"\n'))


@pytest.mark.parametrize(
    "text",
    [
        "man/vrouw",
        "en/of/maar",
        "10 km/u",
        "laborijn.nl/over/ons",
        "1/2/3",
        "a: b",
        "https://cbs.nl/a/b",
        "~ 10",
        "14 / 3 / 5",
    ],
)
def test_what_is_no_path_is_none(text):
    assert in_page(f"<p>{text}</p>") == []


def test_links_of_the_site_are_no_paths():
    assert in_page('<p><a href="../proef/GM0197-claims.html">a</a> <a href="GM0197.csv">b</a></p>') == []
    assert is_found("file path", in_page('<p><a href="/proef/GM0197.html">a</a></p>'))
    assert is_found("file path", in_page('<p><a href="%2Fhome%2Fiemand">a</a></p>'))


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last)",
        'File "x.py", line 3',
        "Cell In[3], line 1",
        "KeyError: 1",
        "FutureWarning",
        "&lt;evaltools.cohorts.Cohort object at 0x7f3a&gt;",
        "een DataFrame",
        "dtype: object",
        "[5 rows x 3 columns]",
        "Timestamp('a')",
        "datetime.date(1, 2, 3)",
        "\x1b[31mrood",
        "[0;31mrood",
        "----> 1 x",
    ],
)
def test_traces_of_a_program_are_found(text):
    assert is_found("trace of a program", in_page(f"<p>{text}</p>"))


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<p hidden>a</p>", "hidden piece of text in the attribute hidden"),
        ('<p aria-hidden="true">a</p>', "hidden piece of text in the attribute aria-hidden"),
        *[
            (f'<p style="{style}">a</p>', "hidden piece of text in the attribute style")
            for style in (
                "display:none", "visibility: hidden", "opacity:0", "font-size:0", "position:absolute;left:-99rem",
                "color:#fff", "text-align:left;color:white", "DISPLAY:NONE", "display:/**/none",
            )
        ],
        ("<template>a</template>", "hidden piece of text in <template>"),
        ("<noscript>a</noscript>", "hidden piece of text in <noscript>"),
        ('<input type="hidden" value="a">', "hidden piece of text in <input>"),
        ("<details>a</details>", "hidden piece of text in <details>"),
        ('<p class="note skip">a</p>', "hidden piece of text in the class skip"),
        ('<a class="skip" href="#inhoud">Naar de inhoud, en meer</a>', "hidden piece of text in the class skip"),
        ('<p title="a" title="b">a</p>', "hidden piece of text in the page"),
        ("<p>a</p jansen>", "hidden piece of text in the page"),
        ("</jansen>", "hidden piece of text in the page"),
        ("<!-- a -->", "comment in the page"),
        ("<![CDATA[a]]>", "comment in the page"),
        ("<?a b?>", "comment in the page"),
        ("<!ELEMENT a>", "comment in the page"),
        ("<svg></svg>", "unknown element in the page"),
        ("<font>a</font>", "unknown element in the page"),
        ("<jansen>a</jansen>", "unknown element in the page"),
        ('<p data-name="jansen">a</p>', "unknown attribute in the page"),
        ('<p jansen="">a</p>', "unknown attribute in the page"),
        ("<style>p { display: none; }</style>", "other style sheet in the page"),
        ('<meta name="author" content="jansen">', "unknown piece of metadata in the page"),
        ('<meta property="og:title" content="a">', "unknown piece of metadata in the page"),
    ],
)  # fmt: skip
def test_what_is_hidden_or_unknown_is_told_and_not_named(body, problem):
    problems = in_page(body)
    assert any(f"holds 1 {problem};" in found for found in problems)
    assert "jansen" not in " ".join(problems)


def test_a_page_as_ours_passes():
    table = (
        '<table class="table" role="table"><caption>Uitkomsten</caption><thead role="rowgroup"><tr role="row">'
        '<th scope="col" role="columnheader" class="number">Aantal</th></tr></thead><tbody role="rowgroup"><tr role="row">'
        '<td role="cell" data-label="Aantal" class="number">1.234</td></tr></tbody></table>'
        '<table><tr><td style="text-align: right;">12,5%</td></tr></table>'
        "<dl class='facts'><div><dt>Wie</dt><dd>108 mensen</dd></div></dl><h2>Wat</h2><ul class=\"summary\"><li>a</li></ul>"
    )
    assert in_page(table + img(picture("vertrokken naar werk (%)"))) == []


def test_the_style_sheet_is_that_of_the_pages():
    assert is_found("other style sheet", page_problems(PAGE.replace("BODY", "")))
    assert page_problems("<p>a</p>") == []


@given(bsns(), days, st.text("0123456789abcdef", min_size=32, max_size=32))
def test_no_problem_quotes_what_it_found(number, day, token):
    body = (
        f"<p>{number} {day.isoformat()}</p><p data-x{number}='{token}'>a</p><x{token}>a</x{token}><!-- {number} -->"
        f"<p>{token}</p>" + img(as_address(f"<svg>{number}</svg>"))
    )
    told = " ".join(page_problems(body))
    assert number not in told
    assert day.isoformat() not in told
    assert token not in told


def test_kinds_are_counted_by_place():
    problems = in_page("<p>123456782 en 111222333</p><p>999990019</p><ul><li>123456782</li></ul>")
    assert [problem.split(";")[0] for problem in problems] == [
        "holds 1 BSN-like number in the text of <li>",
        "holds 3 BSN-like numbers in the text of <p>",
    ]


def test_the_mark_of_a_page_is_no_bsn_but_what_looks_like_it_elsewhere_is():
    assert passes_elfproef("10000008")  # it stands in the footer of every page of this test
    assert is_found(BSN, in_page("<p>(kenmerk 10000008)</p>"))
    assert is_found(BSN, page_problems("<footer><p>(kenmerk a) 10000008</p></footer>"))


@pytest.mark.parametrize("text", ["officieel", "één\ntwee  drie", "10.000 – 20.000", "<b> & --", "≥ 12 maanden", "ffi"])
def test_what_matplotlib_draws_passes(text):
    assert in_page(img(picture(text))) == []


def test_every_kind_of_drawing_of_matplotlib_passes():
    with drawing():
        figure = Figure(figsize=(4, 3))
        axes = figure.subplots()
        axes.plot([1, 2], [3, 4], marker="o", linestyle="--", label="lijn", alpha=0.5)
        axes.fill_between([1, 2], [1, 2], [3, 4], alpha=0.2)
        axes.errorbar([1, 2], [2, 3], yerr=[0.5, 0.4], capsize=3)
        axes.scatter([1, 2], [1, 2])
        axes.barh([1, 2], [3, 4], hatch="/")
        axes.annotate("kijk", (1, 1), (2, 2), arrowprops={})
        axes.legend()
        figure.suptitle("GESIMULEERDE GEGEVENS")
    assert in_page(img(as_image(figure))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<g ", "<!-- a --><g "),
        ("<g ", "<title>a</title><g "),
        ("<g ", "<desc>a</desc><g "),
        ("<g ", "<text>a<tspan>b</tspan></text><g "),
        (">officieel<", " class='a'>officieel<"),
        (">officieel<", "><!-- a -->officieel<"),
        ("'DejaVu Sans'", "'Jansen'"),
        ("<g ", "<script>a</script><g "),
        ("<g ", "<foreignObject><p>a</p></foreignObject><g "),
        ("<g ", '<image xlink:href="data:image/png;base64,AAAA"/><g '),
        ("<g ", "<metadata>a</metadata><g "),
        ("<g ", "<?a b?><g "),
        ("<g ", "a<g "),
        ("<g ", "<![CDATA[a]]><g "),
        ("<g ", '<g onload="a" '),
        ("<g ", '<g data-x="a" '),
        ("<g ", '<g aria-label="a" '),
        ("<g ", '<g xmlns:a="http://jansen" '),
        ('id="figure_1"', 'id="jansen"'),
        ('xlink:href="#', 'xlink:href="https://a.nl#'),
        ("image/svg+xml<", "jansen<"),
        ("*{stroke-linejoin", "/* a */ *{stroke-linejoin"),
        ("fill: #ffffff", "fill: url(https://a.nl)"),
        ("fill: #ffffff", "font-family: 'Jansen'"),
        ('d="M ', 'd="Jansen M '),
        ("<?xml ", "<!-- a --><?xml "),
        ("</svg>", "</svg><!-- a -->"),
        ("<svg ", '<!DOCTYPE svg [<!ENTITY a "b">]><svg '),
    ],
)
def test_a_picture_holds_nothing_but_its_drawing(old, new):
    assert old in DRAWN
    changed = DRAWN.replace(old, new, 1)
    problems = in_page(img(as_address(changed)))
    assert problems
    assert all(" in a picture;" in problem for problem in problems)


@pytest.mark.parametrize(
    "drawn",
    [
        "<text>123456782</text>",
        "<defs><text>123456782</text></defs>",
        '<text style="opacity: 0">123456782</text>',
        '<g id="text_9"><text>123456</text><text>782</text></g>',
        '<g id="figure_9"><g id="text_9"><text>&#49;23456782</text></g></g>',
    ],
)
def test_all_text_of_a_picture_is_read_wherever_it_stands(drawn):
    assert is_found(f"{BSN} in a picture", page_problems(img(as_address(DRAWN.replace("<g ", f"{drawn}<g ", 1)))))


def png(**metadata):
    figure = Figure(figsize=(1, 1))
    figure.subplots().plot([1, 2])
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata=metadata)
    return buffer.getvalue()


def with_chunk(content, kind, data):
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return content[:33] + chunk + content[33:]  # after the signature and IHDR


def test_a_png_holds_nothing_but_its_drawing():
    clean = png(Software=None)
    assert in_page(img(as_address(clean, "png"))) == []
    texts = [png(), png(Software=None, Title="a"), clean + b"a"]
    texts += [with_chunk(clean, kind, b"a\0b") for kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME", b"abCd")]
    for content in texts:
        assert is_found("needless part in a picture", in_page(img(as_address(content, "png"))))
    for content in (clean[:-1], b"a" + clean, b""):
        assert in_page(img(as_address(content, "png"))) != []


@pytest.mark.parametrize(
    "address", ["a.jpg", "https://a.nl/a.svg", "data:image/jpeg;base64,AAAA", "data:image/svg+xml,%3Csvg%3E",
                "data:image/svg+xml;base64,AAAA", "data:image/svg+xml;base64,A", ""]
)  # fmt: skip
def test_other_pictures_are_refused(address):
    assert any(problem.endswith("or PNG") or "needless part" in problem for problem in in_page(img(address)))


def test_a_csv_without_anything_passes():
    assert csv_problems("") == []
    assert csv_problems("measure,labels,low,high\nn,municipality=GM0197; outcome=work,10,14\n") == []


def test_a_csv_with_a_row_that_is_too_long_is_read_whole():
    assert is_found("BSN-like number in column 4", csv_problems("a,b\n1,2,3,123456782\n"))


def test_a_csv_that_cannot_be_read_is_refused():
    assert csv_problems("a\n" + "b" * 200_000) == ["cannot be read as a CSV; write it with the csv module"]


def test_a_json_is_read_value_by_value():
    fingerprint = "ab123456782cd" + "e" * 51
    fine = {
        "sha256": fingerprint,
        "n": 123456,
        "p": 0.123456782,
        "sources": [None, True, "register"],
        "as_of": "2020-06-30",
    }
    assert json_problems(json.dumps(fine), days=["2020-06-30"]) == []
    # A fingerprint has 64 hexadecimal digits and stands under its own key.
    assert json_problems(json.dumps({"other": fingerprint})) != []
    assert json_problems(json.dumps({"sha256": f"klant 123456782 {fingerprint}"})) != []
    found = json_problems(
        json.dumps({"a": {"persoon-1x": ["14 maart 2019"]}, "b": 123456782, "c": "zaak-417"}),
        identifiers={"persoon-1x"},
        private=["zaak-417"],
    )
    assert [problem.split(";")[0] for problem in found] == [
        "holds 1 BSN-like number in the value of 'b'",
        "holds 1 full date in a value",
        "holds 1 identifier in a key",
        "holds 1 private value in the value of 'c'",
    ]
    assert json_problems("{") == ["cannot be read as JSON; make the page again"]
