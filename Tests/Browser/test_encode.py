#!/usr/bin/python3
"""Images of the person's own, in a real headless Chromium, against a running daemon.

    /usr/bin/python3 Tests/Browser/test_encode.py --url http://127.0.0.1:8080 --screenshots DIR
"""
import base64
import math
import os
import struct
import sys
import urllib.parse
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from browser import PageTest, run_tests  # noqa: E402
from png import grey_png  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

ONE = [[255 if 12 <= column <= 15 and 4 <= row <= 23 else 0 for column in range(28)] for row in range(28)]
BAR = [[255 if 12 <= row <= 15 and 4 <= column <= 23 else 0 for column in range(28)] for row in range(28)]
# What a drop and a paste are for the page: an event with files.
GIVE = """
    const [kind, target, name, type, content] = arguments;
    const transfer = new DataTransfer();
    if (content === null) transfer.setData("text/plain", "some words");
    else transfer.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type }));
    const options = { bubbles: true, cancelable: true };
    const event = kind === "paste" ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
        : new DragEvent("drop", { ...options, dataTransfer: transfer });
    return !(target ? document.getElementById(target) : document.body).dispatchEvent(event); // whether somebody took it"""


class Encode(PageTest):
    def test_a_chosen_image_has_a_posterior_losses_and_neighbours(self):
        self.open_map()
        bare = self.picture(".marks")
        self.choose("one.png", ONE)
        card = self.card(1)
        self.assertNotEqual(self.picture(".marks"), bare, "the posterior is on the map")
        facts = card.find_element("css selector", ".facts").text
        self.assertRegex(facts, r"z1\n.?\d+\.\d\d ± \d+\.\d\d")
        self.assertRegex(facts, r"reconstruction\n\d+\.\d nats")
        self.assertRegex(facts, r"KL\n\d+\.\d nats")
        self.assertIn("log p(x | z)", self.text("encoded-hint"))
        self.assertIn("bernoulli", self.text("encoded-hint"))
        neighbours = card.find_elements("css selector", ".neighbour")
        self.assertEqual(len(neighbours), 6)
        self.assertRegex(neighbours[0].accessible_name, r"test image \d+, .* away")
        self.wait(lambda: not card.find_elements("css selector", ".neighbour .blank"), "the neighbours have pictures")
        self.screenshot("encode")
        ActionChains(self.driver).move_to_element(neighbours[0]).perform()
        self.wait(lambda: neighbours[0].get_attribute("data-index") in self.text("cursor-nearest"), "it is pointed at")
        neighbours[0].click()
        self.wait(lambda: "view=" in self.script("return location.hash"), "a click goes there")
        for _ in range(5):
            self.element("zoom-in").click()
        self.screenshot("encode-close")
        self.dark(True)
        self.screenshot("encode-dark")

    def test_the_ellipses_are_one_and_two_deviations(self):
        self.open_map()
        self.choose("one.png", ONE)
        self.card(1)
        answer = self.driver.execute_async_script("""
            const done = arguments[1];
            fetch("/v1/models/mnist-2d/encode", { method: "POST", headers: { "Content-Type": "image/png" },
                body: Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0)) }).then((r) => r.json()).then(done);""",
            base64.b64encode(grey_png(ONE)).decode())
        (x, y), deviations = answer["mean"][0], [math.exp(value / 2) for value in answer["log_variance"][0]]
        scale = 90 / deviations[0]
        self.kept()
        fields = dict(urllib.parse.parse_qsl(self.script("return location.hash.slice(1)")))
        # The mean is in the map's middle, its first deviation 90 pixels to the right.
        self.open("#" + urllib.parse.urlencode({**fields, "view": f"{x},{y},{scale}"}))
        self.card(1)
        self.switch("names-switch")
        dark = self.script("""
            const [deviations, scale] = arguments;
            const canvas = document.querySelector(".marks");
            const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            const [left, top] = [canvas.width / 2, canvas.height / 2];
            const covered = (x, y) => context.getImageData(Math.round(x) - 3, Math.round(y) - 3, 7, 7).data.some((v, i) => i % 4 === 3 && v > 250);
            return [[1, 0], [0, 1], [2, 0], [1.5, 0], [0, 0.5]].map(([right, up]) =>
                covered(left + right * deviations[0] * scale, top - up * deviations[1] * scale));""", deviations, scale)
        self.assertEqual(dark, [True, True, True, False, False])
        self.screenshot("encode-ellipses")

    def test_small_ellipses_are_seen_among_the_points(self):
        self.open_map()
        self.choose("one.png", ONE)
        self.card(1)
        for dark in (False, True):
            self.dark(dark)
            ground, ring, rest = self.wait(lambda: self.script("""
                const mean = document.getElementById("map").dataset.encoded.split(",").map(Number);
                return import("/scripts/first-map.js").then(({ view }) => {
                    view.draw();
                    const [left, top] = view.viewport.toScreen(...mean).map(Math.round);
                    const context = new OffscreenCanvas(41, 1).getContext("2d", { willReadFrequently: true });
                    context.drawImage(view.overlay, 20 - left, -top);
                    const { data } = context.getImageData(0, 0, 41, 1);
                    const shade = (place) => (data[4 * place] + data[4 * place + 1] + data[4 * place + 2]) / 3;
                    return [shade(7), Math.max(...[0, 1, 2].map((place) => Math.abs(shade(place) - shade(7)))), shade(20)];
                })"""))
            self.assertGreater(ring, 120, "a ring stands out against its ground")
            self.assertGreater(abs(rest - ground), 60, "and the ellipses within it")
        self.screenshot("encode-small-dark")

    def test_a_drop_and_a_paste(self):
        self.open_map()
        self.give("drop", "map", "one.png", grey_png(ONE))
        self.card(1)
        self.give("paste", None, "bar.png", grey_png(BAR))
        self.card(2)
        self.assertEqual([card.text for card in self.driver.find_elements("css selector", ".encoded-name")], ["one", "bar"])
        images = [self.picture(f"[data-number='{number}'] .encoded-pictures canvas") for number in (1, 2)]
        self.assertNotEqual(*images)
        self.kept()
        self.assertIn("images=one", self.script("return location.hash"))
        self.driver.refresh()
        self.card(2)
        self.wait(lambda: [self.picture(f"[data-number='{number}'] .encoded-pictures canvas") for number in (1, 2)] == images,
                  "they survive a reload")
        self.screenshot("encode-two")
        self.css("[aria-label='Remove image 1']").click()
        self.wait(lambda: len(self.cards()) == 1)
        self.css("[aria-label='Remove image 2']").click()
        self.wait(lambda: not self.cards() and "images=" not in self.script("return location.hash"))

    def test_a_file_dropped_beside_does_not_leave_the_page(self):
        self.open_map()
        self.assertTrue(self.give("drop", "legend", "one.png", grey_png(ONE)))
        self.card(1)
        self.assertFalse(self.give("drop", "legend", None, None), "words are no file: nothing is lost by them")
        self.element("tab-model").click()
        self.assertTrue(self.give("drop", "panel-model", "bar.png", grey_png(BAR)), "taken by nobody, and the page stays")
        self.element("tab-map").click()
        self.assertEqual(len(self.cards()), 1)

    def test_images_are_the_ends_of_a_path(self):
        self.open_map()
        self.choose("one.png", ONE)
        self.choose("bar.png", BAR)
        for number in (1, 2):
            self.card(number).find_element("css selector", "[data-to=path]").click()
        self.wait(lambda: self.frames() == 9)
        ends = [pin.accessible_name for pin in self.driver.find_elements("css selector", "#map .pin")]
        self.assertEqual(len(ends), 2)
        mean = [float(value) for value in self.attribute("map", "data-encoded").split(",")]
        self.assertIn(f"{mean[0]:.2f}".replace("-", "\u2212"), ends[1])
        self.screenshot("encode-path")

    def test_ink_on_paper_can_be_inverted(self):
        self.open_map()
        self.choose("paper.png", [[255 - value for value in row] for row in ONE])
        card = self.card(1)
        self.assertIn("try Invert", card.text)
        before = self.loss(card)
        self.css("[aria-label='Invert image 1']").click()
        self.wait(lambda: "try Invert" not in card.text)
        self.assertLess(self.loss(card), before / 2, "it is like what the model has learnt")

    def test_a_drawing_is_encoded_while_it_is_drawn(self):
        self.open_map()
        self.element("draw-open").click()
        self.wait(lambda: self.element("sketch").is_displayed())
        self.element("sketch-keep").click()
        self.assertIn("draw something", self.text("sketch-keys"))
        board = ActionChains(self.driver)
        board.move_to_element_with_offset(self.element("sketch"), -40, -80).click_and_hold()
        for step in ((30, -10), (40, 20), (10, 40), (-30, 40), (-30, 40)):
            board.move_by_offset(*step)
        board.release().perform()
        self.card(1)
        self.assertNotIn("draw something", self.text("sketch-keys"), "what was said of the empty board is over")
        first = self.picture("[data-number='1'] .encoded-pictures canvas")
        self.assertRegex(self.attribute("map", "data-encoded"), r"^-?\d+\.\d{3},-?\d+\.\d{3}$")
        ActionChains(self.driver).move_to_element_with_offset(self.element("sketch"), -60, 60).click_and_hold().move_by_offset(110, 0).release().perform()
        self.wait(lambda: self.picture("[data-number='1'] .encoded-pictures canvas") != first, "each stroke is encoded")
        self.assertEqual(len(self.cards()), 1)
        self.screenshot("encode-drawing")
        self.element("sketch-undo").click()
        self.wait(lambda: self.picture("[data-number='1'] .encoded-pictures canvas") == first, "undo takes the last stroke back")
        self.element("sketch-keep").click()
        self.element("sketch").send_keys(" ", Keys.ARROW_DOWN * 6, Keys.ARROW_RIGHT * 3, " ")
        self.card(2)
        self.assertIn("up", self.text("sketch-keys"), "the keyboard draws as well")
        self.element("sketch").send_keys(Keys.DELETE)
        self.wait(lambda: len(self.cards()) == 1, "an empty board has no image")
        self.kept()
        self.assertIn("images=drawing", self.script("return location.hash"))
        self.driver.refresh()
        self.card(1)
        self.assertEqual(self.picture("[data-number='1'] .encoded-pictures canvas"), first, "what is drawn survives a reload")

    def test_what_is_no_image_is_told(self):
        self.open_map()
        self.give("drop", "map", "words.txt", b"not a picture", "text/plain")
        self.wait(lambda: "not a picture" in self.text("drop-hint"))
        self.assertIn("Choose a PNG", self.text("drop-hint"))
        self.screenshot("encode-unusable")
        self.give("drop", "map", "nothing.png", b"")
        self.wait(lambda: "is empty" in self.text("drop-hint"))
        self.give("drop", "map", "black.png", grey_png([[0] * 28 for _ in range(28)]))
        self.wait(lambda: "blank" in self.text("drop-hint"))
        self.give("drop", "map", None, None)
        self.wait(lambda: "not a file" in self.text("drop-hint"))
        self.assertEqual(self.cards(), [])
        self.choose("<b>bold<.png", ONE)
        self.card(1)
        self.assertEqual(self.css(".encoded-name").text, "<b>bold<", "markup stays text")
        self.assertNotIn("blank", self.text("drop-hint"))

    def test_fifty_megapixels_are_scaled_down_without_a_stop(self):
        self.open_map()
        self.script("""
            window.longest = 0;
            let last = performance.now();
            const step = (now) => {
                window.longest = Math.max(window.longest, now - last);
                last = now;
                requestAnimationFrame(step);
            };
            requestAnimationFrame(step);""")
        # A white cross on black, of 10,000 x 5,000 pixels.
        self.element("drop-file").send_keys(self.file("large.png", large_png(10_000, 5_000)))
        self.card(1)
        print(f"longest frame {self.script('return window.longest'):.0f} ms", file=sys.stderr)
        self.assertLess(self.script("return window.longest"), 3000)
        bright = self.script("""
            const canvas = document.querySelector(".encoded-pictures canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
            return [[14, 14], [3, 14], [14, 9], [3, 9], [14, 2]].map(([x, y]) => data[4 * (28 * y + x)] > 128);""")
        self.assertEqual(bright, [True, True, True, False, False])
        self.element("drop-file").send_keys(self.file("huge.png", large_png(20_000, 6_000)))
        self.wait(lambda: "120 megapixels" in self.text("drop-hint"))
        self.assertIn("28 × 28", self.text("drop-hint"))

    def test_a_lost_daemon_loses_no_image(self):
        self.open_map()
        self.choose("one.png", ONE)
        self.card(1)
        self.offline(True)
        self.choose("bar.png", BAR)
        self.wait(lambda: self.element("connection").is_displayed())
        self.wait(lambda: len(self.cards()) == 2)
        self.screenshot("encode-offline")
        self.offline(False)
        self.wait(lambda: not self.element("connection").is_displayed())
        self.card(1)
        self.card(2)
        self.forgive("ERR_INTERNET_DISCONNECTED")

    def test_a_refused_image_can_be_encoded_again(self):
        self.open_map()
        self.script("""
            const daemon = window.fetch;
            window.fetch = (path, options) => (String(path).endsWith("/encode")
                ? Promise.resolve(Response.json({ error: { code: "model_unloaded", message: "It is not loaded." } }, { status: 503 }))
                : daemon(path, options));
            window.mend = () => (window.fetch = daemon);""")
        self.choose("one.png", ONE)
        self.wait(lambda: "It is not loaded." in self.css(".encoded").text)
        self.script("window.mend()")
        self.css("[aria-label='Encode image 1 again']").click()
        self.card(1)
        self.assertFalse(self.css("[aria-label='Encode image 1 again']").is_displayed())

    def test_twelve_images_and_no_more(self):
        self.open_map()
        for number in range(13):
            picture = [row[:] for row in ONE]
            picture[number + 5][20] = 255
            self.choose(f"{number}.png", picture)
            self.wait(lambda: len(self.cards()) == min(12, number + 1))
        self.wait(lambda: "Remove one" in self.text("drop-hint"))

    def test_360_pixels(self):
        self.resize(360, 740)
        self.open_map()
        self.choose("one.png", ONE)
        self.card(1)
        self.element("draw-open").click()
        self.wait(lambda: self.element("sketch").is_displayed())
        self.assertEqual(self.script("return document.documentElement.scrollWidth"), 360)
        self.script("document.getElementById('tool-encode').scrollIntoView()")
        self.screenshot("encode-narrow")
        for control in self.driver.find_elements("css selector", "#tool-encode button, #tool-encode input, #tool-encode canvas"):
            if control.is_displayed() and control.find_element("xpath", "..").get_attribute("class") != "neighbour":
                self.assertTrue(control.accessible_name, control.get_attribute("outerHTML"))

    # What the tests above are written in

    def choose(self, name, rows):
        self.element("drop-file").send_keys(self.file(name, grey_png(rows)))

    def give(self, kind, target, name, content, mime="image/png"):
        return self.script(GIVE, kind, target, name, mime, None if content is None else base64.b64encode(content).decode())

    def cards(self):
        return self.driver.find_elements("css selector", "#encoded-images .encoded")

    def card(self, number):
        """The card of an image, once it is encoded."""
        self.wait(lambda: self.driver.find_elements("css selector", f"#encoded-images [data-number='{number}'][data-state=encoded]"),
                  f"image {number} is encoded")
        return self.css(f"#encoded-images [data-number='{number}']")

    def kept(self):
        """Once the address has the images as they are."""
        self.wait(lambda: self.script("""
            const { kept } = document.getElementById("encoded-images").dataset;
            const text = new URLSearchParams(location.hash.slice(1)).get("images") ?? "";
            return kept !== "" && Number(kept) === text.length;"""), "the images are in the address")

    def loss(self, card):
        return float(card.find_element("xpath", ".//dt[text()='reconstruction']/../dd").text.split()[0])


def large_png(width, height):
    """A cross, as grey pixels of one bit."""
    empty = bytes((width + 7) // 8)
    middle = width // 2
    bar = bytearray(empty)
    for byte in range((middle - width // 20) // 8, (middle + width // 20) // 8):
        bar[byte] = 255
    rows = [b"\0" + (b"\xff" * len(empty) if abs(row - height // 2) < height // 10 else bytes(bar)) for row in range(height)]

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"".join(rows), 1)) + chunk(b"IEND", b""))


if __name__ == "__main__":
    run_tests(__doc__, Encode)
