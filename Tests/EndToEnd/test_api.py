"""deploy/API.md does what it says, and says all that the daemon does."""
import re

import support
from curl_lines import CurlLines, curl_lines
from support import Daemon

DOCUMENT = "deploy/API.md"


class Reference(CurlLines):
    def test_the_reference_lines_work_as_they_stand(self):
        self.run_lines(DOCUMENT)

    def test_every_call_is_described_and_has_a_line(self):
        text = (support.ROOT / DOCUMENT).read_text()
        lines = curl_lines(DOCUMENT)
        with Daemon(self.folder) as daemon:
            paths = daemon.call("GET", "/openapi.json")["paths"]
        for path, methods in paths.items():
            for method in methods.keys() & {"get", "put", "post", "delete"}:
                with self.subTest(f"{method.upper()} {path}"):
                    self.assertIn(f"`{method.upper()} {path}`", text)
                    if "/versions/{version}/" not in path:  # the same as without the version
                        self.assertTrue(any(method_of(line) == method and fits(line, path) for line in lines))

    def test_its_links_lead_somewhere(self):
        text = (support.ROOT / DOCUMENT).read_text()
        headings = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
                    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
        for target in re.findall(r"\]\(#([^)]+)\)", text):
            self.assertIn(target, headings)
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
            self.assertTrue((support.ROOT / "deploy" / target).exists(), target)


def method_of(line):
    named = re.search(r" -X (\w+)", line)
    return named[1].lower() if named else "post" if "--json" in line or "--data" in line else "get"


def fits(line, path):
    """Whether the line asks for the path, whatever stands for its parameters."""
    pattern = re.sub(r"\\\{\w+\\\}", r"[^/?]+", re.escape(path))
    return re.search(rf"127\.0\.0\.1:8080{pattern}(?=[?\s'\"]|$)", line)
