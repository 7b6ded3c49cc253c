"""HTTPS by the daemon, judged by curl, `openssl s_client` and Python's own TLS."""
import contextlib
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import time

import support
from support import Daemon, InFolder, serve_command

DECODE = "/v1/models/small/decode"


class SecureDaemon(Daemon):
    """The daemon over HTTPS; folder/server.pem is trusted, and folder/CLIENT.pem shown."""

    def __init__(self, folder, *arguments, client=None):
        super().__init__(folder, "--tls-certificate", folder / "server.pem", "--tls-key", folder / "server.key", *arguments)
        self.client = client

    def context(self):
        context = ssl.create_default_context(cafile=self.folder / "trusted.pem")
        if self.client:
            context.load_cert_chain(self.folder / f"{self.client}.pem", self.folder / f"{self.client}.key")
        return context

    def connect(self, timeout=30):
        """A TLS connection, checked as clients check it."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        return self.context().wrap_socket(plain, server_hostname="127.0.0.1")

    def curl(self, *arguments, path="/healthz"):
        return subprocess.run(["curl", "-sS", "--cacert", self.folder / "trusted.pem", "--max-time", "60", *arguments,
                               f"https://127.0.0.1:{self.port}{path}"], capture_output=True, env=support.environment())

    def s_client(self, *arguments, request=""):
        """What `openssl s_client` says; it ends its side when the request is out."""
        return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", *arguments], text=True,
                              input=request, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)

    def connection(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.context())

    def request(self, method, path, body=None):
        connection = self.connection()
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


class TLS(InFolder):
    def setUp(self):
        super().setUp()
        self.make("server")
        (self.folder / "trusted.pem").write_bytes((self.folder / "server.pem").read_bytes())

    def make(self, name, authority=None):
        """NAME.pem and NAME.key, signed by itself or by the authority's."""
        signer = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key"] if authority else []
        request = ["openssl", "req", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout",
                   f"{name}.key", "-subj", f"/CN={name}"]
        if authority:
            self.run_openssl(*request[1:], "-out", f"{name}.csr")
            self.run_openssl("x509", "-req", "-in", f"{name}.csr", "-days", "2", "-out", f"{name}.pem", *signer)
        else:
            self.run_openssl(*request[1:], "-x509", "-days", "2", "-addext", "subjectAltName=IP:127.0.0.1", "-out",
                             f"{name}.pem")

    def run_openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=self.folder, capture_output=True, timeout=60)

    def test_versions_and_protocols(self):
        with SecureDaemon(self.folder) as daemon:
            old = ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]
            self.assertIn("alert protocol version", daemon.s_client(*old).stdout)
            for flag, version in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
                said = daemon.s_client(flag, "-alpn", "h2,http/1.1", "-CAfile", self.folder / "trusted.pem").stdout
                self.assertIn(f"New, {version}", said)
                self.assertIn("ALPN protocol: http/1.1", said)
                self.assertIn("Verify return code: 0 (ok)", said)
                self.assertIn("Compression: NONE", said)
            self.assertIn("alert no application protocol", daemon.s_client("-alpn", "h2").stdout)
            self.assertIn("No ALPN negotiated", daemon.s_client().stdout)
            for cipher in ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA"):
                self.assertIn("alert handshake failure", daemon.s_client("-tls1_2", "-cipher", cipher).stdout, cipher)
            for number in ("1.2", "1.3"):
                run = daemon.curl(f"--tlsv{number}", "--tls-max", number)
                self.assertEqual(run.returncode, 0, run.stderr)

    def test_renegotiation_is_refused(self):
        with SecureDaemon(self.folder) as daemon:
            process = subprocess.Popen(["openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{daemon.port}"],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            with process:
                process.stdin.write("R\n")
                process.stdin.flush()
                said, _ = process.communicate(timeout=30)
            self.assertIn("no renegotiation", said)
            self.assertEqual(daemon.request("GET", "/healthz")[0], 200)

    def test_one_connection_for_many_requests(self):
        with SecureDaemon(self.folder) as daemon:
            run = subprocess.run(["curl", "-sSv", "--cacert", self.folder / "trusted.pem"]
                                 + [f"https://127.0.0.1:{daemon.port}/healthz"] * 5, capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(run.stderr.count("SSL connection using"), 1)
            self.assertEqual(run.stderr.count("< HTTP/1.1 200 OK"), 5)
            connection = daemon.connection()
            with contextlib.closing(connection):
                connection.connect()
                port = connection.sock.getsockname()[1]
                images = []
                for _ in range(200):
                    connection.request("POST", DECODE, b'{"latents": [[0.25, -1]]}')
                    images.append(connection.getresponse().read())
                    self.assertEqual(connection.sock.getsockname()[1], port)
                self.assertEqual(len(set(images)), 1)

    def test_large_bodies_both_ways(self):
        rows = [[row / 700, -row / 700] for row in range(1400)]
        body = json.dumps({"latents": rows}).encode().ljust(8 << 20)
        with SecureDaemon(self.folder) as daemon:
            (self.folder / "body").write_bytes(body)
            run = daemon.curl("--data-binary", f"@{self.folder / 'body'}", "-H", "Content-Type: application/json",
                              "-H", "Expect:", path=DECODE)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertGreater(len(run.stdout), 8 << 20)
            images = json.loads(run.stdout)["images"]
            self.assertEqual(len(images), len(rows))
            self.assertEqual(images[-1], daemon.call("POST", DECODE, {"latents": [rows[-1]]})["images"][0])

    def test_a_client_that_sends_byte_by_byte(self):
        """Handshake and request alike."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with SecureDaemon(self.folder) as daemon:
            client = daemon.context().wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
            with socket.create_connection(("127.0.0.1", daemon.port), timeout=30) as plain:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

                def flush():
                    for byte in outgoing.read():
                        plain.sendall(bytes([byte]))

                def step(action):
                    while True:
                        try:
                            result = action()
                            flush()
                            return result
                        except ssl.SSLWantReadError:
                            flush()
                            incoming.write(plain.recv(65536))

                step(client.do_handshake)
                for byte in b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n":
                    step(lambda: client.write(bytes([byte])))
                self.assertTrue(step(lambda: client.read(1000)).startswith(b"HTTP/1.1 200 OK"))

    def test_a_truncated_body_is_no_request(self):
        head = f"POST {DECODE} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n".encode()
        with SecureDaemon(self.folder) as daemon:
            for notice in (True, False):
                with self.subTest(notice=notice), daemon.connect() as client:
                    client.sendall(head + b'{"latents": [[0,0]]}')
                    if notice:
                        # Sends close_notify, and would wait for the server's.
                        client.setblocking(False)
                        with contextlib.suppress(ssl.SSLError, BlockingIOError):
                            client.unwrap()
                    socket.socket.shutdown(client, socket.SHUT_WR) if not notice else None
                    client.setblocking(True)
                    client.settimeout(20)
                    with contextlib.suppress(ssl.SSLError, OSError):
                        answer = client.recv(65536)
                        self.assertTrue(answer == b"" or answer.startswith(b"HTTP/1.1 400 "), answer)
            self.assertEqual(daemon.request("GET", "/healthz")[0], 200)

    def test_the_end_is_told(self):
        """A read of 0 bytes and not SSLEOFError: close_notify has come."""
        with SecureDaemon(self.folder) as daemon, daemon.connect() as client:
            client.suppress_ragged_eofs = False
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            while client.recv(65536):
                pass

    def test_a_handshake_that_stalls_is_cut(self):
        limit = ["--set", "tls.handshake_timeout_seconds=0.3"]
        with SecureDaemon(self.folder, *limit) as daemon, contextlib.ExitStack() as stack:
            began = time.monotonic()
            for opening in (b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00"):
                plain = stack.enter_context(socket.create_connection(("127.0.0.1", daemon.port), timeout=10))
                plain.sendall(opening)
                with contextlib.suppress(ConnectionResetError):
                    while plain.recv(1000):
                        pass
            self.assertLess(time.monotonic() - began, 8)
            self.assertEqual(daemon.request("GET", "/healthz")[0], 200)

    def test_plain_http_ends_quickly(self):
        with SecureDaemon(self.folder) as daemon:
            began = time.monotonic()
            run = subprocess.run(["curl", "-sS", "--max-time", "20", f"http://127.0.0.1:{daemon.port}/healthz"],
                                 capture_output=True)
            self.assertNotEqual(run.returncode, 0)
            self.assertLess(time.monotonic() - began, 5)
            self.assertEqual(daemon.request("GET", "/healthz")[0], 200)

    def test_client_certificates(self):
        self.make("authority")
        self.make("member", "authority")
        self.make("stranger")
        with SecureDaemon(self.folder, "--tls-client-ca", self.folder / "authority.pem", client="member") as daemon:
            for name, admitted in (("member", True), ("stranger", False), (None, False)):
                for version in ("1.2", "1.3"):
                    shown = ["--cert", self.folder / f"{name}.pem", "--key", self.folder / f"{name}.key"] if name else []
                    run = daemon.curl("--tlsv" + version, "--tls-max", version, *shown)
                    self.assertEqual(run.returncode == 0, admitted, (name, version, run.stderr))

    def test_a_new_certificate_on_hangup(self):
        with SecureDaemon(self.folder) as daemon, daemon.connect() as old:
            def serial():
                said = daemon.s_client().stdout
                begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
                return said[said.index(begin):said.index(end)].strip()

            def ask():
                old.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                self.assertTrue(old.recv(65536).startswith(b"HTTP/1.1 200 OK"))

            ask()
            before = serial()
            self.make("server")
            self.assertEqual(serial(), before, "nothing changes by itself")
            os.kill(daemon.process.pid, signal.SIGHUP)
            support.wait(lambda: serial() != before, "the new certificate", 20)
            after = serial()
            ask()

            (self.folder / "server.key").write_text("")
            os.kill(daemon.process.pid, signal.SIGHUP)
            support.wait(lambda: "the old one stays" in daemon.log_path.read_text(), "the log", 20)
            told = [line for line in daemon.log_path.read_text().splitlines() if "the old one stays" in line]
            self.assertEqual(len(told), 1)
            self.assertIn("server.key", told[0])
            self.assertEqual(serial(), after)
            ask()
            daemon.process.terminate()
            self.assertEqual(daemon.process.wait(20), 0, daemon.said())

    def test_settings_that_are_wrong(self):
        self.make("other")
        pem, key = self.folder / "server.pem", self.folder / "server.key"
        for arguments, words in (
            (["--tls-certificate", pem], ["tls.key"]), (["--tls-key", key], ["tls.certificate"]),
            (["--tls-client-ca", pem], ["tls.certificate"]),
            (["--tls-certificate", self.folder / "absent", "--tls-key", key], ["absent", "No such file"]),
            (["--tls-certificate", key, "--tls-key", key], ["server.key", "no certificate"]),
            (["--tls-certificate", pem, "--tls-key", self.folder / "other.key"], ["other.key", "server.pem"]),
        ):
            with self.subTest(arguments):
                self.assert_refuses(serve_command(self.folder, 0, *map(str, arguments)), *words)
