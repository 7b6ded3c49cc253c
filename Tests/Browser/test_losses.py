#!/usr/bin/python3
"""What somebody loses while the page is open, and how it goes on: a token, a model, the daemon, the network. In a real headless
Chromium, each with a daemon of its own.

    /usr/bin/python3 Tests/Browser/test_losses.py --latentd .build/release/latentd --url any --screenshots DIR
"""
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEnd")]

import support  # noqa: E402
from browser import PageTest, run_tests  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from slow_network import Network  # noqa: E402

PATIENT = 60


class Losses(PageTest):
    """The daemon is `self.daemon`, over models, state and data in `self.home`."""

    def setUp(self):
        super().setUp()
        if self.options.latentd:
            support.PROGRAM = pathlib.Path(self.options.latentd).resolve()
        home = tempfile.TemporaryDirectory(prefix="latentd-losses-")
        self.addCleanup(home.cleanup)
        self.home = pathlib.Path(home.name)
        shutil.copytree(support.BUNDLED, self.home / "models")
        (self.home / "state").mkdir()
        support.write_shapes(self.home / "data" / "shapes")
        self.daemon = support.Daemon(self.home)
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__)

    def open(self, fragment="", port=None):
        self.driver.get("about:blank")
        self.driver.get(f"http://127.0.0.1:{port or self.daemon.port}/{fragment}")

    def wait_for_map(self):
        self.wait(lambda: self.drawn() == self.options.points, "the map", PATIENT)
        self.wait(lambda: self.attribute("map", "data-tools") == "there", "what works on it", PATIENT)

    def chosen(self):
        return self.script("return document.getElementById('model-chooser').value")

    def moves(self):
        """Whether a move of the cursor leads to another image; everything may be loading anew meanwhile."""
        before, places = self.attribute("cursor-picture", "data-latent"), itertools.cycle([(70, -60), (60, -50), (40, 30)])

        def moved():
            self.point(*next(places)).perform()
            return self.attribute("cursor-picture", "data-latent") not in (before, None)
        self.wait(moved, "the image follows the cursor", PATIENT)

    # A token

    def token(self, *arguments):
        run = support.latentd("token", *arguments, "--state-dir", self.home / "state")
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.strip()

    def status(self, token=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.daemon.port}/v1/models", headers={"Authorization": f"Bearer {token}"} if token else {})
        try:
            with urllib.request.urlopen(request, timeout=PATIENT) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_a_token_that_is_revoked_is_asked_for_once_and_can_be_given_later(self):
        self.forgive("status of 401")
        first = self.token("create", "--name", "first", "--scopes", "infer,train")
        self.wait(lambda: self.status() == 401, "tokens are in force", PATIENT)
        self.open()
        self.wait(lambda: self.driver.find_elements("id", "access"), "it is asked for", PATIENT)
        self.element("access-token").send_keys(first, Keys.ENTER)
        self.wait_for_map()
        self.moves()

        self.token("revoke", "first")
        second = self.token("create", "--name", "second", "--scopes", "infer,train")
        self.wait(lambda: self.status(first) == 401, "it is revoked", PATIENT)
        self.point(40, 20).perform()
        self.wait(lambda: self.driver.find_elements("id", "access"), "it is asked for again")
        self.assertIn("revoked", self.text("access-text"))
        self.screenshot("token")
        self.element("access-token").send_keys(Keys.ESCAPE)
        self.wait(lambda: not self.driver.find_elements("id", "access") and self.element("notice-action").is_displayed())
        self.point(-40, -20).perform()
        self.assertEqual(self.driver.find_elements("id", "access"), [], "who has said no is not asked at every move")
        self.element("notice-action").click()
        self.wait(lambda: self.driver.find_elements("id", "access"))
        self.element("access-token").send_keys(second, Keys.ENTER)
        self.wait(lambda: not self.driver.find_elements("id", "access") and self.drawn() == self.options.points, "the map", PATIENT)
        self.moves()

    def test_a_token_that_is_revoked_keeps_the_model_beside(self):
        self.forgive("status of 401")
        for name in ("one", "other"):
            self.daemon.wait_for(self.daemon.submit(name=name, model=support.SMALL, training={"epochs": 1}), "succeeded")
        first = self.token("create", "--name", "first", "--scopes", "infer,train")
        self.wait(lambda: self.status() == 401, "tokens are in force", PATIENT)
        self.open("#model=one&with=other")
        self.wait(lambda: self.driver.find_elements("id", "access"), "it is asked for", PATIENT)
        self.element("access-token").send_keys(first, Keys.ENTER)
        beside = lambda: bool(self.driver.find_elements("id", "map-2")) and self.element("map-2").is_displayed()  # noqa: E731
        self.wait(beside, "two maps", PATIENT)
        self.moves()

        self.token("revoke", "first")
        self.wait(lambda: self.status(first) == 401, "it is revoked", PATIENT)
        self.point(40, 20).perform()
        self.wait(lambda: self.driver.find_elements("id", "access"), "it is asked for again")
        self.element("access-token").send_keys(Keys.ESCAPE)
        self.wait(lambda: self.element("notice-action").is_displayed())
        self.assertIn("with=other", self.script("return location.hash"))
        self.assertTrue(beside(), "what is there stays")
        self.driver.refresh()
        self.wait(lambda: self.driver.find_elements("id", "access"), "a reload asks")
        self.element("access-token").send_keys(Keys.ESCAPE)
        self.wait(lambda: self.element("notice-action").is_displayed())
        self.assertIn("with=other", self.script("return location.hash"))
        self.element("notice-action").click()
        self.wait(lambda: self.driver.find_elements("id", "access"))
        second = self.token("create", "--name", "second", "--scopes", "infer,train")
        self.wait(lambda: self.status(second) == 200, "the daemon has read it", PATIENT)
        self.element("access-token").send_keys(second, Keys.ENTER)
        self.wait(beside, "two maps again", PATIENT)
        self.assertIn("with=other", self.script("return location.hash"))
        self.moves()

    # A model

    def test_a_model_that_is_removed_gives_way_to_another(self):
        self.forgive("status of 404")
        job = self.daemon.submit(name="gone", model=support.SMALL, training={"epochs": 1})
        self.daemon.wait_for(job, "succeeded")
        self.open("#model=gone")
        self.wait(lambda: self.drawn() > 0 and self.chosen() == "gone", "the map of 'gone'", PATIENT)
        self.wait(lambda: self.attribute("map", "data-tools") == "there", "what works on it", PATIENT)

        status, answer = self.daemon.request("DELETE", "/v1/models/gone/versions/1")
        self.assertEqual(status, 204, answer)
        self.point(60, 30).perform()
        self.wait(lambda: self.element("notice").is_displayed(), "a word", PATIENT)
        self.assertIn("what else there is is shown", self.text("notice-text"))
        self.wait(lambda: self.chosen() == self.options.model, "another model", PATIENT)
        self.wait_for_map()
        self.open("#model=gone")
        self.wait_for_map()
        self.assertEqual(self.chosen(), self.options.model, "an address of one that is gone shows another")
        self.assertIn("There is no model gone", self.text("notice-text"))

    # The daemon

    def test_a_daemon_that_restarts_is_waited_for(self):
        for text in ("ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE", "ERR_SOCKET"):
            self.forgive(text)
        self.open(f"#model={self.options.model}")
        self.wait_for_map()
        self.daemon.process.terminate()
        self.daemon.process.wait(PATIENT)
        self.element("mode-rectangle").click()
        self.drag((-150, -120), (100, 40))
        self.wait(lambda: self.element("connection").is_displayed(), "its loss is told", PATIENT)
        self.daemon.process = subprocess.Popen(
            support.serve_command(self.home, self.daemon.port), stdin=subprocess.DEVNULL, stdout=self.daemon.log,
            stderr=self.daemon.log, env=support.environment(), cwd=self.home)
        self.wait(lambda: not self.element("connection").is_displayed(), "it is back", PATIENT)
        self.wait_for_map()
        self.drag((-120, -100), (110, 60))
        self.wait(lambda: self.driver.find_elements("id", "selection-text"), "what had not been loaded is loaded now", PATIENT)
        self.element("mode-move").click()
        self.moves()

    # The network

    def test_a_slow_network_is_waited_for_in_words(self):
        with Network(self.daemon.port) as network:
            network.delay, network.rate = 0.4, 60_000
            self.open(f"#model={self.options.model}", network.port)
            self.wait(lambda: self.element("map-empty").is_displayed(), "words where the map will be", PATIENT)
            self.assertRegex(self.text("map-empty"), "Waiting|Loading")
            self.screenshot("slow")
            self.wait_for_map()
            self.assertFalse(self.element("map-empty").is_displayed())

    def test_a_network_that_breaks_in_the_middle_of_a_map_is_taken_up_again(self):
        self.forgive("net::ERR_")
        with Network(self.daemon.port) as network:
            self.open(f"#model={self.options.model}", network.port)
            self.wait_for_map()
            network.cut = 50_000  # a map has 90,000 bytes
            self.open(f"#model={self.options.model}", network.port)
            self.wait(lambda: self.element("connection").is_displayed(), "the loss is told", PATIENT)
            network.down = True
            self.wait(lambda: self.element("connection").is_displayed())
            network.down, network.cut = False, None
            self.wait(lambda: not self.element("connection").is_displayed(), "it goes on", PATIENT)
            self.wait_for_map()
            self.moves()


if __name__ == "__main__":
    run_tests(__doc__, Losses, options={"--latentd": {"help": "the program; that of this checkout, unless said"}})
