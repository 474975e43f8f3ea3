"""newman runs the Postman collection beside this file: requests of a client that others wrote."""

import json
import unittest

from clients import HERE, TITANIC_MODEL, ServerTestCase, run_tool

COLLECTION = HERE / "mlserve.postman_collection.json"


class Newman(ServerTestCase):
    def test_every_request_of_the_collection_is_answered_as_it_says(self):
        server = self.serve("-m", TITANIC_MODEL, "--name", "titanic", "--sync-limit", "100",
                            "--allow-training")
        report = self.folder / "report.json"
        code, output = run_tool(
            "newman", "run", COLLECTION, "--env-var", f"base=http://127.0.0.1:{server.port}",
            "--reporters", "cli,json", "--reporter-json-export", report, "--reporter-cli-no-banner",
            "--timeout-request", "90000", "--color", "off")
        self.assertEqual(code, 0, output)
        run = json.loads(report.read_bytes())["run"]
        requests = sum(len(folder["item"]) for folder in json.loads(COLLECTION.read_bytes())["item"])
        self.assertEqual(run["stats"]["requests"]["total"], requests)
        self.assertEqual(run["failures"], [])


if __name__ == "__main__":
    unittest.main()
