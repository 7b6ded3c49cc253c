"""A network between the browser and the daemon that is slow, or breaks: a proxy that hands on bytes late, few at a time, or not to
their end, and holds back what is asked for."""
import contextlib
import socket
import threading
import time

PIECE = 4096


class Network:
    """On a port of its own. `delay`: seconds before each answer; `rate`: bytes a second; `cut`: bytes of an answer after which the
    connection breaks; `down`: nothing is let through; `held`: the path of what waits until it is another. All can be changed while it
    runs."""

    def __init__(self, port):
        self.target = port
        self.delay, self.rate, self.cut, self.down, self.held = 0, None, None, False, None

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.down = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                browser, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[browser], daemon=True).start()

    def serve(self, browser):
        with contextlib.suppress(OSError), browser, socket.create_connection(("127.0.0.1", self.target)) as daemon:
            threading.Thread(target=self.hand_on, args=[browser, daemon, self.hold], daemon=True).start()
            self.hand_on(daemon, browser, self.answers())

    def hand_on(self, source, target, admit):
        """Until one of them is gone; then the other hears of it."""
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                if self.down or not admit(data):
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def hold(self, request):
        while self.held and f" {self.held} ".encode() in request:
            time.sleep(0.01)
        return True

    def answers(self):
        """A function that takes the time which bytes of a connection's answers need, and says whether they come through."""
        sent = 0

        def admit(data):
            nonlocal sent
            begins = data.startswith(b"HTTP/1.1 ")
            sent = len(data) if begins else sent + len(data)
            if begins:
                time.sleep(self.delay)
            if self.rate:
                time.sleep(len(data) / self.rate)
            return self.cut is None or sent <= self.cut
        return admit
