#!/usr/bin/python3
"""How the map is drawn: renderers, colours, layers, the overview, and maps that are odd, against a running daemon.

    /usr/bin/python3 Tests/Browser/test_map.py --url http://127.0.0.1:8080 --models DIR --screenshots DIR

DIR holds the models that the daemon serves: odd ones are added there and removed again.
"""
import os
import pathlib
import shutil
import sys
from array import array
from urllib.parse import parse_qs

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import clouds  # noqa: E402
import small_model  # noqa: E402
from browser import PageTest, run_tests, start_browser  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

SOFTWARE_GPU = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
# How many colours of 32 levels a channel, the share of red, and of the pixels that are covered.
LOOK = """
    const canvas = document.querySelector(arguments[0]);
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const sums = [0, 0, 0];
    let covered = 0, left = 0, top = 0;
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] === 0) continue;
        covered += 1;
        left += (i / 4) % canvas.width;
        top += Math.floor(i / 4 / canvas.width);
        for (let channel = 0; channel < 3; channel += 1) sums[channel] += data[i + channel];
    }
    return { covered, red: sums[0] / covered, green: sums[1] / covered, blue: sums[2] / covered,
             left: left / covered / canvas.width, top: top / covered / canvas.height };"""

# Draws with one rasteriser as the view moves, and each time with a new one; how many drawings were moved, and which differ.
MOVED = """
    const done = arguments[0];
    (async () => {
        const { Rasteriser } = await import("/scripts/points/rasteriser.js");
        const { Grid } = await import("/scripts/points/grid.js");
        const early = new Rasteriser();
        for (let i = 0; i < 2; i += 1) early.draw({ grid: new Grid(new Float32Array(2)), shades: new Uint16Array(1), passes: [], radius: 1, x: i, y: 0, scale: 1 });
        await import("/scripts/points/moved.js"); // which the first move asks for
        await new Promise((there) => setTimeout(there));
        let state = 7;
        const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
        const grid = new Grid(Float32Array.from({ length: 40000 }, (_, i) => (i === 4000 ? NaN : 8 * (random() + random() - 1))));
        const inks = Uint32Array.from({ length: 256 }, () => random() * 0xffffff);
        const greys = () => new Uint32Array(256).fill(0x999999);
        const brute = ({ x, y, scale }, [width, height], radius, shades, shown) => {
            const size = Math.ceil(2 * radius + 2);
            const [less, more] = radius > 1 ? [32 * size + 32, 32 * size - 32] : [64, 64];
            let count = 0;
            for (let k = 0; k < grid.count; k += 1) {
                const left = Math.round(64 * (width / 2 - x * scale)) + Math.round(64 * scale * grid.positions[2 * k]);
                const top = Math.round(64 * (height / 2 + y * scale)) - Math.round(64 * scale * grid.positions[2 * k + 1]);
                if (left >= -less && top >= -less && left < 64 * width + more && top < 64 * height + more && shown.includes(shades[k] >> 8)) count += 1;
            }
            return count;
        };
        const [wrong, moves] = [[], [[60, 0], [-60, 0], [0, 45], [3, -7], [-120, -33], [0, 0], [0.5, 0], [1000, 0], [-31, 200], [17, -150], [0, 320], [5, 5], [-299, -199]]];
        let moved = 0;
        const { copyWithin } = Uint32Array.prototype;
        Uint32Array.prototype.copyWithin = function (...where) { moved += 1; return copyWithin.apply(this, where); };
        for (const [radius, passes] of [[3.3, [[0, 0.8]]], [1, [[0, 0.3]]], [2.2, [[1, 0.2, greys], [0, 0.9]]], [1, [[1, 0.2, greys], [0, 0.5]]]]) {
            const shades = Uint16Array.from({ length: grid.count }, () => Math.floor(10 * random()) | (Math.floor(3 * random()) << 8));
            const kept = new Rasteriser();
            kept.resize(300, 200, 1);
            const view = { x: 0.313, y: -0.7, scale: 37.7 };
            for (const [right, down] of moves) {
                view.x -= right / view.scale;
                view.y += down / view.scale;
                const scene = () => ({ ...view, grid, shades, inks, radius, passes: passes.map(([pass, opacity, inks]) => [pass, opacity, inks?.()]) });
                const fresh = new Rasteriser();
                fresh.resize(300, 200, 1);
                const drawn = [kept.draw(scene()), fresh.draw(scene()), brute(view, [300, 200], radius, shades, passes.map(([pass]) => pass))];
                const [pixels, expected] = [kept.pixels, fresh.pixels];
                const different = pixels.filter((pixel, i) => pixel !== expected[i]).length;
                if (different > 0 || new Set(drawn).size > 1) wrong.push(`radius ${radius}, ${passes.length} passes, ${right}, ${down}: ${different} pixels, drawn ${drawn}`);
            }
        }
        Uint32Array.prototype.copyWithin = copyWithin;
        done({ moved, wrong });
    })().catch((error) => done({ wrong: [String(error.stack)], moved: 0 }));"""


class MapTest(PageTest):
    def look(self, selector=".points"):
        return self.script(LOOK, selector)

    def data(self, name):
        return self.script("return document.getElementById('map').dataset[arguments[0]]", name)

    def place(self, width):
        """Where the map lies in a window of that width: left, top, width, height."""
        self.resize(width, 860)
        return self.script("const { x, y, width, height } = document.getElementById('map').getBoundingClientRect(); return [x, y + scrollY, width, height]")

    def renderer(self):
        return self.script("return document.querySelector('.points').dataset.renderer")

    def hash(self):
        return self.script("return location.hash")

    def show(self, fragment=""):
        self.open(f"#model={self.options.model}{fragment}")
        self.wait(lambda: self.drawn() > 0, "points are drawn")
        self.wait_for_tools()

    def add_model(self, name, positions, labels):
        if self.options.models is None:
            self.skipTest("adds a model: tell with --models where the daemon has them")
        models = pathlib.Path(self.options.models)
        clouds.write_model(models, name, positions, labels)
        self.addCleanup(shutil.rmtree, models / name)
        small_model.call(self.options.url, f"/v1/models/{name}/load", method="POST")
        self.addCleanup(small_model.call, self.options.url, f"/v1/models/{name}/unload", method="POST")


class Renderers(MapTest):
    def test_without_webgl_the_processor_draws_and_says_so(self):
        self.show("&open=drawing")
        self.wait(lambda: "There is no GPU" in self.text("renderer-text"))
        self.css("#renderers [value=webgl]").find_element("xpath", "..").click()
        self.wait(lambda: "no WebGL2" in self.text("renderer-text"))
        self.assertEqual(self.renderer(), "raster")
        self.assertEqual(self.drawn(), self.options.points)

    def test_a_million_points_all_equal_are_one_dot(self):
        self.add_model("x-all-equal", array("f", [0.5, -1.2] * 1_000_000), bytes(1_000_000))
        self.open("#model=x-all-equal")
        self.wait(lambda: self.drawn() == 1_000_000)
        look = self.look()
        self.assertTrue(20 < look["covered"] < 400, look)
        self.assertAlmostEqual(look["left"], 0.5, delta=0.01)
        self.css(".map-frame").send_keys("+")
        self.screenshot("map-equal")

    def test_many_points_and_few_look_alike(self):
        """The two ways of drawing discs: counts of a million points are where stamps of the bundled map's are."""
        self.show()
        few = self.look()
        positions, labels = clouds.bundled_map()
        self.add_model("x-many", positions * 60, labels * 60)
        self.open("#model=x-many")
        self.wait(lambda: self.drawn() == 60 * self.options.points)
        many = self.look()
        for part in ("left", "top"):
            self.assertAlmostEqual(few[part], many[part], delta=0.02)
        for part in ("red", "green", "blue"):
            self.assertAlmostEqual(few[part], many[part], delta=25)

    def test_a_moved_map_has_the_pixels_of_one_drawn_anew(self):
        """Of both ways of drawing, with and without a selection, by whole pixels and parts of them, a little and far."""
        self.show()
        result = self.driver.execute_async_script(MOVED)
        self.assertEqual(result["wrong"], [])
        self.assertGreater(result["moved"], 30, "most moves left part of the picture where it was")

    def test_a_point_is_drawn_with_its_ink_where_it_is_shown(self):
        """Shades against what they stand for, point by point: labels and numbers, with and without a filter and a selection."""
        self.show()
        wrong = self.driver.execute_async_script("""
            const done = arguments[0];
            (async () => {
                const { Shades, plainPass, dimPass } = await import("/scripts/points/shades.js");
                const { PointCloud } = await import("/scripts/point-cloud.js");
                const bytes = (most) => Uint8Array.from({ length: 5000 }, () => most * Math.random());
                const cloud = new PointCloud(Float32Array.from({ length: 10000 }, () => Math.random()), bytes(10));
                const shades = new Shades();
                let wrong = 0;
                for (let turn = 0; turn < 24; turn += 1) {
                    const [inks, selected] = [turn % 2 ? bytes(256) : null, turn % 3 ? bytes(2) : null];
                    const visible = Uint8Array.from({ length: 256 }, () => turn % 4 === 0 || Math.random() > 0.3);
                    shades.of({ cloud, visible: visible.map((shown) => shown ^ 1), inks, selected });
                    shades.of({ cloud, visible, inks, selected }).forEach((shade, k) => {
                        const point = cloud.grid.order[k];
                        const isShown = shade >> 8 === plainPass || shade >> 8 === dimPass;
                        const pass = selected && !selected[point] ? dimPass : plainPass;
                        const expected = (pass << 8) | (inks ? inks[point] : cloud.labels[point]);
                        if (visible[cloud.labels[point]] ? shade !== expected : isShown) wrong += 1;
                    });
                }
                return wrong;
            })().then(done, (error) => done(String(error.stack)));""")
        self.assertEqual(wrong, 0)


class WebGL(MapTest):
    """With a GPU that is software: slower than the rasteriser, and the same to the eye."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.driver.quit()
        cls.driver = start_browser(*SOFTWARE_GPU, without=("--disable-gpu", "--disable-software-rasterizer"))
        cls.driver.set_script_timeout(20)

    def test_it_draws_what_the_processor_draws(self):
        self.show("&renderer=raster")
        by_hand = self.look()
        self.assertEqual(self.renderer(), "raster")
        self.show("&renderer=webgl&open=drawing")
        self.wait(lambda: self.renderer() == "webgl" and self.drawn() == self.options.points)
        look = self.look()
        for part in ("red", "green", "blue"):
            self.assertAlmostEqual(by_hand[part], look[part], delta=6)
        self.assertAlmostEqual(by_hand["covered"] / look["covered"], 1, delta=0.15)
        self.assertAlmostEqual(by_hand["top"], look["top"], delta=0.005)
        self.screenshot("map-webgl")

    def test_a_lost_context_is_stood_in_for_until_it_is_back(self):
        self.show("&renderer=webgl&open=drawing")
        self.wait(lambda: self.renderer() == "webgl" and self.drawn() == self.options.points)
        self.script("window.context = document.querySelector('.points').getContext('webgl2').getExtension('WEBGL_lose_context');"
                    "context.loseContext();")
        self.wait(lambda: self.renderer() == "raster" and self.drawn() == self.options.points)
        self.assertIn("until it is back", self.text("renderer-text"))
        self.element("map").send_keys("+")
        self.wait(lambda: self.drawn() < self.options.points, "the map works meanwhile")
        self.element("map").send_keys("0")
        self.script("context.restoreContext()")
        self.wait(lambda: self.renderer() == "webgl" and self.drawn() == self.options.points)
        self.assertGreater(self.look()["covered"], 1000)

    def test_what_is_slower_is_not_chosen(self):
        self.show("&open=drawing")
        self.wait(lambda: "Measured" in self.text("renderer-text") or "There is no GPU" in self.text("renderer-text"))
        self.assertEqual(self.renderer(), "raster")


class Around(MapTest):
    def test_the_map_is_as_high_in_every_mode(self):
        self.show()
        for width in (1360, 1280, 900):
            places = {}
            for mode in ("move", "path", "rectangle", "lasso", "take"):
                self.element(f"mode-{mode}").click()
                places[mode] = self.place(width)
            self.assertEqual(len(set(map(str, places.values()))), 1, f"{width}: {places}")


class Colours(MapTest):
    def test_the_distance_from_the_origin(self):
        self.show()
        labels = self.look()
        places = {width: self.place(width) for width in (360, 1360)}
        self.script("const c = document.getElementById('colour-by'); c.value = 'distance'; c.dispatchEvent(new Event('change'))")
        self.wait(lambda: self.data("colour") == "distance" and self.element("colour-scale").is_displayed())
        self.wait(lambda: abs(self.look()["red"] - labels["red"]) > 10)
        self.assertIn("Distance from the origin", self.text("colour-scale"))
        self.assertEqual({width: self.place(width) for width in places}, places, "the map stays where it is")
        self.wait(lambda: "colour=distance" in self.hash())
        self.screenshot("map-distance")
        self.dark(True)
        self.screenshot("map-distance-dark")
        self.driver.refresh()
        self.wait(lambda: self.data("colour") == "distance" and self.drawn() == self.options.points, "it survives a reload")

    def test_loss_and_kl_come_from_the_daemon(self):
        described = small_model.call(self.options.url, "/openapi.json")
        parameters = described["paths"]["/v1/models/{model}/map"]["get"]["parameters"]
        if not any(parameter["name"] == "values" for parameter in parameters):
            self.skipTest("this daemon gives no numbers with a map")
        self.open(f"#model={small_model.train(self.options.url, 2)}")
        self.wait(lambda: self.drawn() > 0)
        self.wait(lambda: self.script("return document.querySelectorAll('#colour-by option').length") == 4)
        for kind, text in (("loss", "Reconstruction loss"), ("kl", "KL divergence")):
            self.css(f"#colour-by [value={kind}]").click()
            self.wait(lambda: self.data("colour") == kind and text in self.text("colour-scale"))
            self.screenshot(f"map-{kind}")

    def test_what_cannot_be_had_says_why_and_goes_back(self):
        self.forgive("/map?values=")
        self.show()
        if self.script("return document.querySelectorAll('#colour-by option').length") != 4:
            self.wait(lambda: self.script("return document.querySelectorAll('#colour-by option').length") == 4)
        self.css("#colour-by [value=loss]").click()
        self.wait(lambda: self.element("notice").is_displayed() or self.data("colour") == "loss")
        if self.element("notice").is_displayed():
            self.assertEqual(self.data("colour"), "label")


class Layers(MapTest):
    def test_the_manifold_sharpens_and_keeps_its_levels(self):
        self.show("&show=manifold&view=0,0,60")
        self.wait(lambda: self.data("manifold") == "shown")
        coarse = self.picture(".paper")
        self.element("map").send_keys("++++")
        self.wait(lambda: self.data("manifold") == "shown" and self.picture(".paper") != coarse)
        self.screenshot("map-manifold")
        self.offline(True)
        self.element("map").send_keys("----")
        self.wait(lambda: self.picture(".paper") == coarse, "what was there is kept")
        self.offline(False)
        self.wait(lambda: not self.element("connection").is_displayed())
        self.forgive("ERR_INTERNET_DISCONNECTED")

    def test_density_and_magnification_have_scales(self):
        self.show("&open=layers")
        plain = self.picture(".paper")
        self.switch("density-switch")
        self.wait(lambda: self.data("density") == "shown" and self.picture(".paper") != plain)
        self.assertIn("Images a square unit", self.text("density-scale"))
        self.screenshot("map-density")
        self.switch("density-switch")
        self.wait(lambda: self.picture(".paper") == plain)
        self.switch("magnification-switch")
        self.wait(lambda: self.data("magnification") == "shown" and self.picture(".paper") != plain)
        self.assertIn("det", self.text("magnification-scale"))
        self.screenshot("map-magnification")
        self.wait(lambda: "show=magnification" in self.hash())
        self.driver.refresh()
        self.wait(lambda: self.data("magnification") == "shown", "it survives a reload")
        self.switch("magnification-switch")
        self.switch("prior-switch")
        self.wait(lambda: "-prior" in self.hash() and "magnification" not in self.hash())

    def test_magnification_is_the_area_of_images(self):
        """Of f(x, y) = (3x, 2y, x + y): J^T J = [[10, 1], [1, 5]], its determinant 49."""
        worst = self.in_page("""
            const { magnification } = await import("/scripts/behind/magnification.js");
            const grid = { window: { x0: -1, x1: 2, y0: 0, y1: 1 }, columns: 5, rows: 4 };
            const values = [];
            for (let row = 0; row <= 4; row += 1) for (let column = 0; column <= 5; column += 1) {
                const [x, y] = [-1 + 3 * column / 5, 1 - row / 4];
                values.push(3 * x, 2 * y, x + y);
            }
            const logs = magnification({ shape: [30, 1, 1, 3], values: Float32Array.from(values) }, grid);
            return Math.max(...Array.from(logs, (log) => Math.abs(10 ** log - 7)));""")
        self.assertLess(worst, 1e-3)

    def test_density_counts_the_images(self):
        total = self.in_page("""
            const { densityField } = await import("/scripts/behind/density.js");
            const { PointCloud } = await import("/scripts/point-cloud.js");
            const { Viewport } = await import("/scripts/viewport.js");
            const cloud = new PointCloud(Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i * i)), new Uint8Array(1000));
            const viewport = Object.assign(new Viewport(), { width: 900, height: 600, scale: 150 });
            const { values, columns, rows, window } = densityField({ cloud, visible: new Uint8Array(256).fill(1) }, viewport, () => [0, 0, 0]);
            const area = (window.x1 - window.x0) * (window.y1 - window.y0) / columns / rows;
            return values.reduce((sum, value) => sum + value, 0) * area;""")
        self.assertAlmostEqual(total, 1000, delta=1)

    def in_page(self, code):
        self.show()
        result = self.driver.execute_async_script(
            "const done = arguments[0]; (async () => {" + code + "})().then(done, (error) => done(String(error.stack)));")
        self.assertIsInstance(result, (int, float), result)
        return result


class Overview(MapTest):
    def test_the_frame_moves_the_view(self):
        self.show()
        self.assertFalse(self.element("minimap").is_displayed(), "nothing is out of sight")
        for _ in range(5):
            self.element("map").send_keys("+")
        self.wait(lambda: self.element("minimap").is_displayed())
        self.wait(lambda: self.look(".minimap-points")["covered"] > 500)
        before = self.hash_after(lambda: None)
        frame = self.css(".minimap-frame")
        ActionChains(self.driver).move_to_element(frame).click_and_hold().move_by_offset(0, -20).release().perform()
        moved = self.hash_after(lambda: before)
        self.assertGreater(self.view(moved)[1], self.view(before)[1] + 0.5, "up is up")
        self.screenshot("map-overview")
        self.element("minimap").send_keys(Keys.ARROW_RIGHT)
        right = self.hash_after(lambda: moved)
        self.assertGreater(self.view(right)[0], self.view(moved)[0])

    def test_an_address_of_any_scale_is_a_map(self):
        for scale in ("1e103", "1e-300"):
            with self.subTest(scale):
                self.open(f"#model={self.options.model}&view=0,0,{scale}")
                self.wait_for_tools()
                self.element("map").send_keys("0")
                self.wait(lambda: self.drawn() == self.options.points)

    def test_its_points_are_drawn_once(self):
        self.show()
        self.element("map").send_keys("+++++")
        self.wait(lambda: self.element("minimap").is_displayed() and self.look(".minimap-points")["covered"] > 500)
        self.driver.execute_async_script("""
            const done = arguments[0];
            import("/scripts/points/rasteriser.js").then(({ Rasteriser }) => {
                const { draw } = Rasteriser.prototype;
                window.draws = { points: 0, "minimap-points": 0 };
                Rasteriser.prototype.draw = function (scene) {
                    window.draws[this.canvas.className] += 1;
                    return draw.call(this, scene);
                };
                done();
            });""")
        for _ in range(4):
            self.element("map").send_keys(Keys.ARROW_LEFT)
        self.wait(lambda: self.script("return window.draws.points") > 0)
        self.assertEqual(self.script("return window.draws['minimap-points']"), 0, "a move of the view is a move of the frame")
        self.css("#legend [data-label]").click()
        self.wait(lambda: self.script("return window.draws['minimap-points']") == 1, "the filter draws them again")

    def hash_after(self, before):
        self.wait(lambda: "view=" in self.hash() and self.hash() != before())
        return self.hash()

    def view(self, fragment):
        return [float(number) for number in parse_qs(fragment[1:])["view"][0].split(",")]


class OddMaps(MapTest):
    def test_no_points(self):
        self.add_model("x-no-points", array("f"), b"")
        self.open("#model=x-no-points&show=density,magnification&open=layers")
        self.wait(lambda: "no points" in self.text("map-empty"))
        self.wait(lambda: self.data("magnification") == "shown")
        self.element("map").send_keys("+", Keys.ARROW_LEFT, "0")
        self.assertEqual(self.text("cursor-nearest"), "–")
        self.screenshot("map-no-points")

    def test_one_point(self):
        self.add_model("x-one-point", array("f", [0.5, -1.2]), b"\3")
        self.open("#model=x-one-point&show=density&colour=distance")
        self.wait(lambda: self.drawn() == 1 and self.data("density") == "shown")
        self.assertTrue(20 < self.look()["covered"] < 400)
        self.element("map").send_keys("-", "-", Keys.ARROW_LEFT, "0")
        self.wait(lambda: self.drawn() == 1)
        self.screenshot("map-one-point")

    def test_a_map_that_the_daemon_cannot_read(self):
        self.forgive("503")
        self.add_model("x-not-numbers", array("f", [0, 0, float("nan"), 1]), bytes(2))
        self.open("#model=x-not-numbers")
        self.wait(lambda: "There is no map of x-not-numbers" in self.text("map-empty"))
        self.screenshot("map-unreadable")

    def test_a_map_that_was_cut_off_is_an_error_that_says_what_to_do(self):
        self.open()
        self.driver.execute_cdp_cmd("Page.enable", {})
        source = """
            const daemon = window.fetch;
            window.fetch = async (path, options) => {
                const response = await daemon(path, options);
                if (!String(path).endsWith("/map")) return response;
                const bytes = await response.arrayBuffer();
                return new Response(bytes.slice(0, bytes.byteLength - 5), { headers: response.headers });
            };"""
        script = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
        try:
            self.open(f"#model={self.options.model}")
            self.wait(lambda: "incomplete" in self.text("map-empty"))
            self.assertIn("Reload the page", self.text("map-empty"))
            self.screenshot("map-cut-off")
        finally:
            self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


if __name__ == "__main__":
    run_tests(__doc__, Renderers, WebGL, Around, Colours, Layers, Overview, OddMaps)
