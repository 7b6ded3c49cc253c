#!/usr/bin/python3
"""Latent spaces of more than two dimensions: planes, sliders, and what the cursor decodes.

    /usr/bin/python3 Tests/Browser/test_dimensions.py --url http://127.0.0.1:8080 --screenshots DIR

Needs what test_page.py needs, and the dataset that Tests/EndToEnd/with_daemon.py draws.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import small_model  # noqa: E402
from browser import PageTest, run_tests  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select  # noqa: E402

# A daemon that gives no pairs of dimensions, or that has lost the images.
OLDER = """
    const daemon = window.fetch;
    window.fetch = async (path, options) => {
        const response = await daemon(path, options);
        if (path !== "/openapi.json") return response;
        const described = await response.json();
        described.paths["/v1/models/{model}/map"].get.parameters = [];
        return Response.json(described);
    };"""
WITHOUT_IMAGES = """
    const daemon = window.fetch;
    window.fetch = (path, options) => (path === "/v1/datasets" ? Promise.resolve(Response.json({ data: [] })) : daemon(path, options));"""

# The maps of epochs come late.
LATE_EPOCHS = """
    const daemon = window.fetch;
    window.fetch = async (path, options) => {
        if (String(path).includes("/map?epoch=")) await new Promise((later) => setTimeout(later, 3000));
        return daemon(path, options);
    };"""
EVERYWHERE = "-99,-99,99,-99,0,99"


class Dimensions(PageTest):
    def open_space(self, dimension, fragment="", before=None):
        """Opens a model of so many dimensions, and waits until places on its map can be decoded."""
        self.name = small_model.train(self.options.url, dimension)
        script = before and self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": before})
        if script:
            self.addCleanup(self.driver.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", script)
        self.open(f"#model={self.name}&open=dimensions{fragment}")
        self.wait_for_space()

    def wait_for_space(self):
        self.wait(lambda: self.script("return document.getElementById('cursor-picture').dataset.latent") and self.latent())

    def latent(self):
        """The sliders' latent, once it is decoded."""
        text = self.script("return document.getElementById('dimension-picture')?.dataset.latent")
        return [float(value) for value in text.split(",")] if text else None

    def under_the_cursor(self):
        return [float(value) for value in self.script("return document.getElementById('cursor-picture').dataset.latent").split(",")]

    def sliders(self):
        return [int(slider.get_attribute("data-dimension")) for slider in self.driver.find_elements("css selector", "#sliders input")]

    def move(self, dimension, value):
        self.script("""const slider = document.getElementById(`dimension-${arguments[0]}`);
            slider.value = arguments[1]; slider.dispatchEvent(new Event("input"));""", dimension, value)

    def choose(self, plane):
        self.element(f"plane-{plane}").find_element("xpath", "..").click()

    def test_sliders_are_ordered_by_kl_and_decode(self):
        self.open_space(6)
        self.assertEqual(sorted(self.sliders()), list(range(6)))
        self.assertIn("KL divergence", self.text("dimension-hint"))
        strengths = [float(self.element(f"dimension-{d}").accessible_name.split("KL ")[1].split()[0]) for d in self.sliders()]
        self.assertEqual(strengths, sorted(strengths, reverse=True))
        told = small_model.call(self.options.url, f"/v1/models/{self.name}/metrics")["data"][-1]["test"]["kl"]
        self.assertLess(abs(sum(strengths) - told), 0.25 * told, "about the KL that training measured")
        self.assertEqual(self.latent(), [0] * 6)
        strongest = self.sliders()[0]
        before = self.picture("#dimension-picture")
        self.move(strongest, 2.5)
        self.wait(lambda: self.latent()[strongest] == 2.5 and self.picture("#dimension-picture") != before)
        self.element(f"dimension-{strongest}").send_keys(Keys.ARROW_LEFT)
        self.wait(lambda: 2.4 < self.latent()[strongest] < 2.5)
        moved = self.latent()
        self.wait(lambda: f"z={strongest}%3A{moved[strongest]:.4g}" in self.script("return location.hash"))
        self.driver.refresh()
        self.wait_for_space()
        self.wait(lambda: self.latent() == moved, "the latent survives a reload")
        self.screenshot("dimensions")
        self.element("dimension-random").click()
        self.wait(lambda: all(value != 0 for value in self.latent()))
        self.element(f"dimension-{strongest}").send_keys("0")
        self.wait(lambda: self.latent()[strongest] == 0)
        self.element("dimension-origin").click()
        self.wait(lambda: self.latent() == [0] * 6)

    def test_every_place_of_the_principal_plane_is_decoded(self):
        self.open_space(6)
        self.point(-60, 20).perform()
        first = self.under_the_cursor()
        self.point(90, -30).perform()
        self.wait(lambda: self.under_the_cursor() != first)
        self.assertEqual(len(first), 6)
        # Where an image's encoding is put on the map is where the daemon's map has it, though none of these was learnt from.
        worst = self.driver.execute_async_script("""
            const [name, done] = arguments;
            (async () => {
                const api = await import("/scripts/api.js");
                const { Samples } = await import("/scripts/samples.js");
                const { encodingsOf } = await import("/scripts/dimensions/encodings.js");
                const { fitted } = await import("/scripts/dimensions/projection.js");
                const { Space } = await import("/scripts/dimensions/space.js");
                const model = await api.model(name);
                const samples = new Samples(model);
                const { positions, labels } = await api.map(name);
                const { indices, means } = await encodingsOf(model, samples, labels.length, () => {});
                const space = new Space(model.latent_dimension);
                space.projection = fitted(means, indices.map((i) => [positions[2 * i], positions[2 * i + 1]]));
                let worst = 0;
                for (const index of [1, 7, 23, 50].filter((i) => !indices.includes(i))) {
                    const { mean: [mean] } = await api.encodePoint(name, samples.point(index));
                    space.base = mean;
                    const [x, y] = space.placeOf(mean);
                    worst = Math.max(worst, Math.abs(x - positions[2 * index]), Math.abs(y - positions[2 * index + 1]));
                    const [right, up] = space.placeOf(space.latentAt(x + 1, y - 2));
                    worst = Math.max(worst, Math.abs(right - x - 1), Math.abs(up - y + 2));
                }
                return worst;
            })().then(done, (error) => done(String(error)));""", self.name)
        self.assertIsInstance(worst, float, worst)
        self.assertLess(worst, 1e-3)

    def test_what_is_selected_on_two_planes_and_on_the_map_beside_comes_back(self):
        beside = small_model.train(self.options.url, 2)
        self.open_space(6, f"&tool=rectangle&with={beside}")
        count = lambda: self.script("const badge = document.getElementById('selection-badge'); return badge.hidden ? 0 : Number(badge.dataset.count)")  # noqa: E731
        self.drag((-50, -60), (50, 80))
        self.wait(lambda: count() > 0)
        first = count()
        self.choose("pair")
        self.wait(lambda: "axes=" in self.script("return location.hash"))
        self.drag((-120, -100), (-10, 20), keys=[Keys.SHIFT])
        self.wait(lambda: count() > first)
        second = count()
        chain = ActionChains(self.driver).key_down(Keys.SHIFT).move_to_element_with_offset(self.element("map-2"), 0, 0)
        chain.click_and_hold().move_by_offset(150, 150).release().key_up(Keys.SHIFT).perform()
        self.wait(lambda: count() > second)
        selected = count()
        self.wait(lambda: self.script("return location.hash").count("%3B") == 2)
        for _ in range(2):
            self.driver.refresh()
            self.wait_for_space()
            self.wait(lambda: count() == selected, "the same points")
        self.script("location.hash = location.hash.replace(/&with=[^&]*/, '')")
        self.wait(lambda: not self.element("map-2").is_displayed() and count() == selected)

    def test_what_was_selected_at_an_epoch_comes_back_on_another_plane(self):
        for steps, before in ((f"a@0.1@{EVERYWHERE};a@e2@{EVERYWHERE}", None), (f"a@e2@{EVERYWHERE}", LATE_EPOCHS)):
            self.open_space(6, f"&axes=0,1&g1=a@e2@{EVERYWHERE}&sel={steps}", before)
            self.wait(lambda: self.attribute("map", "data-plane") == "0,1")
            self.wait(lambda: self.script("return Number(document.getElementById('selection-badge').dataset.count)") == self.drawn())
            self.assertFalse(self.element("notice").is_displayed())
        self.script("document.getElementById('tool-tray').open = true")
        self.wait(lambda: self.script("return document.querySelector('#vector-g1 + .hint')?.dataset.count") == str(self.drawn()))

    def test_models_of_other_spaces_follow_one_another_quickly(self):
        self.open_space(6)
        for _ in range(4):
            for name in (self.options.model, self.name):
                Select(self.element("model-chooser")).select_by_value(name)
                self.wait(lambda: f"model={name}" in self.script("return location.hash"))
        self.wait_for_space()
        self.wait(lambda: len(self.latent()) == len(self.under_the_cursor()) == 6)

    def test_two_dimensions_are_shown_and_the_selection_stays(self):
        self.open_space(6, "&tool=rectangle")
        self.drag((-150, -60), (50, 80))
        count = lambda: self.script("const badge = document.getElementById('selection-badge'); return badge.hidden ? 0 : Number(badge.dataset.count)")
        self.wait(lambda: count() > 0)
        principal, selected = self.picture(".points"), count()
        self.choose("pair")
        self.wait(lambda: self.picture(".points") != principal)
        axes = [int(value) for value in self.attribute("map", "data-plane").split(",")]
        self.assertEqual(axes, self.sliders()[:2], "the two that tell most")
        self.assertEqual(count(), selected, "the same points")
        self.point(40, 30).perform()
        x, y = [float(value.replace("\u2212", "-")) for value in self.text("cursor-latent").split(", ")]
        self.wait(lambda: abs(self.under_the_cursor()[axes[0]] - x) < 0.01 and abs(self.under_the_cursor()[axes[1]] - y) < 0.01)
        self.assertEqual([self.under_the_cursor()[d] for d in range(6) if d not in axes], [0] * 4)
        self.screenshot("dimensions-pair")
        self.drag((-100, -40), (100, 60))
        self.wait(lambda: count() not in (0, selected))
        pair = count()
        other = self.sliders()[2]
        self.css(f"#axis-up option[value='{other}']").click()
        self.wait(lambda: self.attribute("map", "data-plane") == f"{axes[0]},{other}")
        self.wait(lambda: f"axes={axes[0]}%2C{other}" in self.script("return location.hash"))
        self.driver.refresh()
        self.wait_for_space()
        self.wait(lambda: self.attribute("map", "data-plane") == f"{axes[0]},{other}")
        self.wait(lambda: count() == pair, "selected in another plane than the one that is shown")
        self.choose("principal")
        self.wait(lambda: self.attribute("map", "data-plane") == "principal")

    def test_a_click_sets_the_sliders_and_sums_are_on_the_map(self):
        self.open_space(6)
        self.point(60, 100).click().perform()
        self.wait(lambda: self.latent() != [0] * 6)
        plain = self.picture(".marks")
        self.element("dimension-add").click()
        self.wait(lambda: self.script("return document.getElementById('tray-picture')?.dataset.latent"))
        sums = [float(value) for value in self.script("return document.getElementById('tray-picture').dataset.latent").split(",")]
        for value, expected in zip(sums, self.latent()):
            self.assertAlmostEqual(value, expected, places=3)
        ActionChains(self.driver).move_to_element(self.element("tray-hint")).perform()
        self.wait(lambda: self.picture(".marks") != plain)
        self.screenshot("dimensions-sum")

    def test_two_hundred_dimensions_stay_usable(self):
        self.open_space(200)
        self.assertEqual(len(self.sliders()), 12)
        self.screenshot("dimensions-200")
        self.css("#more-dimensions summary").click()
        self.wait(lambda: len(self.driver.find_elements("css selector", "#more-dimensions input")) == 188)
        self.element("dimension-search").send_keys("150-152, 7")
        self.wait(lambda: sorted(self.sliders()) == [7, 150, 151, 152])
        self.assertFalse(self.element("more-dimensions").is_displayed())
        self.move(151, 1.5)
        self.wait(lambda: self.latent()[151] == 1.5)
        self.element("dimension-search").send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.BACKSPACE)
        self.wait(lambda: len(self.sliders()) == 12)
        self.choose("pair")
        self.wait(lambda: self.attribute("map", "data-plane") != "principal")
        self.resize(360, 740)
        self.wait(lambda: self.script("return document.documentElement.scrollWidth") == 360)
        self.script("document.getElementById('tool-dimensions').scrollIntoView()")
        self.screenshot("dimensions-narrow")

    def test_colours_stay_what_they_are(self):
        self.name = small_model.train_in_colour(self.options.url)
        self.resize(1360, 1500)
        self.open(f"#model={self.name}&open=dimensions,selection,tray&tool=rectangle")
        self.wait_for_space()
        self.drag((-400, -220), (400, 220))
        self.wait(lambda: self.script("return document.getElementById('selection-grid')?.dataset.loaded"))
        labels = small_model.call(self.options.url, f"/v1/models/{self.name}/map")["label"]
        shown = [int(index) for index in self.attribute("selection-grid", "data-loaded").split(",")]
        strongest = self.script("""return [...document.querySelectorAll("#selection-grid .sample")].map((cell) =>
            [...cell.querySelectorAll("canvas")].map((canvas) => {
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                const sums = [0, 1, 2].map((channel) => data.reduce((sum, value, i) => sum + (i % 4 === channel ? value : 0), 0));
                return sums.indexOf(Math.max(...sums));
            }))""")
        self.assertEqual([image for image, _ in strongest], [labels[index] for index in shown], "each image in its colour")
        self.assertGreater(sum(image == decoded for image, decoded in strongest), len(shown) // 2, "most reconstructions as well")
        # Groups of samples, since their latents are not the map's places.
        self.element("vector-g1").click()
        self.drag((-400, -220), (0, 220))
        self.element("vector-g2").click()
        self.element("vector-name").send_keys("across")
        self.element("vector-make").click()
        self.wait(lambda: "across" in self.text("vectors"))
        vector = small_model.call(self.options.url, f"/v1/models/{self.name}/vectors/across")
        self.assertEqual(len(vector["latent"]), 3)
        self.assertEqual(vector["origin"]["kind"], "difference")
        self.css("#vectors button").click()
        self.wait(lambda: self.script("return document.getElementById('tray-picture').dataset.latent"))
        self.screenshot("dimensions-colour")

    def test_a_daemon_without_axes_and_images_has_sliders(self):
        self.name = small_model.train(self.options.url, 6)
        script = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": f"{{{OLDER}}} {{{WITHOUT_IMAGES}}}"})
        self.addCleanup(self.driver.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", script)
        self.open(f"#model={self.name}&open=dimensions")
        self.wait(lambda: self.driver.find_elements("id", "dimension-hint") and "own order" in self.text("dimension-hint"))
        self.assertEqual(self.sliders(), list(range(6)))
        self.move(3, 2)
        self.wait(lambda: self.latent() and self.latent()[3] == 2)
        self.choose("pair")
        self.wait(lambda: self.element("notice").is_displayed())
        self.assertTrue(self.element("plane-principal").is_selected())

    def test_a_daemon_without_axes_shows_what_the_page_encoded(self):
        self.open_space(6, before=OLDER)
        everything = self.drawn()
        self.choose("pair")
        self.wait(lambda: 0 < self.drawn() < everything)
        self.assertIn("gives no pairs", self.text("dimension-hint"))
        self.screenshot("dimensions-older-daemon")

    def test_without_the_images_variance_is_told(self):
        self.open_space(6, before=WITHOUT_IMAGES)
        self.assertIn("variance", self.text("dimension-hint"))
        self.assertIn("variance", self.element(f"dimension-{self.sliders()[0]}").accessible_name)

    def test_the_plane_needs_none_of_it(self):
        self.open_map()
        self.assertFalse(self.element("tool-dimensions").is_displayed())


if __name__ == "__main__":
    run_tests(__doc__, Dimensions)
