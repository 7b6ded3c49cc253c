#!/usr/bin/python3
"""What somebody does before the page is whole, over a network that holds a part of it back: none of it may be lost.

    /usr/bin/python3 Tests/Browser/test_early.py --url http://127.0.0.1:8080 --screenshots DIR
"""
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from browser import PageTest, run_tests  # noqa: E402
from png import grey_png  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from slow_network import Network  # noqa: E402

# Where the map has been since there is one.
PLACES = """
    window.places = new Set();
    const look = () => {
        const map = document.getElementById("map");
        if (map) places.add(Math.round(map.getBoundingClientRect().top));
        requestAnimationFrame(look);
    };
    look();"""


class Early(PageTest):
    def setUp(self):
        super().setUp()
        network = Network(urllib.parse.urlsplit(self.options.url).port)
        self.network = network.__enter__()
        self.addCleanup(network.__exit__)

    def open(self, fragment="", held=None):
        self.network.held = held
        self.driver.get("about:blank")
        # What is held back keeps the page from being loaded, which is not waited for.
        self.driver.execute_cdp_cmd("Page.navigate", {"url": f"http://127.0.0.1:{self.network.port}/{fragment}"})

    def open_without(self, held, fragment=""):
        """The first map is there, and what is held back is not."""
        self.open(f"#model={self.options.model}{fragment}", held)
        self.wait(lambda: self.drawn() == self.options.points, "the first map")

    def let_go(self):
        self.network.held = None
        self.wait_for_tools()
        self.wait(lambda: self.drawn() > 0, "the map")

    def address(self):
        return urllib.parse.unquote(self.script("return location.hash"))

    def reload(self):
        self.driver.refresh()
        self.wait_for_tools()

    def view(self):
        """The numbers at the edges of the map, as a picture: they are others in every other view."""
        return self.picture("#map .marks")

    def test_an_early_zoom_stays(self):
        self.open_without("/v1/datasets")
        whole = self.view()
        self.wait(lambda: self.script("return document.getElementById('colour-by').options.length") > 0, "somebody listens")
        self.element("zoom-in").click()
        self.wait(lambda: "view=" in self.address(), "it is in the address at once")
        self.element("map").send_keys(Keys.ARROW_LEFT)
        self.drag((0, 0), (60, 40))
        self.wait(lambda: self.view() != whole)
        address = self.wait_for_still(self.address)
        self.let_go()
        self.assertEqual(self.wait_for_still(self.address), address)
        self.assertNotEqual(self.view(), whole)
        zoomed = self.view()
        self.reload()
        self.wait(lambda: self.view() == zoomed, "a reload shows the same")

    def wait_for_still(self, look):
        """What it gives when it has not changed for half a second: the address is written a moment after a change."""
        seen = [look()] * 10

        def is_still():
            seen.append(look())
            return len(set(seen[-10:])) == 1 and len(seen) > 20
        self.wait(is_still)
        return seen[-1]

    def test_what_is_ticked_and_opened_before_anything_listens_stays(self):
        for held in ("/scripts/main.js", "/v1/datasets"):
            with self.subTest(held=held):
                self.open(f"#model={self.options.model}&methods=linear,geodesic&show=density", held)
                self.wait(lambda: self.driver.find_elements("id", "model-curves"), "all elements are there")
                self.element("method-slerp").click()
                self.switch("names-switch")
                self.css("#tool-layers summary").click()
                self.css("#tool-encode summary").click()
                self.let_go()
                self.wait(lambda: "open=layers,forming,dimensions" in self.address())
                state = lambda: (self.element("method-slerp").is_selected(), self.element("names-switch").is_selected(),  # noqa: E731
                                 self.element("density-switch").is_selected(), self.script("return document.getElementById('tool-encode').open"))
                self.assertEqual(state(), (True, False, True, False))
                self.assertIn("methods=linear,slerp,geodesic", self.address())
                self.reload()
                self.assertEqual(state(), (True, False, True, False))
                self.css("#tool-layers summary").click()
                self.css("#tool-encode summary").click()
                self.wait(lambda: "open=" not in self.address(), "as usual is not worth a word")

    def test_a_file_that_is_chosen_early_is_encoded(self):
        self.open_without("/v1/datasets")
        self.element("drop-file").send_keys(self.file("early.png", grey_png([[0] * 28] * 10 + [[200] * 28] * 18)))
        self.let_go()
        self.wait(lambda: self.attribute("map", "data-encoded"))

    def test_an_address_that_changes_early_is_followed(self):
        for held in ("/scripts/main.js", "/v1/datasets"):
            with self.subTest(held=held):
                self.open_without(held)
                whole = self.view()
                self.script("location.hash = arguments[0]", f"model={self.options.model}&view=1,1,500&hide=3&show=-names")
                self.network.held = None
                self.wait_for_tools()
                self.wait(lambda: 0 < self.drawn() < self.options.points and self.view() != whole)
                self.assertEqual(self.css("#legend [data-label='3']").get_attribute("aria-pressed"), "false")
                self.assertFalse(self.element("names-switch").is_selected())
                self.assertIn("view=1,1,500", self.wait_for_still(self.address))

    def test_another_model_in_an_address_that_changes_early_is_opened(self):
        self.forgive("404")
        for held in ("/scripts/main.js", "/v1/datasets"):
            with self.subTest(held=held):
                self.open("#model=not-there&view=1,1,500", held)
                self.wait(lambda: self.script("return document.getElementById('map') !== null"))
                self.script("location.hash = arguments[0]", f"model={self.options.model}")
                self.let_go()
                self.assertNotIn("view", self.wait_for_still(self.address))

    def test_the_map_stays_where_it_is_at_360_pixels(self):
        self.resize(360, 740)
        script = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": PLACES})
        self.addCleanup(self.driver.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", script)
        self.open_without("/v1/datasets")
        self.let_go()
        self.wait(lambda: self.driver.find_elements("css selector", "#legend [data-label]"))
        self.screenshot("early-360")
        self.assertEqual(len(self.script("return [...places]")), 1, self.script("return [...places]"))
        self.assertEqual(self.script("return document.documentElement.scrollWidth"), 360)
        self.css("#legend [data-label='9']").click()
        self.wait(lambda: "hide=9" in self.address(), "what is beyond the edge is scrolled to")


if __name__ == "__main__":
    run_tests(__doc__, Early)
