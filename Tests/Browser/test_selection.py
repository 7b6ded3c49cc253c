#!/usr/bin/python3
"""Selecting on the map: rectangle, lasso, keyboard and touch, the images of what is selected, and its export.

    /usr/bin/python3 Tests/Browser/test_selection.py --url http://127.0.0.1:8080 --screenshots DIR

Needs what test_page.py needs, and the dataset that Tests/EndToEnd/with_daemon.py draws.
"""
import csv
import json
import os
import sys
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import small_model  # noqa: E402
from browser import PageTest, run_tests  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

# A map of a million points, ten round heaps, in place of the daemon's.
MILLION = """
    const daemon = window.fetch;
    window.fetch = async (path, options) => {
        if (!/^\\/v1\\/models\\/[^/]+\\/map$/.test(path)) return daemon(path, options);
        const count = 1e6;
        const bytes = new Uint8Array(9 * count);
        const places = new Float32Array(bytes.buffer, 0, 2 * count);
        let state = 1;
        const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
        for (let i = 0; i < count; i += 1) {
            const label = i % 10;
            const away = Math.sqrt(-0.3 * Math.log(random())), turn = 2 * Math.PI * random();
            places[2 * i] = 2 * Math.cos(label) + away * Math.cos(turn);
            places[2 * i + 1] = 2 * Math.sin(label) + away * Math.sin(turn);
            bytes[8 * count + i] = label;
        }
        return new Response(bytes, { headers: { "X-Shape": `${count},2`, "X-Epoch": "72" } });
    };"""
# A map of these places, all of label 0, whose name has markup in it.
FEW = """
    const places = %s;
    const daemon = window.fetch;
    window.fetch = async (path, options) => {
        if (path === "/v1/datasets") {
            return Response.json({ data: [{ name: "mnist", splits: { train: 1, test: 0 }, label_names: ["<b>bold</b>", "=1+1"] }] });
        }
        if (!/^\\/v1\\/models\\/[^/]+\\/map$/.test(path)) return daemon(path, options);
        const bytes = new Uint8Array(9 * places.length);
        new Float32Array(bytes.buffer, 0, 2 * places.length).set(places.flat());
        return new Response(bytes, { headers: { "X-Shape": `${places.length},2`, "X-Epoch": "72" } });
    };"""
# The maps of epochs fail for a moment, until the page sets `there`.
BUSY_EPOCHS = """
    const daemon = window.fetch;
    window.fetch = async (path, options) => {
        if (!String(path).includes("/map?epoch=") || window.there) return daemon(path, options);
        return Response.json({ error: { code: "busy", message: "Too much at once." } }, { status: 503 });
    };"""
EVERYWHERE = "-99,-99,99,-99,0,99"
GREYS = """
    const canvas = document.querySelector(".points");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [greys, colours] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] === 0) continue;
        const range = Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]);
        if (range < 40) greys += 1; else colours += 1;
    }
    return [greys, colours];"""


class Selecting(PageTest):
    def selected(self):
        return int(self.script("const badge = document.getElementById('selection-badge'); return badge.hidden ? 0 : badge.dataset.count"))

    def address(self):
        return self.script("return location.hash")

    def loaded(self):
        """How many images the grid shows, once all of them are there."""
        text = self.script("return document.getElementById('selection-grid')?.dataset.loaded")
        return len(text.split(",")) if text else 0

    def test_a_rectangle_selects_and_survives_a_reload(self):
        self.open_map()
        self.element("mode-rectangle").click()
        self.assertEqual(self.attribute("mode-rectangle", "aria-pressed"), "true")
        self.drag((-150, -120), (100, 40))
        self.wait(lambda: 0 < self.selected() < self.options.points)
        first = self.selected()
        greys, colours = self.script(GREYS)
        self.assertGreater(greys, 1000, "the others are grey")
        self.assertGreater(colours, 1000)
        self.assertEqual(self.drawn(), self.options.points)
        self.wait(lambda: "sel=" in self.address() and "tool=rectangle" in self.address())
        self.drag((110, 50), (180, 120), keys=[Keys.SHIFT])
        self.wait(lambda: self.selected() > first)
        both = self.selected()
        self.drag((-150, -120), (0, 0), keys=[Keys.ALT])
        self.wait(lambda: self.selected() < both)
        left = self.selected()
        self.screenshot("selection")
        self.wait(lambda: self.address().count("%3B") == 2, "three steps in the address")
        self.driver.refresh()
        self.wait(lambda: self.selected() == left, "the same points after a reload")
        self.wait(lambda: self.element("selection-clear").is_displayed(), "the section is open after a reload")
        self.switch("context-switch")
        self.wait(lambda: self.drawn() == left, "the others are gone")
        self.switch("context-switch")
        self.element("selection-invert").click()
        self.wait(lambda: self.selected() == self.options.points - left)
        self.element("selection-clear").click()
        self.wait(lambda: self.selected() == 0 and "sel=" not in self.address())

    def test_what_can_never_be_had_is_taken_back_in_words(self):
        for plane, told in (("3.7", "on dimensions 3 and 7"), ("e999", "at epoch 999"), ("e.", None)):
            self.open(f"#model={self.options.model}&tool=rectangle&sel=a@{plane}@{EVERYWHERE};a-0.5,-0.5,0.5,-0.5,0,0.5")
            self.wait(lambda: 0 < self.selected() < self.options.points, "the other step")
            if told:
                self.wait(lambda: told in self.text("notice-text"))
                self.wait(lambda: "%40" not in self.address() and "@" not in self.address())
            before = self.selected()
            self.drag((-150, -120), (100, 40), keys=[Keys.SHIFT])
            self.wait(lambda: self.selected() > before, "what is added is selected")
            self.wait(lambda: self.address().count("%3B") == 1 and "%40" not in self.address())

    def test_what_cannot_be_had_at_the_moment_stays_in_the_address(self):
        script = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": BUSY_EPOCHS})
        self.addCleanup(self.driver.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", script)
        self.open(f"#model={self.options.model}&tool=rectangle&sel=a@e1@{EVERYWHERE}")
        self.wait(lambda: "Too much at once" in self.text("notice-text"))
        self.assertRegex(self.address(), "sel=a(@|%40)e1(@|%40)")  # as typed, or as the page has written it since
        self.script("window.there = true")
        self.drag((-50, -50), (50, 50), keys=[Keys.SHIFT])
        self.wait(lambda: self.selected() == self.options.points, "the next step asks again")

    def test_a_lasso_follows_the_hand_and_the_filter(self):
        self.open_map()
        self.element("map").send_keys("l")
        self.assertEqual(self.attribute("mode-lasso", "aria-pressed"), "true")
        self.drag((-150, -60), (-90, -120), (20, -130), (90, -40), (40, 60), (-100, 50))
        self.wait(lambda: self.selected() > 100)
        before = self.selected()
        self.wait(lambda: self.driver.find_elements("id", "selection-text"))
        told = self.text("selection-text")
        self.assertIn(f"{before:,} of {self.options.points:,} points", told)
        label = told.split(": ")[1].split(" (")[0]
        self.css(f"#legend [data-label='{label}']").click()
        self.wait(lambda: 0 < self.selected() < before, "hidden points do not count")
        self.css("#legend .quiet").click()
        self.wait(lambda: self.selected() == before)
        self.drag((-400, 150), (-400, 150))
        self.wait(lambda: self.selected() == 0, "a click on nothing clears")

    def test_the_keyboard_selects(self):
        self.open_map()
        frame = self.element("map")
        frame.send_keys("r", Keys.ENTER, *[Keys.ARROW_RIGHT] * 2, *[Keys.ARROW_UP] * 2, Keys.ENTER)
        self.wait(lambda: self.selected() > 0)
        rectangle = self.selected()
        frame.send_keys("l", Keys.ENTER, Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ENTER, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER)
        frame.send_keys(" ")
        self.wait(lambda: self.selected() not in (0, rectangle))
        frame.send_keys(Keys.ESCAPE)
        self.wait(lambda: self.selected() == 0)
        self.element("mode-lasso").send_keys(Keys.ARROW_LEFT)
        self.assertEqual(self.attribute("mode-rectangle", "aria-pressed"), "true")
        self.assertEqual(self.script("return document.activeElement.id"), "mode-rectangle")

    def test_a_finger_selects_and_two_move_the_map(self):
        self.resize(360, 740)
        self.open_map()
        self.element("mode-lasso").click()
        box = self.script("const b = document.getElementById('map').getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]")
        corners = [(-60, -60), (60, -60), (60, 60), (-60, 60)]
        self.touch([[(box[0] + right, box[1] + down)] for right, down in corners])
        self.wait(lambda: self.selected() > 100)
        one = self.selected()
        self.wait(lambda: self.driver.find_elements("css selector", "input[name=selection-operation]"))
        self.css("input[name=selection-operation][value=remove]").find_element("xpath", "..").click()
        self.script("window.scrollTo(0, 0)")
        self.touch([[(box[0] + right / 2, box[1] + down / 2)] for right, down in corners])
        self.wait(lambda: 0 < self.selected() < one, "the button takes the place of Alt")
        self.screenshot("selection-narrow")
        two = self.selected()
        view = self.picture(".points")
        self.touch([[(box[0] - 30 - 10 * step, box[1]), (box[0] + 30 + 10 * step, box[1])] for step in range(5)])
        self.wait(lambda: self.picture(".points") != view)
        self.assertEqual(self.selected(), two, "a pinch selects nothing")
        self.assertEqual(self.script("return document.documentElement.scrollWidth"), 360)

    def touch(self, steps):
        """Fingers at the places of each step in turn, in the window's pixels."""
        for kind, places in [("touchStart", steps[0]), *[("touchMove", step) for step in steps[1:]], ("touchEnd", [])]:
            points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
            self.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def test_images_and_reconstructions_are_paged(self):
        name = small_model.train(self.options.url, 2)
        self.open(f"#model={name}&open=selection&tool=rectangle")
        self.wait_for_tools()
        self.wait(lambda: self.drawn() > 100)
        self.drag((-400, -180), (400, 220))
        self.wait(lambda: self.loaded() == 18)
        pictures = self.script("""return [...document.querySelectorAll("#selection-grid .sample")].map((cell) =>
            [...cell.querySelectorAll("canvas")].map((canvas) => {
                const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
                return data.reduce((sum, value, i) => sum + (i % 4 === 0 ? value : 0), 0) / 784;
            }))""")
        self.assertTrue(all(picture[0] > 5 and picture[1] > 5 for picture in pictures), pictures)
        self.screenshot("selection-grid")
        shown = self.attribute("selection-grid", "data-loaded")
        self.assertFalse(self.element("selection-back").is_enabled())
        self.element("selection-on").click()
        self.wait(lambda: self.loaded() == 18 and self.attribute("selection-grid", "data-loaded") != shown)
        self.element("selection-back").click()
        self.wait(lambda: self.attribute("selection-grid", "data-loaded") == shown)
        daemon_says = small_model.call(self.options.url, f"/v1/models/{name}/map")
        first = int(shown.split(",")[0])
        title = self.css("#selection-grid .sample").get_attribute("title")
        self.assertEqual(title, f"test image {first}, {daemon_says['label'][first]}")

    def test_without_the_dataset_the_reconstructions_are_there(self):
        known = [dataset["name"] for dataset in small_model.call(self.options.url, "/v1/datasets")["data"]]
        if "mnist" in known:
            self.skipTest("this daemon has the dataset")
        self.open(f"#model={self.options.model}&open=selection&tool=rectangle")
        self.wait_for_tools()
        self.wait(lambda: self.drawn() == self.options.points)
        self.drag((-100, -100), (100, 100))
        self.wait(lambda: self.loaded() == 18)
        self.assertIn("does not have the images of mnist", self.text("selection-panel"))
        self.screenshot("selection-without-images")

    def test_the_selection_is_exported(self):
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": self.folder.name})
        self.open_map()
        self.element("mode-rectangle").click()
        self.drag((-150, -120), (100, 40))
        self.wait(lambda: self.selected() > 0)
        count = self.selected()
        self.wait(lambda: self.element("export-csv").is_displayed())
        content = {kind: self.download(kind) for kind in ("csv", "json", "png", "svg")}
        rows = list(csv.DictReader(content["csv"].decode().splitlines()))
        self.assertEqual(len(rows), count)
        self.assertEqual(list(rows[0]), ["index", "label", "name", "x", "y"])
        told = json.loads(content["json"])
        self.assertEqual([point["index"] for point in told["points"]], [int(row["index"]) for row in rows])
        self.assertEqual(told["model"], self.options.model)
        self.assertEqual(content["png"][:8], b"\x89PNG\r\n\x1a\n")
        drawing = xml.etree.ElementTree.fromstring(content["svg"])
        circles = drawing.findall(".//{http://www.w3.org/2000/svg}circle")
        self.assertEqual(len(circles), self.options.points)
        self.assertEqual(len([circle for circle in circles if circle.get("fill")]), count)

    def download(self, kind):
        path = os.path.join(self.folder.name, f"{self.options.model}-selection.{kind}")
        self.element(f"export-{kind}").click()
        self.wait(lambda: os.path.exists(path) and os.path.getsize(path) > 0, kind)
        with open(path, "rb") as file:
            return file.read()

    def test_no_point_one_point_and_all_at_one_place(self):
        for places in ([], [[0.5, 0.5]], [[1, 1]] * 40):
            script = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": FEW % json.dumps(places)})
            try:
                self.open(f"#model={self.options.model}&tool=lasso&open=selection,tray")
                self.wait_for_tools()
                self.wait(lambda: self.attribute("map", "data-points") == str(len(places)))
                self.wait(lambda: self.driver.find_elements("id", "selection-text"))
                self.drag((-80, -80), (80, -80), (80, 80), (-80, 80))
                self.wait(lambda: self.selected() == len(places))
                if places:
                    self.wait(lambda: self.loaded() == min(18, len(places)), "reconstructions of what is there")
                    self.assertIn("<b>bold</b>", self.text("selection-text"))
                self.element("map").send_keys("t", Keys.ENTER)
                self.wait(lambda: self.driver.find_elements("css selector", "#tray-terms li"), "the place, where there is no point")
                self.element("map").send_keys("r")
                self.drag((-300, -100), (-250, -50))
                self.wait(lambda: self.selected() == 0)
            finally:
                self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)

    def test_it_goes_on_when_the_daemon_comes_back(self):
        self.open(f"#model={self.options.model}&tool=rectangle&open=selection")
        self.wait_for_tools()
        self.wait(lambda: self.drawn() == self.options.points)
        self.wait(lambda: self.driver.find_elements("id", "selection-text"))
        self.offline(True)
        self.drag((-100, -100), (100, 100))
        self.wait(lambda: self.selected() > 0, "selecting needs no daemon")
        count = self.selected()
        self.wait(lambda: self.element("connection").is_displayed())
        self.offline(False)
        self.wait(lambda: not self.element("connection").is_displayed())
        self.wait(lambda: self.loaded() == 18 and self.selected() == count)
        self.forgive("ERR_INTERNET_DISCONNECTED")

    def test_a_million_points_are_selected_within_a_frame(self):
        script = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": MILLION})
        try:
            self.open(f"#model={self.options.model}&tool=lasso")
            self.wait_for_tools()
            self.wait(lambda: self.drawn() == 1_000_000)
            self.script("""
                window.took = [];
                document.getElementById("map").addEventListener("pointerup", () => {
                    const began = performance.now();
                    requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - began)));
                }, { capture: true });""")
            for half in (60, 90, 120, 150):
                self.drag((-half, -half), (half, -half), (half, half), (0, half // 2), (-half, half))
                self.wait(lambda: self.script("return window.took.length") == (60, 90, 120, 150).index(half) + 1)
            self.wait(lambda: 10_000 < self.selected() < 1_000_000)
            self.screenshot("selection-million")
            took = sorted(self.script("return window.took"))
            print(f"\na million points selected and drawn in {', '.join(f'{ms:.0f}' for ms in took)} ms")
            self.assertLess(took[0], 250)
        finally:
            self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


if __name__ == "__main__":
    run_tests(__doc__, Selecting)
