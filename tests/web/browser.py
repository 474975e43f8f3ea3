"""Headless Chromium, spoken to through a pipe by its DevTools protocol: opens pages, runs scripts
in them, and keeps what they logged and asked for."""

import json
import os
import subprocess

SWITCHES = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--no-first-run", "--remote-debugging-pipe")


class Browser:
    def __init__(self, profile):
        to_browser, self.commands = os.pipe()
        self.messages, from_browser = os.pipe()
        # Chromium reads commands from descriptor 3 and writes to 4.
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "sh",
             os.environ["CHROMIUM"], *SWITCHES, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.last_id = 0
        self.buffer = b""
        self.pages = {}

    def close(self):
        os.close(self.commands)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.messages)

    def call(self, method, session=None, **parameters):
        """The result of a command; events that come before it go to their pages."""
        self.last_id += 1
        command = {"id": self.last_id, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self.last_id:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]
            if message.get("sessionId") in self.pages:
                self.pages[message["sessionId"]].note(message)

    def _next(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.messages, 1 << 16)
            if not piece:
                raise AssertionError("the browser has ended")
            self.buffer += piece
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)


class Page:
    """One tab. `trouble` has the errors and warnings of its console, `asked` the addresses that it
    asked for."""

    def __init__(self, browser):
        self.browser = browser
        self.trouble = []
        self.asked = []
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target,
                                    flatten=True)["sessionId"]
        browser.pages[self.session] = self
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def note(self, message):
        method, parameters = message["method"], message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.trouble.append(parameters["exceptionDetails"].get("text"))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.trouble.append(parameters["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.asked.append(parameters["request"]["url"])

    def open(self, url):
        self.call("Page.navigate", url=url)

    def run(self, script):
        """The value of an expression, awaited if it is a promise."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True,
                           returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, condition, seconds=30):
        """Until the expression is true; returns its value."""
        return self.run(f"""new Promise((done, fail) => {{
            const end = Date.now() + {seconds * 1000};
            const look = () => {{
              let value;
              try {{ value = {condition}; }} catch (error) {{ value = undefined; }}
              if (value) return done(value);
              if (Date.now() > end) return fail(new Error({json.dumps(condition)}));
              setTimeout(look, 20);
            }};
            look();
          }})""")
