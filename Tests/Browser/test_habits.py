#!/usr/bin/python3
"""What holds for the whole page: for everybody who uses it, on every screen, with a daemon that comes and goes.

    /usr/bin/python3 Tests/Browser/test_habits.py --url http://127.0.0.1:8080 --screenshots DIR
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import accessibility  # noqa: E402
from browser import PageTest, run_tests  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

PARTS = ("map", "training", "model")


class Everybody(PageTest):
    def parts(self):
        """Shows one part after the other, with everything in it unfolded."""
        self.open_map()
        for part in PARTS:
            self.element(f"tab-{part}").click()
            self.wait(lambda: self.element(f"panel-{part}").is_displayed())
            if part == "training":
                self.wait(lambda: self.script("return document.querySelectorAll('#field-dataset option').length > 0"))
            if part == "model":
                self.wait(lambda: self.script("return document.querySelectorAll('#model-curves svg').length >= 3"))
            self.script("for (const fold of document.querySelectorAll('.panel:not([hidden]) details')) fold.open = true")
            self.wait(lambda: self.script("return [...document.querySelectorAll('.previews')].every((list) => !list.checkVisibility() || list.dataset.shown)"))
            yield part

    def check(self, look):
        found = {}
        for part in self.parts():
            self.screenshot(f"whole-{look}-{part}")
            wrong = accessibility.problems(self.driver)
            if wrong:
                found[part] = wrong
        self.assertEqual(found, {}, json.dumps(found, indent=1, ensure_ascii=False))

    def test_everything_is_named_reachable_and_readable_in_light(self):
        self.check("light")

    def test_everything_is_named_reachable_and_readable_in_dark(self):
        self.dark(True)
        self.check("dark")

    def test_everything_is_named_reachable_and_readable_at_360_pixels(self):
        self.resize(360, 740)
        self.check("360")

    def test_everything_is_named_reachable_and_readable_at_800_pixels_in_dark(self):
        self.resize(800, 900)
        self.dark(True)
        self.check("800-dark")

    def test_the_focus_is_seen_wherever_the_tab_key_leads(self):
        self.open_map()
        for part in PARTS:
            self.element(f"tab-{part}").click()
            self.wait(lambda: self.element(f"panel-{part}").is_displayed())
            self.script("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
            press = lambda: ActionChains(self.driver).send_keys(Keys.TAB).perform()  # noqa: E731
            seen, invisible = accessibility.focus_walk(self.driver, press)
            self.assertEqual(invisible, [], part)
            self.assertGreaterEqual(len(seen), 4, part)


class Choices(PageTest):
    def box(self, identifier):
        """Where it is on the screen."""
        return self.script("return document.getElementById(arguments[0]).getBoundingClientRect().toJSON()", identifier)

    def ground(self):
        return self.script("return getComputedStyle(document.body).backgroundColor")

    def test_light_and_dark_can_be_chosen_and_stay(self):
        self.open_map()
        light, points = self.ground(), self.picture(".points")
        self.dark(True)
        self.wait(lambda: self.ground() != light, "the system's choice holds at first")
        dark = self.ground()
        button = self.element("scheme")
        button.click()
        self.assertEqual(button.get_attribute("data-scheme"), "light")
        self.wait(lambda: self.ground() == light)
        self.wait(lambda: self.picture(".points") == points, "the canvases follow")
        self.driver.refresh()
        self.wait(lambda: self.drawn() == self.options.points and self.ground() == light, "it survives a reload")
        self.dark(False)
        self.element("scheme").click()
        self.wait(lambda: self.ground() == dark)
        self.screenshot("dark-chosen")
        self.script("localStorage.removeItem('latentd.scheme')")

    def test_the_tour_comes_once_and_can_be_shown_again(self):
        self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": self.driver.tour_seen})
        self.open_map()
        self.script("localStorage.removeItem('latentd.tour')")
        self.driver.refresh()
        self.wait(lambda: self.driver.find_elements("id", "tour"), "it comes by itself")
        titles = set()
        for step in range(1, 5):
            self.assertEqual(self.attribute("tour", "data-step"), str(step))
            titles.add(self.text("tour-title"))
            box = self.box("tour")
            self.assertTrue(box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= 1360 and box["y"] + box["height"] <= 860, box)
            self.assertEqual(len(self.driver.find_elements("css selector", ".tour-target")), 1)
            self.screenshot(f"tour-{step}")
            self.css("#tour .primary").click()
        self.assertEqual(len(titles), 4)
        self.assertEqual(self.driver.find_elements("id", "tour"), [])
        self.driver.refresh()
        self.wait(lambda: self.drawn() == self.options.points)
        self.assertEqual(self.driver.find_elements("id", "tour"), [])
        self.resize(360, 740)
        self.element("help").click()
        self.wait(lambda: self.driver.find_elements("id", "tour"))
        box = self.box("tour")
        self.assertTrue(box["x"] >= 0 and box["x"] + box["width"] <= 360, box)
        self.screenshot("tour-360")
        ActionChains(self.driver).send_keys(Keys.ESCAPE).perform()
        self.wait(lambda: not self.driver.find_elements("id", "tour"))
        self.assertEqual(self.script("return document.activeElement.id"), "help")

    def test_a_link_to_another_view_is_followed(self):
        self.open_map()
        self.script("location.hash = '#model=mnist-2d&view=1,1,500'")
        zoomed = lambda: self.script("document.getElementById('zoom-in').click(); return location.hash")
        self.wait(lambda: re.search(r"view=1(,|%2C)1(,|%2C)\d{3,}", zoomed()), "zooming goes on from the link's view")
        self.script("location.hash = '#model=mnist-2d'")
        self.wait(lambda: "view" not in self.script("return location.hash") and self.drawn() == self.options.points)

    def test_the_keyboard_alone_goes_from_part_to_part(self):
        self.open_map()
        self.element("tab-map").send_keys(Keys.END)
        self.wait(lambda: self.element("panel-model").is_displayed())
        self.element("tab-model").send_keys(Keys.HOME)
        self.wait(lambda: self.element("panel-map").is_displayed())
        self.element("skip").send_keys(Keys.ENTER)
        self.assertTrue(self.script("return document.activeElement.closest('#panel-map') !== null"))


class Daemon(PageTest):
    """What comes from the daemon, or does not. Losses are in test_losses.py."""

    def intercept(self, code):
        """Runs before the page's scripts: `code` may replace fetch. Gone after the test."""
        script = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": f"""
            if (location.protocol.startsWith("http")) {{
                const answer = (status, body) => new Response(JSON.stringify(body), {{ status, headers: {{ "Content-Type": "application/json" }} }});
                const real = window.fetch.bind(window);
                {code}
            }}"""})
        self.addCleanup(self.driver.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", {"identifier": script["identifier"]})

    def test_names_with_markup_remain_text(self):
        self.intercept("""
            const evil = "<img src=x onerror=window.broken=1>";
            window.fetch = async (path, options) => {
                const response = await real(path, options);
                if (path !== "/v1/datasets" && !String(path).startsWith("/v1/jobs?")) return response;
                const body = await response.json();
                if (path === "/v1/datasets") body.data.push({ ...body.data[0], name: "mnist" });
                for (const one of body.data) Object.assign(one, { title: evil, label_names: Array(10).fill(evil), status_reason: evil, error: one.error && { code: "x", message: evil } });
                if (path.startsWith("/v1/jobs?")) body.data.push({ id: "job_0", name: evil, status: "failed", dataset: evil, model: evil, training: {}, pruned: [], error: { code: "diverged", message: evil }, attempt: 1 });
                return new Response(JSON.stringify(body), response);
            };""")
        self.open_map()
        self.wait(lambda: "<img" in self.text("legend"))
        self.element("tab-training").click()
        self.wait(lambda: "<img" in self.text("jobs") and "<img" in self.text("datasets"))
        self.screenshot("markup")
        self.assertEqual(self.script("return document.querySelectorAll('img[src=x]').length"), 0)
        self.assertFalse(self.script("return Boolean(window.broken)"))

    def test_what_is_typed_and_shown_survives_the_loss_of_the_daemon(self):
        self.open_training()
        self.fill("name", "kept")
        self.fill("epochs", "7")
        self.offline(True)
        self.element("form-submit").click()
        self.wait(lambda: self.element("connection").is_displayed())
        self.assertEqual(self.attribute("field-name", "value"), "kept")
        self.offline(False)
        self.wait(lambda: not self.element("connection").is_displayed())
        self.assertEqual(self.attribute("field-name", "value"), "kept")
        self.driver.refresh()
        self.wait(lambda: self.attribute("field-epochs", "value") == "7")
        self.element("form-reset").click()
        self.assertEqual(self.attribute("field-epochs", "value"), "")
        self.forgive("ERR_INTERNET_DISCONNECTED")


if __name__ == "__main__":
    run_tests(__doc__, Everybody, Choices, Daemon)
