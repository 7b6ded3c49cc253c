#!/usr/bin/python3
"""Two models side by side, in a real headless Chromium, against a running daemon with a dataset whose epochs take a moment.

    /usr/bin/python3 Tests/Browser/test_compare.py --url http://127.0.0.1:8080 --screenshots DIR
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from browser import PageTest, call, run_tests  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select  # noqa: E402
from test_forming import submit  # noqa: E402

A, B = "compare-a", "compare-b"

# What is at these addresses fails for a moment, until the page sets `there`.
FAILING = """
    const daemon = window.fetch;
    window.fetch = async (path, options) => {
        if (%s !== path || window.there) return daemon(path, options);
        return Response.json({ error: { code: "%s", message: "Not at the moment." } }, { status: %d });
    };"""
EVERYWHERE = "-99,-99,99,-99,0,99"


class Compare(PageTest):
    def setUp(self):
        super().setUp()
        served = [model["name"] for model in call("GET", "/v1/models")["data"]]
        jobs = [submit(name, epochs=2, seed=seed) for name, seed in ((A, 1), (B, 2)) if name not in served]
        for job in jobs:
            self.wait(lambda: call("GET", f"/v1/jobs/{job}")["status"] == "succeeded", seconds=100)

    def open_both(self):
        self.open(f"#model={A}&with={B}")
        self.wait(self.both_are_drawn)

    def both_are_drawn(self):
        return self.script("return ['map', 'map-2'].every((id) => document.querySelector(`#${id} .points`)?.dataset.drawn === '10000')")

    def second(self, right, down):
        return ActionChains(self.driver).move_to_element_with_offset(self.element("map-2"), right, down)

    def selected(self):
        return int(self.attribute("selection-badge", "data-count") or 0)

    def test_the_other_model_is_chosen_and_survives_a_reload(self):
        self.open(f"#model={A}&open=compare")
        self.wait(lambda: self.element("compare-chooser").is_enabled())
        chooser = Select(self.element("compare-chooser"))
        names = [option.get_attribute("value") for option in chooser.options]
        self.assertIn(B, names)
        self.assertNotIn(A, names)
        self.assertNotIn("mnist-2d", names, "it has learnt other images")
        chooser.select_by_value(B)
        self.wait(self.both_are_drawn)
        self.wait(lambda: f"with={B}" in self.script("return location.hash"))
        self.screenshot("compare")
        self.driver.refresh()
        self.wait(self.both_are_drawn)
        self.assertEqual(self.element("map-2").accessible_name, f"Latent map of {B}")
        Select(self.element("compare-chooser")).select_by_value("")
        self.wait(lambda: not self.element("map-2").is_displayed())
        self.wait(lambda: "with=" not in self.script("return location.hash"))

    def test_what_is_selected_on_one_lights_up_on_both(self):
        self.open_both()
        self.element("mode-rectangle").click()
        plain = self.picture("#map-2 .points")
        self.point(-60, -60).click_and_hold().move_by_offset(140, 140).release().perform()
        self.wait(lambda: 0 < self.selected() < 10_000)
        self.wait(lambda: self.picture("#map-2 .points") != plain)
        first = self.selected()
        self.screenshot("compare-selected")
        self.second(0, 0).click_and_hold().move_by_offset(60, 60).release().perform()
        self.wait(lambda: self.selected() not in (0, first), "the other map selects as well")
        second, lit = self.selected(), self.picture("#map .points")
        self.wait(lambda: "sel=a@=" in self.script("return decodeURIComponent(location.hash)"))
        self.driver.refresh()
        self.wait(lambda: self.both_are_drawn() and self.selected() == second, "it survives a reload")
        self.wait(lambda: self.picture("#map .points") == lit)

    def test_what_was_selected_on_the_map_beside_goes_with_it(self):
        self.open_both()
        self.element("mode-rectangle").click()
        self.point(-60, -60).click_and_hold().move_by_offset(140, 140).release().perform()
        self.wait(lambda: 0 < self.selected() < 10_000)
        first = self.selected()
        ActionChains(self.driver).key_down(Keys.SHIFT).perform()
        self.second(-80, -80).click_and_hold().move_by_offset(160, 160).release().key_up(Keys.SHIFT).perform()
        self.wait(lambda: self.selected() > first and "=" in self.selection_in_the_address())
        self.close_the_other()
        self.wait(lambda: self.selected() == first and "=" not in self.selection_in_the_address())
        self.assertTrue(self.selection_in_the_address().startswith("a"), "what was selected on this one stays")

    def test_nothing_is_selected_where_all_was_on_the_map_beside(self):
        self.open_both()
        self.element("mode-rectangle").click()
        self.second(-60, -60).click_and_hold().move_by_offset(140, 140).release().perform()
        self.wait(lambda: f"a@={B}@" in self.selection_in_the_address())
        self.close_the_other()
        self.wait(lambda: self.selection_in_the_address() == "" and not self.element("selection-badge").is_displayed())

    def test_a_selection_made_beside_comes_back_without_the_map_beside(self):
        self.open_both()
        self.element("mode-rectangle").click()
        self.second(-60, -60).click_and_hold().move_by_offset(140, 140).release().perform()
        self.wait(lambda: f"a@={B}@" in self.selection_in_the_address())
        selected = self.selected()
        self.script("location.hash = location.hash.replace(/&with=[^&]*/, '')")
        self.wait(lambda: not self.element("map-2").is_displayed(), "the address alone says what is beside")
        self.wait(lambda: self.selected() == selected)
        lit = self.picture("#map .points")
        self.driver.refresh()
        self.wait(lambda: self.selected() == selected and self.picture("#map .points") == lit, "the same points")
        self.assertEqual(self.driver.find_elements("id", "map-2"), [])

    def test_a_reload_while_the_map_beside_is_on_its_way_loses_nothing(self):
        self.open_both()
        self.element("mode-rectangle").click()
        self.second(-60, -60).click_and_hold().move_by_offset(140, 140).release().perform()
        self.wait(lambda: f"a@={B}@" in self.selection_in_the_address())
        selected, address = self.selected(), self.script("return location.hash")
        for _ in range(3):
            self.driver.refresh()
            self.wait(lambda: self.script("return document.getElementById('model-chooser').value") == A)
        self.wait(lambda: self.both_are_drawn() and self.selected() == selected)
        self.assertEqual(self.script("return location.hash"), address)

    def test_what_cannot_be_had_at_the_moment_stays_in_the_address(self):
        steps = f"a@={B}@{EVERYWHERE};a1,1,2,1,2,2"
        for path, code, status in ((f"/v1/models/{B}/map", "busy", 503), (f"/v1/models/{B}/map", "too_many_requests", 429),
                                   (f"/v1/models/{B}", "model_unloaded", 503), (f"/v1/models/{A}/map", "busy", 503)):
            with self.subTest(path=path, status=status):
                source = {"source": FAILING % (f'"{path}"', code, status)}
                script = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
                self.open(f"#model={A}&with={B}&sel={steps}")
                self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
                self.wait_for_tools()
                self.wait(lambda: self.element("notice").is_displayed())
                self.wait(lambda: self.element("compare-chooser").is_enabled())
                self.driver.execute_async_script("setTimeout(arguments[0], 500)")  # an address is written late
                self.assertIn(f"with={B}", self.script("return location.hash"))
                self.assertEqual(self.selection_in_the_address(), steps)
                self.driver.refresh()
                self.wait(lambda: self.both_are_drawn() and self.selected() == 10_000)

    def test_a_part_of_the_page_that_does_not_come_loses_nothing(self):
        self.forgive("second-map.js")
        steps = f"a@={B}@{EVERYWHERE}"
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*second-map.js"]})
        try:
            self.open(f"#model={A}&with={B}&sel={steps}")
            self.wait(lambda: self.element("connection").is_displayed(), "the loss is told")
            self.driver.execute_async_script("setTimeout(arguments[0], 500)")
            self.assertIn(f"with={B}", self.script("return location.hash"))
            self.assertEqual(self.selection_in_the_address(), steps)
        finally:
            self.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
        self.wait(lambda: self.both_are_drawn() and self.selected() == 10_000, "it comes by itself")

    def test_what_was_selected_on_a_model_that_is_gone_is_taken_back(self):
        self.forgive("404")
        self.open(f"#model={A}&with=gone&sel=a@=gone@{EVERYWHERE};a{EVERYWHERE}")
        self.wait(lambda: self.selected() == 10_000 and self.selection_in_the_address() == f"a{EVERYWHERE}")
        self.wait(lambda: "with=" not in self.script("return location.hash"))

    def close_the_other(self):
        Select(self.element("compare-chooser")).select_by_value("")

    def selection_in_the_address(self):
        return self.script("return new URLSearchParams(location.hash.slice(1)).get('sel') ?? ''")

    def test_the_same_sample_is_shown_on_both(self):
        self.open_both()
        self.second(10, 10).perform()
        self.wait(lambda: int(self.attribute("map-2", "data-sample") or -1) >= 0)
        sample = self.attribute("map-2", "data-sample")
        self.wait(lambda: self.script("return document.querySelector('.compare-sample').dataset.sample") == sample)
        self.assertEqual(len([c for c in self.driver.find_elements("css selector", ".compare-pictures canvas") if c.is_displayed()]), 3)
        self.screenshot("compare-sample")
        self.point(-50, 40).perform()
        self.wait(lambda: self.attribute("map-2", "data-sample") not in (sample, "-1"))
        self.element("map-2").send_keys(Keys.ARROW_LEFT)
        self.wait(lambda: self.attribute("map-2", "data-sample") != "-1", "the keyboard points as well")

    def test_the_legend_filters_both(self):
        self.open_both()
        self.css("#legend [data-label]").click()
        self.wait(lambda: self.script("return document.querySelector('#map-2 .points').dataset.drawn") not in ("10000", None))
        self.assertEqual(*self.script("return ['map', 'map-2'].map((id) => document.querySelector(`#${id} .points`).dataset.drawn)"))

    def test_it_fits_on_360_pixels_and_in_the_dark(self):
        self.resize(360, 740)
        self.dark(True)
        self.open_both()
        self.assertEqual(self.script("return document.documentElement.scrollWidth"), 360)
        self.script("document.getElementById('map-2').scrollIntoView()")
        self.screenshot("compare-360-dark")

    def test_a_model_of_other_images_is_refused_in_words(self):
        self.open(f"#model={A}&with=mnist-2d")
        self.wait(lambda: self.element("notice").is_displayed())
        self.assertIn("other images", self.text("notice-text"))
        self.wait(lambda: "with=" not in self.script("return location.hash"))


if __name__ == "__main__":
    run_tests(__doc__, Compare)
