"""One headless Chromium for all tests, and what a person does with the page: point, click, fill in, look."""
import argparse
import json
import os
import secrets
import shutil
import sys
import tempfile
import unittest
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import WebDriverWait

WAIT_SECONDS = 20


def start_browser(*more, without=()):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "/usr/bin/chromium"
    arguments = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--disable-software-rasterizer", *more]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses root.
    for argument in arguments:
        if argument not in without:
            options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    path = shutil.which("chromedriver") or "/usr/bin/chromedriver"
    driver = webdriver.Chrome(service=Service(path), options=options)
    # As for somebody who has been here before; the tour has a test of its own.
    driver.tour_seen = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {
        "source": "try { localStorage.setItem('latentd.tour', 'seen'); } catch { /* about:blank has none */ }"})["identifier"]
    return driver


class PageTest(unittest.TestCase):
    options = None  # The command line's.

    @classmethod
    def setUpClass(cls):
        cls.driver = start_browser()
        cls.driver.set_script_timeout(WAIT_SECONDS)
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()
        cls.folder.cleanup()

    def run(self, result=None):
        self.result = result
        return super().run(result)

    def setUp(self):
        self.forgiven = []
        self.resize(1360, 860)
        self.dark(False)

    def tearDown(self):
        """A test fails if the console held an error, a warning of a policy, or an uncaught exception."""
        entries = [entry for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        unexpected = [e["message"] for e in entries if not any(text in e["message"] for text in self.forgiven)]
        if unexpected or any(test is self for test, _ in self.result.errors + self.result.failures):
            self.screenshot(f"failed-{self.id().split('.')[-1]}")
        self.driver.get("about:blank")
        self.assertEqual(unexpected, [], "the console is clean")

    # The page

    def open(self, fragment=""):
        self.driver.get("about:blank")
        self.driver.get(self.options.url.rstrip("/") + "/" + fragment)

    def open_map(self):
        self.open(f"#model={self.options.model}")
        self.wait(lambda: self.drawn() == self.options.points, "the whole map is drawn")
        self.wait_for_tools()

    def wait_for_tools(self):
        """What works on the map is loaded when it is there."""
        self.wait(lambda: self.attribute("map", "data-tools") == "there")

    def open_training(self):
        self.open("#tab=training")
        self.wait(lambda: self.script("return document.querySelectorAll('#field-dataset option').length > 0"
                                      " || document.getElementById('error-dataset')?.hidden === false"))
        if self.script("return document.querySelectorAll('#field-dataset option').length") == 0:
            self.skipTest("the daemon has no dataset")

    def submit(self, name, epochs):
        """Submits a job under a name of its own; returns a function that finds its card."""
        self.job_name = f"{name}-{secrets.token_hex(3)}"
        self.fill("name", self.job_name)
        self.fill("epochs", str(epochs))
        self.element("form-submit").click()
        path = f"//li[contains(@class,'job')][.//h3[text()='{self.job_name}']]"
        self.wait(lambda: self.driver.find_elements("xpath", path))
        return lambda: self.driver.find_element("xpath", path)

    # Looking

    def wait(self, condition, message="", seconds=WAIT_SECONDS):
        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(lambda _: condition(), message)

    def script(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    def element(self, identifier):
        return self.driver.find_element("id", identifier)

    def css(self, selector):
        return self.driver.find_element("css selector", selector)

    def text(self, identifier):
        return self.element(identifier).text

    def attribute(self, identifier, name):
        return self.element(identifier).get_attribute(name)

    def drawn(self):
        return int(self.script("return document.querySelector('.points')?.dataset.drawn ?? -1"))

    def frames(self):
        return int(self.script("return document.getElementById('frames')?.dataset.frames ?? -1"))

    def strip(self):
        return self.script("return [...document.querySelectorAll('#frames canvas')].map((frame) => frame.toDataURL())")

    def wait_for_frame(self):
        """What was asked to be drawn has been."""
        self.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def picture(self, selector):
        return self.script("return document.querySelector(arguments[0]).toDataURL()", selector)

    def screenshot(self, name):
        self.driver.save_screenshot(os.path.join(self.options.screenshots, f"{name}.png"))

    def fetch_header(self, path, name):
        self.open()
        return self.driver.execute_async_script(
            "const done = arguments[2]; fetch(arguments[0]).then((r) => done(r.headers.get(arguments[1])), () => done(null));",
            path, name)

    # Doing

    def drag(self, *places, keys=()):
        """Presses at the first place, relative to the map's middle, moves over the others and lets go, with keys held."""
        chain = ActionChains(self.driver, duration=20)
        for key in keys:
            chain.key_down(key)
        chain.move_to_element_with_offset(self.element("map"), *places[0]).click_and_hold()
        for (left, top), (to_left, to_top) in zip(places, places[1:]):
            chain.move_by_offset(to_left - left, to_top - top)
        chain.release()
        for key in keys:
            chain.key_up(key)
        chain.perform()

    def point(self, right, down):
        """A chain of actions that has moved to a place relative to the map's middle."""
        return ActionChains(self.driver).move_to_element_with_offset(self.element("map"), right, down)

    def fill(self, field, text):
        box = self.element(f"field-{field}")
        box.clear()
        box.send_keys(text)

    def switch(self, identifier):
        self.element(identifier).find_element("xpath", "..").click()

    def file(self, name, content):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def resize(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def dark(self, on):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if on else "light"}]})

    def offline(self, on):
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})

    def forgive(self, text):
        """An error on the console that this test provokes: the browser itself writes a line for a 4xx."""
        self.forgiven.append(text)


def call(method, path, body=None):
    """The daemon's answer to a call of its API."""
    request = urllib.request.Request(PageTest.options.url.rstrip("/") + path, method=method,
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


def run_tests(description, *cases, options=None):
    """The command line that a file of tests has; `options` are those of its own, as argparse takes them."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="the daemon's address")
    parser.add_argument("--screenshots", required=True, help="the folder for the screenshots")
    parser.add_argument("--models", help="the folder of the daemon's models, for tests that add some")
    parser.add_argument("--model", default="mnist-2d", help="the model whose map is looked at")
    parser.add_argument("--points", type=int, default=10_000, help="how many points that model's map has")
    parser.add_argument("--only", default=None, help="run the tests whose name contains this")
    for name, details in (options or {}).items():
        parser.add_argument(name, **details)
    PageTest.options = parser.parse_args()
    os.makedirs(PageTest.options.screenshots, exist_ok=True)
    loader = unittest.TestLoader()
    if PageTest.options.only:
        loader.testNamePatterns = [f"*{PageTest.options.only}*"]
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)
