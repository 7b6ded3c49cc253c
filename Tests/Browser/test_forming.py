#!/usr/bin/python3
"""How the space forms, in a real headless Chromium, against a running daemon with a dataset whose epochs take a moment.

    /usr/bin/python3 Tests/Browser/test_forming.py --url http://127.0.0.1:8080 --screenshots DIR
"""
import os
import sys
import unittest
from urllib.parse import unquote

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from browser import PageTest, call, run_tests  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402


def submit(name, **training):
    datasets = [dataset["name"] for dataset in call("GET", "/v1/datasets")["data"]]
    if "drawn-shapes" not in datasets:
        raise unittest.SkipTest("the daemon has no drawn-shapes")
    return call("POST", "/v1/jobs", {"dataset": "drawn-shapes", "model": "mnist-2d", "name": name, "training": training})["id"]


# Which points are selected, and where all of them are.
SHOWN = """
    return import("/scripts/first-map.js").then(({ view }) => [view.selected.join(""), view.cloud.positions.join()].join())"""


class Forming(PageTest):
    def epoch(self):
        return int(self.attribute("map", "data-epoch") or -1)

    def slider(self, name):
        return float(self.script("return document.getElementById('forming-slider')[arguments[0]]", name))

    def marks(self):
        """Where the line stands in each of the three plots."""
        return self.script("return [...document.querySelectorAll('#forming-curves .marked')].map((line) => line.getAttribute('x1'))")

    def test_the_slider_moves_points_and_the_line_in_the_curves(self):
        self.open_map()
        self.wait(lambda: len(self.marks()) == 3, "the curves are beside the slider")
        numbers = self.script("return [...document.querySelectorAll('#forming-curves svg')].map((plot) => plot.querySelectorAll('[text-anchor=end]').length)")
        self.assertTrue(all(count > 1 for count in numbers), f"each plot has a scale: {numbers}")
        final, places = self.picture(".points"), self.marks()
        self.element("forming-slider").send_keys(Keys.HOME)
        self.wait(lambda: self.picture(".points") != final and self.marks() != places)
        self.assertEqual(self.attribute("forming-slider", "aria-valuetext"), "epoch 1")
        self.screenshot("forming-curves")
        self.wait(lambda: "epoch=1" in self.script("return location.hash"))
        self.driver.refresh()
        self.wait(lambda: self.drawn() == self.options.points and self.epoch() == 1, "the epoch survives a reload")
        self.wait(lambda: self.slider("value") == 0)
        self.element("forming-slider").send_keys(Keys.END)
        self.wait(lambda: self.picture(".points") == final)

    def test_what_is_selected_at_an_epoch_or_between_two_comes_back(self):
        selected = lambda: int(self.attribute("selection-badge", "data-count") or 0)  # noqa: E731
        address = lambda: unquote(self.script("return location.hash"))  # noqa: E731
        self.open_map()
        self.element("mode-rectangle").click()
        self.drag((-60, -60), (60, 60))
        self.wait(lambda: selected() > 0)
        for place, (left, top) in ((0, (-140, -30)), (1.37, (-20, 70))):
            self.script("""const slider = document.getElementById("forming-slider");
                slider.value = arguments[0];
                for (const type of ["input", "change"]) slider.dispatchEvent(new Event(type));""", place)
            self.wait(lambda: "epoch=" in address() and self.slider("value") == place)
            before = self.picture(".points")
            self.drag((left, top), (left + 80, top + 60), keys=[Keys.SHIFT])
            self.wait(lambda: self.picture(".points") != before and address().count(";") == (1 if place == 0 else 2))
        count, shown = selected(), self.script(SHOWN)
        self.assertIn(";a@e1@", address())
        self.driver.refresh()
        self.wait(lambda: selected() == count and self.slider("value") == 1.37, "as many points")
        self.wait(lambda: self.script(SHOWN) == shown, "the same, where they were")

    def test_a_pause_between_two_epochs_is_in_the_address(self):
        self.open_map()
        self.element("forming-play").click()
        self.wait(lambda: 0.2 < self.slider("value") < self.slider("max"))
        self.element("forming-play").click()
        where = self.slider("value")
        self.wait(lambda: "epoch=" in self.script("return location.hash"))
        self.driver.refresh()
        self.wait(lambda: abs(self.slider("value") - where) < 0.011)

    def test_a_click_in_the_curves_shows_that_epoch(self):
        self.open_map()
        self.wait(lambda: len(self.marks()) == 3)
        last = self.epoch()
        self.script("""
            const plot = document.querySelector("#forming-curves svg");
            plot.scrollIntoView();
            const { left, top, width, height } = plot.getBoundingClientRect();
            plot.dispatchEvent(new MouseEvent("click", { bubbles: true, clientX: left + width * 0.14, clientY: top + height / 2 }));""")
        self.wait(lambda: 0 < self.epoch() < last)

    def test_play_runs_to_the_end_and_pauses(self):
        self.open_map()
        last = self.epoch()
        self.element("forming-play").click()
        self.wait(lambda: self.attribute("forming-play", "aria-label") == "Pause")
        self.wait(lambda: self.epoch() < last)
        self.element("forming-play").click()
        self.wait(lambda: self.attribute("forming-play", "aria-label") != "Pause")
        where = self.slider("value")
        self.assertLess(where, self.slider("max"))
        self.element("forming-play").click()
        self.wait(lambda: self.slider("value") == self.slider("max"), seconds=40)

    def test_points_move_while_a_job_trains_and_its_model_opens(self):
        job = submit("watched", epochs=4)
        self.open("#tab=training")
        self.wait(lambda: self.driver.find_elements("css selector", f"[data-job='{job}']"))
        card = self.css(f"[data-job='{job}']")
        watch = card.find_element("xpath", ".//button[text()='Watch it form' or text()='How it formed']")
        self.wait(watch.is_displayed)
        watch.click()
        self.wait(lambda: f"job={job}" in self.script("return location.hash"))
        self.wait(lambda: self.epoch() >= 1 and self.drawn() == 2000, seconds=60)
        first, before = self.epoch(), self.picture(".points")
        if first < 4:
            self.wait(lambda: self.epoch() > first, seconds=60)
            self.assertNotEqual(self.picture(".points"), before, "the points have moved")
        self.screenshot("forming-live")
        self.driver.refresh()
        self.wait(lambda: self.epoch() == 4 and self.attribute("watching", "data-status") == "succeeded", "a reload goes on", seconds=60)
        self.wait(lambda: len(self.marks()) == 3)
        self.element("forming-slider").send_keys(Keys.HOME)
        self.wait(lambda: self.epoch() == 1)
        self.wait(lambda: self.drawn() == 2000, "the fitted view has them all")
        before = self.wait(lambda: self.attribute("cursor-picture", "data-sample"), "the nearest point's own image")
        self.assertIn("test image", self.text("cursor-nearest"), "and which it is")
        self.assertIn("Only for a served model", self.css("#manifold-switch ~ .switch-text").text)
        self.point(90, 60).perform()
        self.wait(lambda: self.attribute("cursor-picture", "data-sample") != before)
        self.screenshot("forming-ended")
        self.css("#watching .primary").click()
        self.wait(lambda: self.drawn() == self.options.points)
        self.assertEqual(self.script("return document.getElementById('model-chooser').value"), "watched")
        self.assertEqual(self.driver.find_elements("id", "watching"), [])
        self.wait(lambda: "job=" not in self.script("return location.hash"))

    def test_who_looks_at_an_earlier_epoch_stays_there_and_a_broken_stream_goes_on(self):
        job = submit("stays", epochs=60)
        try:
            self.open(f"#job={job}")
            self.wait(lambda: self.slider("max") >= 1 and self.epoch() >= 2, seconds=60)
            self.element("forming-slider").send_keys(Keys.HOME)
            self.wait(lambda: self.epoch() == 1)
            self.offline(True)
            before = self.slider("max")
            self.offline(False)
            self.wait(lambda: self.slider("max") > before + 1, "epochs go on coming", seconds=60)
            self.assertEqual((self.epoch(), self.slider("value")), (1, 0))
            self.assertTrue(self.element("watching").is_displayed())
        finally:
            call("POST", f"/v1/jobs/{job}/cancel")
        self.forgive("ERR_INTERNET_DISCONNECTED")
        self.forgive("ERR_NETWORK_CHANGED")

    def test_a_job_that_is_not_there_leaves_the_model(self):
        self.open("#job=job_00000000000000000000000000")
        self.wait(lambda: self.drawn() == self.options.points)
        self.assertTrue(self.element("notice").is_displayed())
        self.assertEqual(self.driver.find_elements("id", "watching"), [])
        self.wait(lambda: "job=" not in self.script("return location.hash"))
        self.forgive("404")


if __name__ == "__main__":
    run_tests(__doc__, Forming)
