#!/usr/bin/python3
"""The page in a real headless Chromium, against a running daemon.

    /usr/bin/python3 Tests/Browser/test_page.py --url http://127.0.0.1:8080 --screenshots DIR

Needs Debian's chromium, chromium-driver and python3-selenium. Every wait is for a condition.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from browser import PageTest, run_tests  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402


class Map(PageTest):
    def test_every_point_is_drawn_and_in_colour(self):
        self.open_map()
        self.assertEqual(self.drawn(), self.options.points)
        covered, colours = self.script("""
            const canvas = document.querySelector(".points");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const colours = new Set();
            let covered = 0;
            for (let i = 0; i < data.length; i += 4) {
                if (data[i + 3] === 0) continue;
                covered += 1;
                colours.add((data[i] >> 5) * 64 + (data[i + 1] >> 5) * 8 + (data[i + 2] >> 5));
            }
            return [covered, colours.size];""")
        self.assertGreater(covered, self.options.points)
        self.assertGreater(colours, 10)
        self.screenshot("map-light")
        self.dark(True)
        self.screenshot("map-dark")

    def test_the_image_under_the_cursor_follows(self):
        self.open_map()
        pictures = set()
        for right, down in ((-160, -40), (40, 60), (170, -60)):
            before = self.script("return document.getElementById('cursor-picture').dataset.latent")
            self.point(right, down).perform()
            self.wait(lambda: self.script("return document.getElementById('cursor-picture').dataset.latent") != before)
            pictures.add(self.script("return document.getElementById('cursor-picture').toDataURL()"))
        self.assertEqual(len(pictures), 3, "three places decode to three images")
        self.assertRegex(self.text("cursor-latent"), r"^.?\d+\.\d+, .?\d+\.\d+$")
        self.assertIn("test image", self.text("cursor-nearest"))

    def test_wheel_drag_and_keys_move_the_view(self):
        self.open_map()
        origin = ScrollOrigin.from_element(self.element("map"), 120, -60)
        ActionChains(self.driver).scroll_from_origin(origin, 0, -900).perform()
        self.wait(lambda: 0 < self.drawn() < self.options.points)
        zoomed = self.picture(".points")
        self.point(0, 0).click_and_hold().move_by_offset(60, 40).release().perform()
        self.wait(lambda: self.picture(".points") != zoomed)
        self.assertEqual(self.text("path-hint")[:15], "Click two place", "a drag picks nothing")
        self.wait(lambda: "view=" in self.script("return location.hash"), "the view lives in the address")
        self.element("map").send_keys("0")
        self.wait(lambda: self.drawn() == self.options.points)
        for key in ("+", Keys.ARROW_LEFT, Keys.ARROW_UP):
            before = self.picture(".points")
            self.element("map").send_keys(key)
            self.wait(lambda: self.picture(".points") != before)
        outline = self.script("return getComputedStyle(document.activeElement).outlineStyle")
        self.assertNotEqual(outline, "none", "the focus is visible")

    def test_the_manifold_is_drawn_behind_the_points(self):
        self.open_map()
        plain = self.picture(".paper")
        self.switch("manifold-switch")
        self.wait(lambda: self.attribute("map", "data-manifold") == "shown")
        self.wait(lambda: self.picture(".paper") != plain)
        self.screenshot("manifold")
        shown = self.picture(".paper")
        ActionChains(self.driver).scroll_from_origin(ScrollOrigin.from_element(self.element("map")), 0, -400).perform()
        self.wait(lambda: self.picture(".paper") != shown)
        self.element("zoom-fit").click()
        self.switch("manifold-switch")
        self.wait(lambda: self.picture(".paper") == plain)

    def test_the_manifold_has_y_upwards(self):
        """The grid's first tile is its upper left corner: x0 and y1."""
        self.open_map()
        difference = self.driver.execute_async_script("""
            const done = arguments[arguments.length - 1];
            (async () => {
                const model = document.getElementById("model-chooser").value;
                const api = await import("/scripts/api.js");
                const tiles = await createImageBitmap(await api.manifold(model, { columns: 2, rows: 2, x0: -2, x1: 2, y0: -1, y1: 1.5 }));
                const { shape: [, , height, width], values } = await api.decode(model, [[-2, 1.5]]);
                const context = new OffscreenCanvas(tiles.width, tiles.height).getContext("2d");
                context.drawImage(tiles, 0, 0);
                const { data } = context.getImageData(0, 0, width, height);
                let worst = 0;
                for (let i = 0; i < width * height; i += 1) worst = Math.max(worst, Math.abs(data[4 * i] - values[i] * 255));
                return worst;
            })().then(done, (error) => done(String(error)));""")
        self.assertIsInstance(difference, (int, float), difference)
        self.assertLess(difference, 3)

    def test_the_legend_filters(self):
        self.open_map()
        buttons = self.driver.find_elements("css selector", "#legend [data-label]")
        self.assertEqual(len(buttons), 10)
        count = int(buttons[3].accessible_name.split(", ")[-1].split()[0])
        buttons[3].click()
        self.wait(lambda: self.drawn() == self.options.points - count)
        self.assertEqual(buttons[3].get_attribute("aria-pressed"), "false")
        self.wait(lambda: "hide=3" in self.script("return location.hash"))
        self.driver.refresh()
        self.wait(lambda: self.drawn() == self.options.points - count, "the filter survives a reload")
        self.css("#legend .quiet").click()
        self.wait(lambda: self.drawn() == self.options.points)

    def test_the_forming_of_the_space_moves_the_points(self):
        self.open_map()
        if not self.element("forming").is_displayed():
            self.skipTest("this model kept no earlier maps")
        final = self.picture(".points")
        self.element("forming-slider").send_keys(Keys.HOME)
        self.wait(lambda: self.picture(".points") != final)
        self.assertEqual(self.attribute("forming-slider", "aria-valuetext"), "epoch 1")
        self.screenshot("forming-first-epoch")
        self.element("forming-slider").send_keys(Keys.END)
        self.wait(lambda: self.picture(".points") == final)


class Training(PageTest):
    def test_an_error_of_the_daemon_is_shown_at_its_field(self):
        self.open_training()
        self.fill("epochs", "0")
        self.element("form-submit").click()
        self.wait(lambda: self.element("error-epochs").is_displayed())
        self.assertIn("0", self.text("error-epochs"))
        self.assertEqual(self.attribute("field-epochs", "aria-invalid"), "true")
        self.screenshot("form-error")
        self.forgive("422")

    def test_a_job_is_submitted_shown_and_cancelled(self):
        self.open_training()
        card = self.submit("browser-test", epochs=40)
        self.wait(lambda: card().get_attribute("data-status") in ("queued", "running"))
        self.screenshot("job")
        card().find_element("xpath", ".//button[text()='Cancel']").click()
        self.element("confirm-yes").click()
        self.wait(lambda: card().get_attribute("data-status") == "cancelled", seconds=60)


class Habits(PageTest):
    def test_the_model_tab_shows_facts_and_curves(self):
        self.open_map()
        self.element("tab-map").send_keys(Keys.ARROW_RIGHT, Keys.NULL)
        self.wait(lambda: self.element("panel-training").is_displayed())
        self.element("tab-training").send_keys(Keys.ARROW_RIGHT)
        self.wait(lambda: len(self.driver.find_elements("css selector", "#model-curves .line, #model-curves .single")) >= 3)
        self.assertIn("Parameters", self.text("model-facts"))
        self.screenshot("model")

    def test_360_pixels_need_no_sideways_scrolling(self):
        self.resize(360, 740)
        self.open_map()
        for part in ("map", "training", "model"):
            self.element(f"tab-{part}").click()
            self.wait(lambda: self.element(f"panel-{part}").is_displayed())
            self.assertEqual(self.script("return document.documentElement.scrollWidth"), 360, part)
            self.screenshot(f"narrow-{part}")

    def test_every_control_has_a_name(self):
        self.open_map()
        for part in ("map", "training", "model"):
            self.element(f"tab-{part}").click()
            for control in self.driver.find_elements("css selector", "button, input, select, [tabindex='0'], canvas[role=img]"):
                if self.script("return arguments[0].checkVisibility()", control):
                    self.assertTrue(control.accessible_name, control.get_attribute("outerHTML"))

    def test_the_page_says_that_the_daemon_is_gone_and_recovers(self):
        self.open_map()
        self.offline(True)
        self.point(50, 50).perform()
        self.wait(lambda: self.element("connection").is_displayed())
        self.assertIn("latentd serve", self.text("connection"))
        self.screenshot("daemon-gone")
        self.offline(False)
        self.wait(lambda: not self.element("connection").is_displayed())
        self.wait(lambda: self.drawn() == self.options.points)
        self.forgive("ERR_INTERNET_DISCONNECTED")

    def test_nothing_but_the_daemon_is_trusted(self):
        policy = self.fetch_header("/", "Content-Security-Policy")
        self.assertIn("default-src 'self'", policy or "")
        self.assertNotIn("unsafe", policy)
        self.assertEqual(self.fetch_header("/", "X-Content-Type-Options"), "nosniff")


if __name__ == "__main__":
    run_tests(__doc__, Map, Training, Habits)
