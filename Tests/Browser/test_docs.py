#!/usr/bin/python3
"""The reference of the API at /docs in a real headless Chromium, against a running daemon.

    /usr/bin/python3 Tests/Browser/test_docs.py --url http://127.0.0.1:8080 --screenshots DIR
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from browser import PageTest, run_tests  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

DECODE = "post-v1-models-model-decode"


class Reference(PageTest):
    def open_docs(self, operation=""):
        self.open(self.options.docs + (f"#{operation}" if operation else ""))
        self.wait(lambda: self.attribute("operations", "aria-busy") == "false")
        self.assertGreater(len(self.all(".operation")), 30, self.text("operations"))

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def inside(self, operation, selector):
        return self.element(operation).find_element("css selector", selector)

    def open_everything(self):
        """Every operation, then what came to light; not all the way down, since a schema may contain itself."""
        for filled in (".operation > .curl", ".media > pre"):
            self.script("document.querySelectorAll('details').forEach((part) => (part.open = true))")
            self.wait(lambda: len(self.all(filled)) > 0)
        self.assertEqual(len(self.all(".operation > .curl")), len(self.all(".operation")))

    def send(self, operation):
        """Sends the operation's form; gives the answer's status."""
        self.inside(operation, ".try button[type=submit]").click()
        self.wait(lambda: self.inside(operation, ".answer").get_attribute("data-status"))
        return self.inside(operation, ".answer").get_attribute("data-status")

    def test_every_operation_is_shown_and_in_the_contents(self):
        self.open_docs()
        document = self.driver.execute_async_script(
            "const done = arguments[0]; fetch('/openapi.json').then((r) => r.json()).then(done, () => done(null));")
        expected = sorted(f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
                          if method in ("get", "put", "post", "delete"))
        shown = self.script("""return [...document.querySelectorAll(".operation > summary")].map((line) =>
            `${line.querySelector(".method").textContent} ${line.querySelector(".path").textContent}`)""")
        self.assertEqual(sorted(shown), expected)
        self.assertEqual(len(self.all("#contents-list ol a")), len(expected))
        self.screenshot("docs")

    def test_an_operation_tells_all_of_itself(self):
        self.open_docs(DECODE)
        words = self.wait(lambda: self.text(DECODE))
        for word in ("Parameters", "Body", "Answers", "With curl", "Try it", "infer", "application/json", "200", "422"):
            self.assertIn(word, words)
        line = self.inside(DECODE, ".curl pre").text
        self.assertIn("curl --json '{\"latents\": [[", line)
        self.assertIn("/v1/models/mnist-2d/decode", line)
        self.screenshot("docs-decode")
        self.dark(True)
        self.screenshot("docs-decode-dark")

    def test_a_decode_can_be_tried(self):
        self.open_docs(DECODE)
        self.assertEqual(self.send(DECODE), "200")
        self.assertIn('"images"', self.inside(DECODE, ".answer pre").text)
        self.assertRegex(self.inside(DECODE, ".outcome").text, r"200.*\n?.*\d+ ms")
        self.script("document.querySelector(`#${arguments[0]} .try`).scrollIntoView()", DECODE)
        self.screenshot("docs-tried")

    def test_a_picture_is_shown_as_one(self):
        self.open_docs(DECODE)
        self.script("""const box = document.getElementById(`${arguments[0]}--accept`);
            box.value = "image/png"; box.dispatchEvent(new Event("input", { bubbles: true }));""", DECODE)
        self.assertIn("Accept: image/png", self.inside(DECODE, ".curl pre").text)
        self.assertEqual(self.send(DECODE), "200")
        self.wait(lambda: self.script("return document.querySelector('.answer-picture')?.naturalWidth") == 28)
        self.script("document.querySelector(`#${arguments[0]} .answer`).scrollIntoView({ block: 'center' })", DECODE)
        self.screenshot("docs-picture")

    def test_an_error_is_an_answer(self):
        self.open_docs(DECODE)
        box = self.element(f"{DECODE}--body")
        box.clear()
        box.send_keys('{"latents": [[1]]}')
        self.assertIn("[[1]]", self.inside(DECODE, ".curl pre").text)
        self.assertEqual(self.send(DECODE), "422")
        self.assertIn("latent_dimension_mismatch", self.inside(DECODE, ".answer pre").text)
        self.forgive("422")

    def test_the_keyboard_opens_and_sends(self):
        self.open_docs()
        line = self.element("get-v1-models").find_element("css selector", "summary")
        line.send_keys(Keys.ENTER)
        self.wait(lambda: self.element("get-v1-models").get_attribute("open"))
        self.assertNotEqual(self.script("return getComputedStyle(document.activeElement).outlineStyle"), "none")
        self.inside("get-v1-models", ".try button[type=submit]").send_keys(Keys.ENTER)
        self.wait(lambda: "mnist-2d" in self.inside("get-v1-models", ".answer").text)

    def test_every_control_has_a_name(self):
        self.open_docs()
        self.open_everything()
        unnamed = [control.get_attribute("outerHTML") for control in self.all("button, input, select, textarea, [tabindex='0']")
                   if not control.accessible_name]
        self.assertEqual(unnamed, [])
        identifiers = self.script("return [...document.querySelectorAll('[id]')].map((node) => node.id)")
        self.assertEqual(len(identifiers), len(set(identifiers)))

    def test_360_pixels_need_no_sideways_scrolling(self):
        self.resize(360, 740)
        self.open_docs()
        self.screenshot("docs-narrow")
        self.open_everything()
        self.assertEqual(self.script("return document.documentElement.scrollWidth"), 360)
        self.script("document.getElementById(arguments[0]).scrollIntoView()", DECODE)
        self.screenshot("docs-narrow-decode")

    def test_words_stand_out_from_their_ground(self):
        """WCAG AA: 4.5 to 1 for all text, light and dark."""
        for dark in (False, True):
            self.dark(dark)
            self.open_docs(DECODE)
            self.send(DECODE)
            self.assertEqual(self.script(CONTRAST), [], "dark" if dark else "light")


CONTRAST = """
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => channels(colour).slice(0, 3).map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (node) => {
        for (; node; node = node.parentElement) {
            const colour = getComputedStyle(node).backgroundColor;
            if ((channels(colour)[3] ?? 1) === 1) return colour;
        }
        return "rgb(255 255 255)";
    };
    const weak = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !node.checkVisibility()) continue;
        const [a, b] = [light(getComputedStyle(node).color), light(ground(node))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) weak.add(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
    }
    return [...weak];
"""


if __name__ == "__main__":
    run_tests(__doc__, Reference, options={"--docs": {"default": "docs", "help": "the path of the page"}})
