#!/usr/bin/python3
"""Paths on the map, in a real headless Chromium, against a running daemon.

    /usr/bin/python3 Tests/Browser/test_paths.py --url http://127.0.0.1:8080 --screenshots DIR

Needs the dataset that Tests/EndToEnd/with_daemon.py draws.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import small_model  # noqa: E402
from browser import PageTest, run_tests  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

METHODS = ("linear", "slerp", "geodesic")


class Paths(PageTest):
    def test_two_clicks_give_a_film_strip(self):
        self.open_map()
        self.assertEqual(self.text("path-hint")[:15], "Click two place")
        self.two_points()
        pictures = self.strip()
        self.assertGreater(len(set(pictures)), 4, "the frames change along the path")
        self.screenshot("path")
        before = self.pins()[0].location
        ActionChains(self.driver).drag_and_drop_by_offset(self.pins()[0], 60, -90).perform()
        self.wait(lambda: self.frames() == 9 and self.strip()[0] != pictures[0], "dragging an end changes the images")
        moved = self.pins()[0].location
        self.assertAlmostEqual(moved["x"] - before["x"], 60, delta=2)
        self.assertAlmostEqual(moved["y"] - before["y"], -90, delta=2)
        self.wait(lambda: "path=" in self.script("return location.hash"))
        names = [pin.accessible_name for pin in self.pins()]
        self.driver.refresh()
        self.wait(lambda: self.frames() == 9)
        self.assertEqual([pin.accessible_name for pin in self.pins()], names, "the points survive a reload")
        self.element("path-clear").click()
        self.wait(lambda: self.frames() == 0 and not self.pins())
        self.wait(lambda: "path=" not in self.script("return location.hash"))

    def test_three_ways_side_by_side(self):
        self.open_map()
        self.two_points()
        self.show(*METHODS)
        self.wait(lambda: all(self.length(method) for method in METHODS), "all lengths are there", seconds=60)
        lengths = {method: self.length(method) for method in METHODS}
        self.assertLess(lengths["geodesic"], 0.99 * lengths["linear"], "the geodesic is shorter than the line")
        self.assertLess(lengths["geodesic"], lengths["slerp"])
        self.assertIn("the shortest", self.words("geodesic"))
        self.assertRegex(self.words("linear"), r"% longer")
        self.assertEqual(len(self.driver.find_elements("css selector", "#frames .film")), 3)
        self.screenshot("path-three-ways")
        self.dark(True)
        self.screenshot("path-three-ways-dark")
        self.wait(lambda: "methods=linear" in self.script("return location.hash"))
        self.driver.refresh()
        self.wait(lambda: all(self.length(method) for method in METHODS), "they survive a reload", seconds=60)
        for method in METHODS:
            self.assertAlmostEqual(self.length(method), lengths[method], delta=0.02 * lengths[method])

    def test_line_and_arc_are_the_daemons(self):
        self.open_map()
        worst = self.driver.execute_async_script("""
            const done = arguments[0];
            (async () => {
                const { interpolated } = await import("/scripts/paths/interpolation.js");
                let worst = 0;
                for (const method of ["linear", "slerp"]) {
                    const points = [[-2, 0.5], [1, 1.5], [2, -1]];
                    const response = await fetch("/v1/models/mnist-2d/interpolate", {
                        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({
                        through: points.map((latent) => ({ latent })), steps: 9, method }) });
                    const { latents } = await response.json();
                    const ours = interpolated(method, points, 8);
                    if (ours.length !== latents.length) throw new Error(`${ours.length} latents, not ${latents.length}`);
                    ours.flat().forEach((value, i) => (worst = Math.max(worst, Math.abs(value - latents.flat()[i]))));
                }
                return worst;
            })().then(done, (error) => done(String(error)));""")
        self.assertIsInstance(worst, float, worst)
        self.assertLess(worst, 1e-5)

    def test_points_in_the_middle(self):
        self.open_map()
        self.element("mode-path").click()
        for place in ((-150, 30), (150, -50), (100, 90)):
            self.point(*place).click().perform()
        self.wait(lambda: self.frames() == 17 and len(self.pins()) == 3)
        self.assertEqual([pin.text for pin in self.pins()], ["A", "B", "C"])
        strip = self.strip_frames()
        self.point(0, -10).click_and_hold().move_by_offset(0, -60).move_by_offset(0, -20).release().perform()
        self.wait(lambda: self.frames() == 25 and len(self.pins()) == 4, "dragging the line puts a point in")
        self.assertNotEqual(self.strip_frames()[4], strip[4])
        self.screenshot("path-bent")
        ActionChains(self.driver).drag_and_drop_by_offset(self.pins()[1], -30, 40).perform()
        self.assertEqual(len(self.pins()), 4)
        ActionChains(self.driver).double_click(self.pins()[1]).perform()
        self.wait(lambda: self.frames() == 17 and len(self.pins()) == 3, "a double click removes a point")
        view = self.script("return location.hash")
        self.point(-100, -100).click_and_hold().move_by_offset(40, 0).move_by_offset(10, 5).release().perform()
        self.wait(lambda: "view=" in self.script("return location.hash"), f"elsewhere a drag moves the map: {view}")
        self.assertEqual(len(self.pins()), 3)

    def test_the_keyboard_does_everything(self):
        self.open_map()
        self.element("map").send_keys("p")
        self.element("map").send_keys(Keys.ENTER)
        self.element("map").send_keys(Keys.ARROW_LEFT * 3)
        self.element("map").send_keys(Keys.ENTER)
        self.wait(lambda: self.frames() == 9)
        strip = self.strip()
        self.pins()[1].send_keys(Keys.ARROW_DOWN * 4)
        self.wait(lambda: self.frames() == 9 and self.strip()[-1] != strip[-1] and self.strip()[1] == strip[1] or
                  self.strip() != strip)
        self.assertIn("Arrow keys", self.pins()[1].accessible_name)
        outline = self.script("return getComputedStyle(document.activeElement).outlineStyle")
        self.assertNotEqual(outline, "none", "the focus is visible")
        self.pins()[1].send_keys(Keys.DELETE)
        self.wait(lambda: len(self.pins()) == 1)
        self.assertEqual(self.script("return document.activeElement.textContent"), "A", "the focus stays with the path")

    def test_it_plays(self):
        self.open_map()
        self.two_points()
        first = self.picture("#frames .now")
        self.element("path-play").click()
        self.wait(lambda: self.element("path-play").accessible_name == "Pause")
        self.wait(lambda: self.picture("#frames .now") != first)
        self.wait(lambda: self.element("path-play").accessible_name == "Play the path", "it ends by itself")
        self.assertEqual(self.picture("#frames .now"), self.strip_frames()[-1])
        self.element("path-time").send_keys(Keys.HOME)
        self.wait(lambda: self.picture("#frames .now") == first)

    def test_with_reduced_motion_it_goes_frame_by_frame(self):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
        self.open_map()
        self.two_points()
        self.assertEqual(self.element("path-play").accessible_name, "Next frame of the path")
        frames = self.strip_frames()
        for index in (1, 2):
            self.element("path-play").click()
            self.wait(lambda: self.picture("#frames .now") == frames[index])
        self.wait_for_frame()
        self.assertEqual(self.picture("#frames .now"), frames[2], "nothing moves by itself")

    def test_it_is_saved_as_a_picture(self):
        self.open_map()
        self.two_points()
        self.show("linear", "slerp")
        self.wait(lambda: len(self.strip_frames()) == 18)
        self.script("""
            const create = URL.createObjectURL;
            HTMLAnchorElement.prototype.click = function () { window.downloaded = this.download; };
            URL.createObjectURL = (blob) => { window.saved = blob; return create.call(URL, blob); };""")
        self.element("path-save").click()
        self.wait(lambda: self.script("return window.downloaded") == f"{self.options.model}-path.png")
        width, height, kind, ink = self.driver.execute_async_script("""
            const done = arguments[0];
            createImageBitmap(window.saved).then((bitmap) => {
                const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
                context.drawImage(bitmap, 0, 0);
                const { data } = context.getImageData(16, 42, 112, 112);
                done([bitmap.width, bitmap.height, window.saved.type, new Set(data).size]);
            });""")
        self.assertEqual((width, height, kind), (32 + 9 * 118 - 6, 32 + 2 * (112 + 26 + 6) - 6, "image/png"))
        self.assertGreater(ink, 10, "the first frame is a picture")

    def test_opposite_points_have_no_arc(self):
        self.open(f"#model={self.options.model}&path=-1,-0.5,1,0.5&methods=linear,slerp")
        self.wait(lambda: "Move one of them" in self.words("slerp"))
        self.wait(lambda: self.length("linear"))

    def test_a_path_in_five_dimensions(self):
        """Its points are latents of the cut that the map shows; the curves are seen on its plane."""
        name = small_model.train(self.options.url, 5)
        self.open(f"#model={name}&tool=path")
        self.wait(lambda: self.attribute("cursor-picture", "data-latent"), "places on the map can be decoded")
        for place in ((-100, 20), (60, -60)):
            self.point(*place).click().perform()
        self.wait(lambda: self.frames() == 9)
        self.show(*METHODS)
        self.wait(lambda: all(self.length(method) for method in METHODS), seconds=60)
        self.assertLessEqual(self.length("geodesic"), self.length("linear"))
        self.wait(lambda: len(self.script("return (new URLSearchParams(location.hash.slice(1)).get('path') ?? '').split(',')")) == 10)
        self.screenshot("path-five-dimensions")

    def test_a_geodesic_that_is_not_found_is_looked_for_again(self):
        self.open_map()
        self.two_points()
        self.offline(True)
        self.element("method-geodesic").click()
        self.wait(lambda: "move a point" in self.words("geodesic"))
        self.offline(False)
        self.wait(lambda: not self.element("connection").is_displayed())
        self.wait(lambda: self.length("geodesic"), "it is there with the daemon", seconds=60)
        self.forgive("ERR_INTERNET_DISCONNECTED")

    def test_360_pixels(self):
        self.resize(360, 740)
        self.open(f"#model={self.options.model}&path=-1,-0.5,1,1,2,0&methods=linear,slerp,geodesic")
        self.wait(lambda: all(self.length(method) for method in METHODS), seconds=60)
        self.assertEqual(self.script("return document.documentElement.scrollWidth"), 360)
        self.script("document.getElementById('path-title').scrollIntoView()")
        self.screenshot("path-narrow")

    # What the tests above are written in

    def two_points(self):
        self.point(-150, 30).click().perform()
        self.wait(lambda: len(self.pins()) == 1)
        self.assertEqual(self.frames(), 0)
        self.point(150, -50).click().perform()
        self.wait(lambda: self.frames() == 9)
        self.wait(lambda: self.length("linear"))

    def pins(self):
        return self.driver.find_elements("css selector", "#map .pin")

    def words(self, method):
        """What stands beside a method's film strip."""
        return self.script("return document.querySelector(`#frames [data-method=${arguments[0]}]`)?.innerText ?? ''", method)

    def length(self, method):
        return float(self.script("return document.querySelector(`#frames [data-method=${arguments[0]}]`)?.dataset.length || 0", method))

    def strip_frames(self):
        return self.script("return [...document.querySelectorAll('#frames .frame canvas')].map((frame) => frame.toDataURL())")

    def show(self, *methods):
        for method in METHODS:
            if self.element(f"method-{method}").is_selected() != (method in methods):
                self.element(f"method-{method}").click()


if __name__ == "__main__":
    run_tests(__doc__, Paths)
