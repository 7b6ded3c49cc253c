#!/usr/bin/python3
"""Training on the page, in a real headless Chromium, against a running daemon with a dataset whose epochs take a moment.

    /usr/bin/python3 Tests/Browser/test_training.py --url http://127.0.0.1:8080 --screenshots DIR
"""
import json
import os
import random
import struct
import sys
import urllib.error

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import small_model  # noqa: E402
from browser import PageTest, call, run_tests  # noqa: E402
from png import grey_png  # noqa: E402


class TrainingTest(PageTest):
    def choose(self, key, value):
        self.script("""
            const field = document.getElementById(`field-${arguments[0]}`);
            field.closest("details")?.setAttribute("open", "");
            field.value = arguments[1];
            field.dispatchEvent(new Event("input", { bubbles: true }));""", key, str(value))

    def value(self, key):
        return self.attribute(f"field-{key}", "value")

    def press(self, card, text):
        card.find_element("xpath", f".//button[text()='{text}']").click()

    def status(self, card):
        return card().get_attribute("data-status")


class Form(TrainingTest):
    def test_ranges_and_defaults_are_the_daemons_own(self):
        self.open_training()
        schema = call("GET", "/openapi.json")["components"]["schemas"]["Training"]["properties"]
        shown = self.script("return Object.fromEntries([...document.querySelectorAll('#form-fields [name]')].map((field) => "
                            "[field.name, field.closest('.field').querySelector('.hint').textContent]))")
        self.assertLessEqual(set(schema), set(shown), "every setting of the daemon has a field")
        for key, entry in schema.items():
            facts = entry["anyOf"][0]
            if "maximum" in facts:
                self.assertIn(f"{facts['maximum']:,.8g}" if facts["maximum"] < 1e6 else f"{int(facts['maximum']):,}", shown[key], key)
            if facts["type"] in ("integer", "number") and "default" in facts:
                self.assertEqual(self.attribute(f"field-{key}", "placeholder"), f"{facts['default']:g}", key)
        self.script("document.getElementById('form-more').open = true")
        self.screenshot("form-all")

    def test_a_recipe_fills_in_and_a_reload_loses_nothing(self):
        self.open_training()
        self.fill("name", "typed")
        self.css(".recipes button:last-child").click()
        self.assertEqual((self.value("schedule"), self.value("name")), ("cosine", "typed"))
        epochs = self.value("epochs")
        self.driver.refresh()
        self.wait(lambda: self.driver.find_elements("id", "field-epochs") and self.value("epochs") == epochs)
        self.assertEqual((self.value("schedule"), self.value("name")), ("cosine", "typed"))
        self.assertTrue(self.script("return document.getElementById('form-more').open"), "what is filled in is unfolded")
        self.element("form-reset").click()
        self.assertEqual((self.value("schedule"), self.value("name")), ("", ""))

    def test_an_error_in_a_folded_field_unfolds_it(self):
        self.open_training()
        self.choose("patience", "-1")
        self.script("document.getElementById('form-more').open = false")
        self.element("form-submit").click()
        self.wait(lambda: self.element("error-patience").is_displayed())
        self.assertEqual(self.script("return document.activeElement.id"), "field-patience")
        self.forgive("422")

    def test_a_job_that_needs_too_much_memory_says_what_to_do(self):
        self.open_training()
        # How much is too much depends on the machine, so the answer is played.
        self.script("""
            const real = window.fetch;
            window.fetch = async (path, options) => {
                if (path !== "/v1/jobs") return real(path, options);
                window.fetch = real;
                return new Response(JSON.stringify({ error: { code: "memory_limit", parameter: "training.batch_size",
                    message: "It would take 90 GB of memory, and a job may take 12 GB." } }), { status: 422 });
            };""")
        self.element("form-submit").click()
        self.wait(lambda: self.element("error-batch_size").is_displayed())
        self.assertIn("90 GB", self.text("error-batch_size"))
        self.assertIn("Take a smaller batch", self.text("error-batch_size"))
        self.screenshot("form-memory-limit")

    def test_a_configuration_of_ones_own_begins_as_that_of_the_model(self):
        self.open_training()
        self.choose("model", "own")
        self.wait(lambda: '"encoder"' in self.value("configuration"))
        self.choose("configuration", "{not json")
        self.element("form-submit").click()
        self.wait(lambda: "not JSON" in self.text("error-configuration"))
        self.choose("configuration", '{"family": "vae"}')
        self.element("form-submit").click()
        self.wait(lambda: self.script("return [...document.querySelectorAll('#training-form .field-error')].some((e) => !e.hidden && e.textContent.includes('model'))"))
        self.element("form-reset").click()
        self.forgive("422")

    def test_an_answer_that_is_lost_makes_no_second_job(self):
        self.open_training()
        self.script("""
            const real = window.fetch;
            window.fetch = async (path, options) => {
                const response = await real(path, options);
                if (path !== "/v1/jobs" || options.method !== "POST") return response;
                window.fetch = real;
                throw new TypeError("the answer was lost");
            };""")
        name = f"once-{random.randrange(10 ** 6)}"
        self.fill("name", name)
        self.fill("epochs", "1")
        self.choose("dataset", "drawn-shapes")
        self.element("form-submit").click()
        self.wait(lambda: self.element("connection").is_displayed())
        self.wait(lambda: not self.element("connection").is_displayed())
        self.assertEqual(self.value("name"), name)
        self.element("form-submit").click()
        self.wait(lambda: self.value("name") == "", "it was taken")
        jobs = [job for job in call("GET", "/v1/jobs")["data"] if job["name"] == name]
        self.assertEqual(len(jobs), 1)


class Jobs(TrainingTest):
    def test_a_job_waits_pauses_goes_on_and_tells_its_estimate(self):
        self.open_training()
        self.choose("dataset", "drawn-shapes")
        first = self.submit("first", 200)
        self.choose("dataset", "drawn-shapes")
        second = self.submit("second", 50)
        self.wait(lambda: self.status(first) == "running", seconds=60)
        self.wait(lambda: "Number 1 in the queue" in second().text)
        self.wait(lambda: "Estimate" in second().text and "memory" in second().text)
        self.wait(lambda: first().find_elements("css selector", ".plot .line, .plot .single"), "curves come while it runs", seconds=60)
        self.screenshot("jobs-queue")
        self.press(first(), "Pause")
        self.wait(lambda: self.status(first) == "paused", seconds=60)
        self.wait(lambda: self.status(second) == "running", "the next one starts", seconds=60)
        self.press(first(), "Resume")
        self.wait(lambda: self.status(first) in ("queued", "running"))
        for card in (second, first):
            self.press(card(), "Cancel")
            self.wait(lambda: self.driver.find_elements("id", "confirm"))
            self.assertEqual(self.script("return document.activeElement.value"), "keep", "nothing is lost by the Enter key")
            self.screenshot("job-confirm")
            self.element("confirm-yes").click()
            self.wait(lambda: self.status(card) == "cancelled", seconds=60)
        self.press(first(), "Use its settings")
        self.wait(lambda: self.value("epochs") == "200")
        self.press(first(), "Remove")
        self.element("confirm-yes").click()
        self.wait(lambda: not self.driver.find_elements("xpath", f"//h3[starts-with(text(),'first')]"))
        self.element("form-reset").click()

    def test_a_short_job_goes_from_the_form_to_its_end_and_its_model_opens_by_one_click(self):
        self.open_training()
        self.choose("dataset", "drawn-shapes")
        self.choose("model", "own")
        self.wait(lambda: '"encoder"' in self.value("configuration"))
        self.choose("configuration", json.dumps(small_model.configuration(2)))
        card = self.submit("short", epochs=2)
        self.wait(lambda: self.element("active-jobs").is_displayed(), "the tab counts it")
        self.wait(lambda: self.status(card) == "succeeded", seconds=60)
        self.wait(lambda: card().find_elements("css selector", ".plot .line"), "its curves are there")
        self.wait(lambda: not self.element("active-jobs").is_displayed())
        self.screenshot("job-finished")
        self.press(card(), "Open the model")
        self.wait(lambda: self.element("panel-map").is_displayed() and self.drawn() == 10_000)
        self.assertEqual(self.script("return document.getElementById('model-chooser').value"), self.job_name)
        self.wait(lambda: f"model={self.job_name}" in self.script("return location.hash"))
        before = self.attribute("cursor-picture", "data-latent")
        self.point(40, 30).perform()
        self.wait(lambda: self.attribute("cursor-picture", "data-latent") not in (before, None), "it decodes")
        self.driver.refresh()
        self.wait_for_tools()
        self.assertEqual(self.script("return document.getElementById('model-chooser').value"), self.job_name)

    def test_what_went_wrong_is_told_with_what_to_do(self):
        job = {"object": "job", "model": "mnist-2d", "dataset": "mnist", "training": {"epochs": 3}, "attempt": 1, "priority": 0, "metadata": None,
               "created_at": "2026-01-01T00:00:00.000Z", "progress": None, "metrics": None, "model_version": None, "estimate": None,
               "queue_position": None, "pruned": ["checkpoint", "maps"]}
        codes = {"diverged": "learning rate", "out_of_memory": "smaller batch", "disk_full": "room", "crash_loop": "log"}
        jobs = [{**job, "id": f"job_{code}", "name": code, "status": "failed", "status_reason": None,
                 "error": {"code": code, "message": f"It is {code}", "parameter": None}} for code in codes]
        script = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            const real = window.fetch;
            window.fetch = async (path, options) => (String(path).startsWith("/v1/jobs?")
                ? new Response(JSON.stringify({ data: %s, has_more: false })) : real(path, options));""" % json.dumps(jobs)})
        self.addCleanup(self.driver.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", {"identifier": script["identifier"]})
        self.open_training()
        self.wait(lambda: len(self.driver.find_elements("css selector", ".job")) == len(codes))
        for code, words in codes.items():
            text = self.css(f"[data-job=job_{code}]").text
            self.assertIn(words, text)
            self.assertIn("removed its checkpoint and the maps", text)
            self.assertNotIn("How it formed", text, "the maps are gone")
        self.screenshot("jobs-failed")


class Datasets(TrainingTest):
    def open_upload(self):
        self.open_training()
        self.script("document.getElementById('upload').open = true")

    def remove(self, name):
        try:
            call("DELETE", f"/v1/datasets/{name}")
        except urllib.error.HTTPError:
            pass  # it is not there

    def upload(self, name, *files):
        self.element("upload-files").send_keys("\n".join(files))
        self.wait(lambda: self.element("upload-submit").is_enabled())
        box = self.element("upload-name")
        box.clear()
        box.send_keys(name)
        self.element("upload-submit").click()

    def test_a_datasets_images_can_be_looked_at(self):
        self.open_training()
        self.wait(lambda: self.driver.find_elements("css selector", "[data-dataset=drawn-shapes] summary"))
        self.css("[data-dataset=drawn-shapes] summary").click()
        pictures = lambda: self.script("return document.querySelector('[data-dataset=drawn-shapes] .previews').dataset.shown")  # noqa: E731
        first = self.wait(pictures)
        lit = self.script("""
            const canvas = document.querySelector("[data-dataset=drawn-shapes] .previews canvas");
            return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((byte, i) => i % 4 < 3 && byte > 100);""")
        self.assertTrue(lit)
        self.screenshot("dataset-preview")
        self.css("[data-dataset=drawn-shapes] .preview-head button").click()
        self.wait(lambda: pictures() != first)
        self.css("[data-dataset=drawn-shapes] .segmented label:last-child").click()
        self.wait(lambda: (pictures() or "").startswith("test"))

    def test_a_folder_of_pngs_becomes_a_dataset_and_goes_again(self):
        self.remove("pets")
        self.open_upload()
        self.element("upload-folder").send_keys(self.pets())
        self.wait(lambda: "2 labels (cat, dog)" in self.text("upload-words"))
        self.assertEqual(self.attribute("upload-name", "value"), "pets")
        self.screenshot("upload-folder")
        self.element("upload-submit").click()
        self.wait(lambda: self.driver.find_elements("css selector", "li[data-dataset=pets]"))
        self.assertEqual(self.value("dataset"), "pets", "it is chosen in the form")
        made = call("GET", "/v1/datasets/pets")
        self.assertEqual((made["label_names"], made["splits"]), (["cat", "dog"], {"train": 18, "test": 2}))
        self.css("li[data-dataset=pets] .job-head button").click()
        self.element("confirm-yes").click()
        self.wait(lambda: not self.driver.find_elements("css selector", "li[data-dataset=pets]"))

    def pets(self):
        """A folder of pictures in folders that are their labels."""
        folder = os.path.join(self.folder.name, "pets")
        for label in ("cat", "dog"):
            os.makedirs(os.path.join(folder, label), exist_ok=True)
            for number in range(10):
                shade = 200 if label == "cat" else 90
                rows = [[shade if (row + column + number) % 7 else 0 for column in range(28)] for row in range(28)]
                with open(os.path.join(folder, label, f"{number}.png"), "wb") as file:
                    file.write(grey_png(rows))
        return folder

    def test_a_dropped_folder_becomes_a_dataset(self):
        self.remove("pets")
        self.open_upload()
        form = self.element("upload-form")
        self.script("arguments[0].scrollIntoView({ block: 'center' })", form)
        box = self.script("const { left, top } = arguments[0].getBoundingClientRect(); return [left + 40, top + 20]", form)
        drag = {"x": box[0], "y": box[1], "data": {"items": [], "files": [self.pets()], "dragOperationsMask": 1}}
        for kind in ("dragEnter", "dragOver"):
            self.driver.execute_cdp_cmd("Input.dispatchDragEvent", {"type": kind, **drag})
        self.wait(lambda: "dropping" in self.attribute("upload-form", "class"))
        self.driver.execute_cdp_cmd("Input.dispatchDragEvent", {"type": "drop", **drag})
        self.wait(lambda: "2 labels (cat, dog)" in self.text("upload-words"))
        self.assertNotIn("dropping", self.attribute("upload-form", "class"))
        self.element("upload-submit").click()
        self.wait(lambda: self.driver.find_elements("css selector", "li[data-dataset=pets]"))
        made = call("GET", "/v1/datasets/pets")
        self.assertEqual((made["label_names"], made["splits"]), (["cat", "dog"], {"train": 18, "test": 2}))
        self.remove("pets")

    def test_idx_files_are_known_by_their_names(self):
        self.remove("idx")
        self.open_upload()
        images = struct.pack(">IIII", 0x803, 20, 28, 28) + bytes(range(256)) * 61 + bytes(20 * 784 - 256 * 61)
        labels = struct.pack(">II", 0x801, 20) + bytes(range(10)) * 2
        self.upload("idx", self.file("train-images-idx3-ubyte", images), self.file("train-labels-idx1-ubyte", labels))
        self.wait(lambda: self.driver.find_elements("css selector", "li[data-dataset=idx]"))
        self.remove("idx")

    def test_what_is_wrong_with_files_is_told(self):
        self.remove("broken")
        self.open_upload()
        self.element("upload-files").send_keys(self.file("words.txt", b"not a picture"))
        self.wait(lambda: "PNG or an IDX" in self.text("upload-error"))
        self.assertFalse(self.element("upload-submit").is_enabled())
        self.upload("broken", self.file("cut.png", grey_png([[0] * 28] * 28)[:-30]))
        self.wait(lambda: "cut.png" in self.text("upload-error"))
        self.screenshot("upload-error")
        self.forgive("422")

    def test_an_upload_shows_its_progress_and_can_be_stopped(self):
        self.remove("large")
        self.open_upload()
        source = random.Random(5)
        images = struct.pack(">IIII", 0x803, 4000, 28, 28) + source.randbytes(4000 * 784)
        self.driver.execute_cdp_cmd("Network.enable", {})
        try:
            self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
                "offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 200_000})
            self.upload("large", self.file("train-images-idx3-ubyte", images))
            self.wait(lambda: self.element("upload-stop").is_displayed())
            self.wait(lambda: 0 < float(self.script("return document.getElementById('upload-progress').value")) < 1, seconds=60)
            self.screenshot("upload-progress")
            self.element("upload-stop").click()
            self.wait(lambda: "was stopped" in self.text("upload-error"))
        finally:
            self.offline(False)
        self.assertEqual(self.driver.find_elements("css selector", "li[data-dataset=large]"), [])
        self.assertTrue(self.element("upload-submit").is_enabled(), "it can be sent again")


if __name__ == "__main__":
    run_tests(__doc__, Form, Jobs, Datasets)
