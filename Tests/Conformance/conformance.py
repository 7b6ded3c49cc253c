"""What the tests of both clients share: a daemon over the bundled model, and what `/v1` says, which is what `/v2` must say."""
import pathlib
import shutil
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

import numpy

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "EndToEnd"))
import support  # noqa: E402

MODEL = "mnist-2d"
LATENTS = numpy.array([[0.5, -1.2], [0, 0], [-3.25, 2]], numpy.float32)
# Differ in each row and column, and UINT8 says them as well.
PIXELS = (numpy.arange(2 * 28 * 28).reshape(2, 1, 28, 28) * 7 % 256).astype(numpy.uint8)
IMAGES = PIXELS.astype(numpy.float32) / numpy.float32(255)


class WithDaemon(unittest.TestCase):
    """One daemon for all tests of a class. It compresses on loopback too, where it would not by itself."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="latentd-test-")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        shutil.copytree(support.BUNDLED, cls.folder / "models")
        for name in ("state", "data"):
            (cls.folder / name).mkdir()
        cls.daemon = cls.enterClassContext(support.Daemon(cls.folder, "--set", "server.compression=on"))
        cls.address = f"127.0.0.1:{cls.daemon.port}"

    @classmethod
    def v1(cls, verb, **body):
        return cls.daemon.call("POST", f"/v1/models/{MODEL}/{verb}", body)

    @classmethod
    def decoded(cls):
        images = numpy.array(cls.v1("decode", latents=LATENTS.tolist())["images"], numpy.float32)
        return images.reshape(-1, 1, 28, 28)

    @classmethod
    def encoded(cls):
        answer = cls.v1("encode", images=IMAGES[:, 0].tolist())
        return {name: numpy.array(answer[name], numpy.float32) for name in ("mean", "log_variance")}

    def plain(self, method, path, body=None, fields=()):
        """Status, fields and body without any client's help."""
        request = urllib.request.Request(f"http://{self.address}{path}", body, dict(fields), method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def break_newest_version(self):
        """A version 2 that cannot be loaded; gives its folder."""
        folder = self.folder / "models" / MODEL / "2"
        shutil.copytree(self.folder / "models" / MODEL / "1", folder)
        (folder / "model.safetensors").write_bytes(b"no weights")
        self.addCleanup(shutil.rmtree, folder)
        return folder

    def assert_same(self, actual, expected):
        """The same numbers, to the last bit."""
        self.assertEqual(actual.dtype, numpy.float32)
        numpy.testing.assert_array_equal(actual, expected)
        self.assertEqual(actual.shape, expected.shape)
