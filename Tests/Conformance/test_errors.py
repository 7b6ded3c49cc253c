"""What no client shows: the form of errors, and what is not compressed."""
import json

from conformance import WithDaemon


class ErrorsBelowV2(WithDaemon):
    """Whoever answers: the protocol's form, and nothing compressed."""

    def test_every_error_is_one_string(self):
        rows = [
            ("GET", "/v2/absent", 404), ("GET", "/v2/models/absent", 404), ("GET", "/v2/models/mnist-2d/versions/9", 404),
            ("DELETE", "/v2/models/mnist-2d", 405), ("PUT", "/v2", 405), ("POST", "/v2/models/mnist-2d/infer", 400),
            ("GET", "/v2/models/mnist-2d/infer", 405), ("POST", "/v2/repository/models/absent/load", 404),
            ("GET", "/v2/systemsharedmemory/status", 404), ("GET", "/v2/trace/setting", 404), ("GET", "/v2/logging", 404),
            ("GET", "/v2/models/%ff", 400), ("GET", "/v2/models/..%2f..", 400), ("GET", "/v2/health", 404),
            ("GET", "/%762/absent", 404),
        ]
        for method, path, status in rows:
            with self.subTest(f"{method} {path}"):
                body = b"" if method == "POST" else None
                actual, fields, answer = self.plain(method, path, body, {"Accept-Encoding": "gzip"})
                self.assertEqual(actual, status, answer)
                self.assertEqual(fields["Content-Type"], "application/json")
                answer = json.loads(answer)
                self.assertEqual(list(answer), ["error"])
                self.assertTrue(answer["error"])

    def test_a_body_over_the_limit(self):
        status, _, answer = self.plain("POST", "/v2/repository/index", b" " * (9 << 20))
        self.assertEqual(status, 413)
        self.assertEqual(list(json.loads(answer)), ["error"])

    def test_other_paths_have_their_own_form(self):
        status, _, answer = self.plain("GET", "/v3/absent")
        self.assertEqual(status, 404)
        self.assertEqual(json.loads(answer)["error"]["code"], "not_found")

    def test_nothing_but_infer_is_compressed(self):
        for path in ("/v2", "/v2/models", "/v2/models/stats", "/v2/models/mnist-2d", "/v2/models/mnist-2d/config",
                     "/v2/repository/index"):
            status, fields, answer = self.plain("GET", path, None, {"Accept-Encoding": "gzip, deflate, br"})
            self.assertEqual(status, 200)
            self.assertIsNone(fields["Content-Encoding"], path)
            json.loads(answer)
