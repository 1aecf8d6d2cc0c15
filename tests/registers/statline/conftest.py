"""Shared: a service like that of CBS on this machine, well or ill."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.statline_files import export_of, invented, odata_of


@dataclass
class Answer:
    """One answer: ``cut`` bytes are promised and not sent, ``late`` is how many seconds it takes."""

    body: bytes
    status: int = 200
    cut: int = 0
    late: float = 0


@dataclass
class Service:
    """What is answered for each path; the last answer stays."""

    url: str = ""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def path(self, table, part, skip=""):
        return f"/ODataFeed/odata/{table}/{part}{skip}"

    def serve(self, table, parts):
        """Answer well for a table."""
        for part, records in parts.items():
            self.put(table, part, Answer(body_of(records)))
        names = [{"name": part, "url": f"{self.url}{self.path(table, part)}"} for part in parts]
        self.put(table, "", Answer(body_of(names)))

    def put(self, table, part, *answers):
        self.answers[self.path(table, part)] = list(answers)

    def first(self, table, part, *answers):
        """Put answers before those that stay."""
        self.answers[self.path(table, part)] = [*answers, *self.answers[self.path(table, part)]]

    def pages(self, table, records, size):
        """Answer with pages that each name the next one."""
        for begin in range(0, len(records), size):
            page = {"value": records[begin : begin + size]}
            if begin + size < len(records):
                following = f"$format=json&$skip={begin + size}"
                page["odata.nextLink"] = f"{self.url}{self.path(table, 'TypedDataSet')}?{following}"
            skip = f"@{begin}" if begin else ""
            self.answers[self.path(table, "TypedDataSet", skip)] = [Answer(json.dumps(page).encode())]


def body_of(records):
    return json.dumps({"odata.metadata": "", "value": records}).encode()


@pytest.fixture
def service():
    """A service on this machine that has the invented table of 2017."""
    known = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = urlsplit(self.path)
            skip = parse_qs(asked.query).get("$skip")
            path = asked.path + (f"@{skip[0]}" if skip else "")
            known.asked.append(path)
            queue = known.answers.get(path, [Answer(b"<html>not here</html>", status=404)])
            answer = queue.pop(0) if len(queue) > 1 else queue[0]
            known.closing.wait(answer.late)
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body) + answer.cut))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            """Say nothing: who asked went away."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}"
    known.serve("84066NED", odata_of(export_of(invented()), "84066NED", period="2017"))
    yield known
    known.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stored(project):
    """Give all that is stored of StatLine in the project, by path; the lock of the writer is not."""

    def look():
        paths = (path for path in project.statline.rglob("*") if path.name != ".writing")
        return {path.relative_to(project.statline).as_posix(): path.is_file() and path.read_bytes() for path in paths}

    return look
