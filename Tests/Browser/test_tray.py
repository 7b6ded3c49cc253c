#!/usr/bin/python3
"""The arithmetic tray: points, places, images and named vectors added up, and what becomes of the sum.

    /usr/bin/python3 Tests/Browser/test_tray.py --url http://127.0.0.1:8080 --screenshots DIR

Needs what test_page.py needs, and the dataset that Tests/EndToEnd/with_daemon.py draws.
"""
import os
import sys
import urllib.error

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import small_model  # noqa: E402
from browser import PageTest, run_tests  # noqa: E402
from png import grey_png  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402


class Arithmetic(PageTest):
    def terms(self):
        return len(self.driver.find_elements("css selector", "#tray-terms li"))

    def sum(self):
        """The sum's latent as the page has it, or None."""
        text = self.script("return document.getElementById('tray-picture')?.dataset.latent")
        return [float(value) for value in text.split(",")] if text else None

    def daemon_sum(self, *terms, model=None):
        body = {"terms": [{"weight": weight, "point": point} for weight, point in terms], "nearest": 1}
        return small_model.call(self.options.url, f"/v1/models/{model or self.options.model}/arithmetic", body)

    def wait_for_sum(self, expected):
        self.wait(lambda: (sum := self.sum()) and all(abs(a - b) < 1e-3 for a, b in zip(sum, expected)), f"{expected} but {self.sum()}")

    def test_points_of_the_map_are_added_up(self):
        places = small_model.call(self.options.url, f"/v1/models/{self.options.model}/map")["latent"]
        self.open_map()
        self.element("mode-take").click()
        self.point(-120, -40).click().perform()
        self.wait(lambda: self.terms() == 1 and self.sum())
        self.point(60, -100).click().perform()
        self.wait(lambda: self.terms() == 2)
        self.wait(lambda: "tray=" in self.script("return location.hash"))
        names = [element.text for element in self.driver.find_elements("css selector", "#tray-terms .term-name")]
        indices = [int(name.split("(")[1].rstrip(")")) for name in names]
        expected = [sum(places[index][axis] for index in indices) for axis in (0, 1)]
        self.wait_for_sum(expected)
        told = self.daemon_sum((1, {"latent": places[indices[0]]}), (1, {"latent": places[indices[1]]}))
        facts = self.text("tray-facts")
        self.assertIn(f"{told['norm']:.2f}", facts)
        self.assertIn(f"{told['percentile']:.1f} %", facts)
        self.assertIn(f"(image {told['nearest'][0]['index']})", facts)
        self.assertIn(f"{told['distance']:.2f}", facts)
        self.script("document.getElementById('tool-tray').scrollIntoView()")
        self.screenshot("tray")
        self.driver.find_element("css selector", "#tray-terms li:last-child button").click()
        self.wait_for_sum([places[indices[0]][axis] - places[indices[1]][axis] for axis in (0, 1)])
        weight = self.css("#tray-terms li input")
        weight.clear()
        weight.send_keys("0.5")
        half = [0.5 * places[indices[0]][axis] - places[indices[1]][axis] for axis in (0, 1)]
        self.wait_for_sum(half)
        self.wait(lambda: "tray=0.5*s" in self.script("return location.hash"))
        self.driver.refresh()
        self.wait_for_sum(half)
        self.wait_for_frame()  # the marks are drawn after the sum is told
        with_sum = self.picture(".marks")
        self.element("tray-clear").click()
        self.wait(lambda: self.terms() == 0 and self.picture(".marks") != with_sum, "the sum is gone from the map")
        self.wait(lambda: "tray=" not in self.script("return location.hash"))

    def test_a_point_is_dragged_and_the_keyboard_takes_one(self):
        self.resize(1360, 1400)
        self.open(f"#model={self.options.model}&open=tray&tool=take")
        self.wait_for_tools()
        self.wait(lambda: self.drawn() == self.options.points)
        self.wait(lambda: self.driver.find_elements("id", "tray-terms"))
        tray = self.css("#tool-tray summary")
        ActionChains(self.driver, duration=30).move_to_element_with_offset(self.element("map"), -60, -30).click_and_hold() \
            .move_by_offset(200, 20).move_to_element(tray).perform()
        self.wait(lambda: "dropping" in self.attribute("tool-tray", "class"))
        self.screenshot("tray-drag")
        ActionChains(self.driver).release().perform()
        self.wait(lambda: self.terms() == 1)
        self.assertEqual(self.driver.find_elements("css selector", ".carried"), [])
        self.element("map").send_keys(Keys.ENTER)
        self.wait(lambda: self.terms() == 2)
        remove = self.css("#tray-terms li:first-child button:last-child")
        self.assertTrue(remove.accessible_name.startswith("Remove "))
        remove.send_keys(Keys.ENTER)
        self.wait(lambda: self.terms() == 1)
        self.assertTrue(self.script("return document.activeElement.getAttribute('aria-label')").startswith("Remove "), "the focus goes on")

    def test_images_are_dragged_and_places_added_by_buttons(self):
        self.resize(1360, 1400)
        name = small_model.train(self.options.url, 2)
        self.open(f"#model={name}&open=selection,tray&tool=rectangle")
        self.wait_for_tools()
        self.wait(lambda: self.drawn() > 100)
        self.drag((-400, -180), (400, 220))
        self.wait(lambda: self.script("return document.getElementById('selection-grid')?.dataset.loaded"))
        self.drop_on_tray("#selection-grid .sample")
        self.wait(lambda: self.terms() == 1 and self.sum())
        index = int(self.css("#selection-grid .sample").get_attribute("data-index"))
        expected = small_model.call(self.options.url, f"/v1/models/{name}/map")["latent"][index]
        self.wait_for_sum(expected)
        self.css("#selection-grid li:nth-child(2) .sample").click()
        self.wait(lambda: self.terms() == 2)
        self.drop_on_tray("#cursor-picture")
        self.wait(lambda: self.terms() == 3)
        self.element("tray-add-a").click()
        self.assertIn("not on the map yet", self.text("tray-hint"))
        self.element("tray-add-cursor").click()
        self.wait(lambda: self.terms() == 4)
        self.screenshot("tray-images")

    def drop_on_tray(self, selector):
        """What the browser does when one drags: it is not to be had from WebDriver."""
        self.script("""
            const dataTransfer = new DataTransfer();
            const event = (type) => new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
            document.querySelector(arguments[0]).dispatchEvent(event("dragstart"));
            document.getElementById("tray-panel").dispatchEvent(event("dragover"));
            document.getElementById("tray-panel").dispatchEvent(event("drop"));""", selector)

    def test_an_encoded_image_is_a_term(self):
        self.open_map()
        digit = [[255 if 12 <= column <= 15 and 4 <= row <= 23 else 0 for column in range(28)] for row in range(28)]
        self.script("document.getElementById('tool-encode').open = true; document.getElementById('tool-tray').open = true")
        self.element("drop-file").send_keys(self.file("one.png", grey_png(digit)))
        self.wait(lambda: self.attribute("map", "data-encoded"))
        self.wait(lambda: self.driver.find_elements("id", "tray-add-image"))
        self.script("document.getElementById('tray-add-image').click()")
        self.wait_for_sum([float(value) for value in self.attribute("map", "data-encoded").split(",")])

    def test_two_lassoed_groups_make_a_named_vector(self):
        self.resize(1360, 1400)
        model = self.options.model
        self.forget("lassoed")
        self.open(f"#model={model}&open=tray&tool=lasso")
        self.wait_for_tools()
        self.wait(lambda: self.drawn() == self.options.points)
        self.wait(lambda: self.driver.find_elements("id", "vector-make"))
        self.element("vector-make").click()
        self.assertIn("Select points", self.text("vector-hint"))
        for group, (left, top) in (("g1", (-120, -60)), ("g2", (100, 0))):
            self.drag((left, top), (left + 80, top), (left + 80, top + 80), (left, top + 80))
            self.wait(lambda: self.script("return document.getElementById('selection-badge').dataset.count") not in (None, "0"))
            self.element(f"vector-{group}").click()
        counts = self.script("return [...document.querySelectorAll('.vector-part [data-count]')].map((node) => Number(node.dataset.count))")
        self.assertTrue(all(count > 0 for count in counts), counts)
        self.element("vector-name").send_keys("No good name")
        self.element("vector-make").click()
        self.wait(lambda: "name" in self.text("vector-hint").lower() and self.text("vector-hint")[:6] != "Select")
        self.element("vector-name").clear()
        self.element("vector-name").send_keys("lassoed")
        self.element("vector-make").click()
        self.wait(lambda: "lassoed" in self.text("vectors"))
        vector = small_model.call(self.options.url, f"/v1/models/{model}/vectors/lassoed")
        groups = self.group_means()
        for axis in (0, 1):
            self.assertAlmostEqual(vector["latent"][axis], groups[1][axis] - groups[0][axis], places=3)
        self.css("#vectors button").click()
        self.wait_for_sum(vector["latent"])
        self.screenshot("tray-vectors")
        self.wait(lambda: "g2=" in self.script("return location.hash") and "v%3Alassoed" in self.script("return location.hash"))
        self.driver.refresh()
        self.wait_for_sum(vector["latent"])
        self.wait(lambda: self.script("return [...document.querySelectorAll('.vector-part [data-count]')].map((node) => Number(node.dataset.count))") == counts)
        # Somebody else takes it away.
        self.forget("lassoed")
        self.script("document.querySelector('#tray-terms li button').click()")
        self.wait(lambda: "lassoed" in self.text("tray-hint"))
        self.assertEqual(len(self.driver.find_elements("css selector", "#tray-terms li[data-error]")), 1)
        self.driver.find_elements("css selector", "#vectors button")[-1].click()
        self.wait(lambda: not self.driver.find_elements("css selector", "#vectors li"), "what is gone is taken off the list")
        self.forgive("422")
        self.forgive("404")

    def forget(self, vector):
        try:
            small_model.call(self.options.url, f"/v1/models/{self.options.model}/vectors/{vector}", method="DELETE")
        except urllib.error.HTTPError as error:
            self.assertEqual(error.code, 404)

    def group_means(self):
        """The means of both groups, from the daemon's map and the address's steps."""
        return self.driver.execute_async_script("""
            const done = arguments[0];
            (async () => {
                const { pointsOf, stepsOf } = await import("/scripts/selection/steps.js");
                const api = await import("/scripts/api.js");
                const { PointCloud } = await import("/scripts/point-cloud.js");
                const { positions, labels } = await api.map(document.getElementById("model-chooser").value);
                const cloud = new PointCloud(positions, labels);
                const fields = new URLSearchParams(location.hash.slice(1));
                return Promise.all(["g1", "g2"].map(async (field) => {
                    const found = await pointsOf(stepsOf(fields.get(field)), () => cloud);
                    return [0, 1].map((axis) => found.reduce((sum, i) => sum + positions[2 * i + axis], 0) / found.length);
                }));
            })().then(done, (error) => done(String(error)));""")

    def test_what_an_address_holds_may_be_nonsense(self):
        self.open(f"#model={self.options.model}&open=tray&tray=1*s99999999;x;2*v:<b>;*l1,2,3;1*l0.5,0.25&sel=zz;a1,x&g1=;;&tool=nothing")
        self.wait_for_tools()
        self.wait(lambda: self.drawn() == self.options.points)
        self.wait(lambda: self.terms() == 2)
        self.wait(lambda: self.text("tray-hint") != "")
        self.driver.find_elements("css selector", "#tray-terms li:first-child button")[-1].click()
        self.wait_for_sum([0.5, 0.25])
        self.forgive("422")
        self.forgive("404")

    def test_it_fits_a_telephone(self):
        self.resize(360, 740)
        self.open(f"#model={self.options.model}&open=tray,selection&tray=1*l0.5,0.25;-1*l1,1")
        self.wait_for_tools()
        self.wait(self.sum)
        self.assertEqual(self.script("return document.documentElement.scrollWidth"), 360)
        self.script("document.getElementById('tool-tray').scrollIntoView()")
        self.screenshot("tray-narrow")
        self.dark(True)
        self.screenshot("tray-narrow-dark")


if __name__ == "__main__":
    run_tests(__doc__, Arithmetic)
