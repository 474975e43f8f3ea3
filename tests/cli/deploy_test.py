"""The files that operators copy: systemd's own tool takes them, and finds little to complain of.
nginx.conf is tried under load by restart_test.py."""

import re
import shutil
import subprocess
import unittest

from harness import ROOT, CliTestCase, binary

DEPLOY = ROOT / "scripts/deploy"

# Of 10; systemd calls it OK up to 2.0. What is left are sockets, which a server needs.
MOST_EXPOSURE = 1.5


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd's tools are not here")
class Units(CliTestCase):
    def setUp(self):
        super().setUp()
        service = (DEPLOY / "mlserve.service").read_text()
        self.assertIn("=/usr/bin/mlserve ", service)
        self.write("mlserve.service", service.replace("/usr/bin/mlserve", binary()))
        shutil.copy(DEPLOY / "mlserve.socket", self.folder)

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *arguments], cwd=self.folder, timeout=100,
                              capture_output=True, text=True, check=False)

    def test_are_understood(self):
        done = self.analyze("verify", "--man=no", "./mlserve.service", "./mlserve.socket")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_give_the_service_little(self):
        done = self.analyze("security", "--offline=true", "--no-pager", "./mlserve.service")
        exposure = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
        self.assertIsNotNone(exposure, done.stderr)
        self.assertLessEqual(float(exposure.group(1)), MOST_EXPOSURE, done.stdout)


class Options(CliTestCase):
    def test_are_those_of_serve(self):
        known = set(re.findall(r"--[a-z-]+", self.run_well("--help").stdout +
                               self.run_well("serve", "--help").stdout))
        for name in ("mlserve.service", "kubernetes.yaml", "nginx.conf", "README.md"):
            text = (DEPLOY / name).read_text()
            lines = [line for line in text.splitlines() if "kubectl" not in line]
            used = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", "\n".join(lines)))
            with self.subTest(name):
                self.assertLessEqual(used - {"--deploy-hook", "--now"}, known)


if __name__ == "__main__":
    unittest.main()
