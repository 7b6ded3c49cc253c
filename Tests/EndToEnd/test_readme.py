"""The README's lines do what the README says."""
import http.client
import re

import support
from curl_lines import CurlLines
from support import Daemon, InFolder


class Readme(CurlLines):
    def test_the_curl_lines_work_as_they_stand(self):
        self.run_lines("README.md")

    def test_the_pages_are_there(self):
        with Daemon(self.folder) as daemon:
            for path in ("/", "/docs"):
                status, page = daemon.request("GET", path)
                self.assertEqual(status, 200, path)
                for address in re.findall(rb'(?:src|href)="(/[^"]+)"', page):
                    self.assertEqual(daemon.request("GET", address.decode())[0], 200, address)

    def test_files_that_the_readme_names_exist(self):
        text = (support.ROOT / "README.md").read_text()
        for target in re.findall(r"\]\((?!https?://|#)([^)]+)\)", text):
            self.assertTrue((support.ROOT / target).exists(), target)
        self.assertIn((support.ROOT / "Tests" / "Peers" / "readme_example.py").read_text(), text)


class StartUp(InFolder):
    def test_it_says_where_the_page_is(self):
        with Daemon(self.folder) as daemon:
            self.assertIn(f"http://127.0.0.1:{daemon.port}", daemon.said())
            connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
            connection.request("GET", "/")
            self.assertEqual(connection.getresponse().status, 200)
            connection.close()
