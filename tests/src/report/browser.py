"""A headless Chromium driven over its debugging pipe: no driver program and no package."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

DEADLINE_S = 60


class Browser:
    """One page of one browser; a context manager, so that the process always ends."""

    def __init__(self, program):
        self._folder = tempfile.mkdtemp(prefix="sslslr-browser-")
        theirs_in, self._out = map(_out_of_the_way, os.pipe())
        self._in, theirs_out = map(_out_of_the_way, os.pipe())

        def connect():  # the browser reads commands from descriptor 3 and answers on 4
            os.dup2(theirs_in, 3)
            os.dup2(theirs_out, 4)

        self._process = subprocess.Popen(
            [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                f"--user-data-dir={self._folder}",
                "--remote-debugging-pipe",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(3, 4),
            preexec_fn=connect,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._left = b""
        self._last = 0
        self.events = []
        self._session = None
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._folder, ignore_errors=True)

    def command(self, method, **parameters):
        """Sends a command of the DevTools protocol and returns its result."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        answer = self._wait(lambda each: each.get("id") == self._last)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def load(self, url):
        """Loads a page and waits for the end of it; events of earlier pages are forgotten."""
        self.events.clear()
        self.command("Page.navigate", url=url)
        if not any(each.get("method") == "Page.loadEventFired" for each in self.events):
            self._wait(lambda each: each.get("method") == "Page.loadEventFired")

    def look(self, width, height, scheme="light", media=""):
        """Size in CSS pixels, colour scheme and medium ("" is the screen) of what follows."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=width < 600
        )
        self.command(
            "Emulation.setEmulatedMedia", media=media,
            features=[{"name": "prefers-color-scheme", "value": scheme}]
        )

    def evaluate(self, expression):
        """The value of a JavaScript expression in the page."""
        found = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"]["exception"]["description"])
        return found["result"].get("value")

    def screenshot(self, path, whole=True):
        data = self.command("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def pdf(self):
        """The page as printed, by its own page sizes."""
        found = self.command("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(found["data"])

    def _wait(self, is_it):
        """Reads messages until the one; events among them are kept."""
        end = time.monotonic() + DEADLINE_S
        while True:
            message = self._read(end)
            if "method" in message:
                self.events.append(message)
            if is_it(message):
                return message

    def _read(self, end):
        while b"\0" not in self._left:
            if not select.select([self._in], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError(f"the browser said nothing for {DEADLINE_S} s")
            piece = os.read(self._in, 1 << 20)
            if not piece:
                raise RuntimeError("the browser ended")
            self._left += piece
        message, self._left = self._left.split(b"\0", 1)
        return json.loads(message)


def _out_of_the_way(descriptor):
    """The same with a number above those that the browser uses."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved
