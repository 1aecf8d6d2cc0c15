"""Ask the OData service of CBS for the parts of a table, with cbsodata: patiently, and with an end."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from evaltools.errors import InvalidDataError, many

CATALOG_URL = "https://opendata.cbs.nl"
TIMEOUT = 60.0
"""Seconds without a word from CBS; cbsodata alone would wait forever."""
PAUSES = (2.0, 10.0, 30.0)
"""Seconds between tries, for what may pass."""
MOST_PAGES, LONGEST = 5_000, 1_800.0
"""A part of a table has no more pages, and takes no more seconds."""
TOO_MANY_REQUESTS, NOT_FOUND, SERVER_ERROR = 429, 404, 500


class _LinkError(Exception):
    """A link to a further page that is not followed."""


class _PassingError(Exception):
    """What may be gone at the next try: no connection, no answer, an error of the server, half an answer."""


def require_client() -> Any:
    """Give cbsodata.

    Raises
    ------
    InvalidDataError
        When it is not installed: it is an extra.
    """
    try:
        import cbsodata  # noqa: PLC0415  (an extra)
    except ImportError:
        advice = (
            "needs cbsodata; install it with: pip install 'evaltools[statline]'; "
            "an export of StatLine is taken in without it: evaltools statline TABLE --file EXPORT.csv"
        )
        raise InvalidDataError("fetching from StatLine", [advice]) from None
    return cbsodata


def ask(table: str, part: str, *, catalog_url: str, timeout: float, pauses: Sequence[float]) -> Any:
    """Give the records of one part of a table, of all its pages.

    The keys of regions stay: ``cbsodata.get_data`` would put names in their place.

    Parameters
    ----------
    part
        ``TableInfos``, ``DataProperties`` or ``TypedDataSet``.
    timeout
        Seconds without a word from the server.
    pauses
        Seconds to wait before each further try.

    Raises
    ------
    InvalidDataError
        When there is no such table, the answer is of something else, or all tries failed.
    """
    for pause in (*pauses, None):
        try:
            return _ask_once(table, part, catalog_url, timeout)
        except _PassingError as error:
            if pause is None:
                tries = many(len(pauses) + 1, "try").replace("trys", "tries")
                raise InvalidDataError(table, [f"could not be fetched in {tries}: {error}"]) from None
            time.sleep(pause)
    return None


def _ask_once(table: str, part: str, catalog_url: str, timeout: float) -> Any:
    cbsodata = require_client()
    import requests  # noqa: PLC0415  (comes with the extra)

    # cbsodata passes by what the environment says of proxies and certificates, which is how a municipality reaches the world.
    settings = requests.Session().merge_environment_settings(catalog_url, {}, None, None, None)
    try:
        with _host_of(cbsodata, catalog_url) as host:
            return cbsodata.get_meta(table, part, catalog_url=host, timeout=timeout, **settings)
    except requests.HTTPError as error:
        raise _of_status(error, table) from None
    except requests.Timeout:
        raise _PassingError(f"CBS says nothing for {timeout:g} seconds; try again later") from None
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        raise _PassingError("there is no connection with CBS, or it broke off; is there a network?") from None
    except requests.RequestException as error:
        raise InvalidDataError(table, [f"{part} cannot be fetched: {type(error).__name__}"]) from None
    except ValueError as error:
        if getattr(error, "doc", "").lstrip().startswith("<"):
            problem = (
                f"{part} is a web page in place of figures; is there a login or a proxy in between? Try again later"
            )
            raise InvalidDataError(table, [problem]) from None
        raise _PassingError(f"the answer for {part} is cut off, or no JSON; try again later") from None
    except _LinkError as error:
        raise InvalidDataError(table, [f"the answer for {part} {error}; it is not followed"]) from None
    except (KeyError, TypeError, RecursionError):
        raise InvalidDataError(table, [f"the answer for {part} is something else than a part of a table"]) from None


def _of_status(error: Any, table: str) -> Exception:
    """Say what an HTTP status means; cbsodata keeps the answer in the cause of its error."""
    answer = getattr(error, "response", None)
    if answer is None:
        answer = getattr(error.__cause__, "response", None)
    status = getattr(answer, "status_code", None)
    if status == NOT_FOUND:
        return InvalidDataError(table, ["is no table that CBS has (404); look its name up in StatLine"])
    if status is None or status >= SERVER_ERROR or status == TOO_MANY_REQUESTS:
        return _PassingError(f"CBS answers with an error ({status}); try again later")
    return InvalidDataError(table, [f"CBS refuses to give it ({status})"])


@contextmanager
def _host_of(cbsodata: Any, catalog_url: str) -> Iterator[str]:
    """Give an address as cbsodata takes it: without its scheme, which is an option of all of cbsodata."""
    scheme, _, host = catalog_url.partition("://")
    module = cbsodata.cbsodata3
    before = cbsodata.options.use_https, module.Session
    cbsodata.options.use_https = scheme == "https"
    module.Session = _bounded(module.Session, host)
    try:
        yield host
    finally:
        cbsodata.options.use_https, module.Session = before


def _bounded(session: Any, host: str) -> Any:
    """Make a session for one part of a table: cbsodata follows links to further pages without an end, and to any host."""
    asked: set[str] = set()
    until = time.monotonic() + LONGEST

    class Bounded(session):  # type: ignore[misc]
        def send(self, request: Any, **options: Any) -> Any:
            if urlsplit(request.url).netloc != host:
                raise _LinkError("leads to another host")
            if request.url in asked or len(asked) >= MOST_PAGES or time.monotonic() > until:
                raise _LinkError("leads to page after page without an end")
            asked.add(request.url)
            return super().send(request, **options)

    return Bounded
