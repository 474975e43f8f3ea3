"""A client that others wrote makes the calls of the web page from /openapi.json alone."""

import json
import unittest

from clients import HERE, TITANIC_MODEL, ServerTestCase, run_node
from harness import TITANIC


class OpenApiClient(ServerTestCase):
    def test_the_document_is_all_that_a_client_needs(self):
        server = self.serve("-m", TITANIC_MODEL, "--name", "titanic", "--allow-training")
        code, output = run_node(HERE / "openapi_client.mjs", f"http://127.0.0.1:{server.port}",
                                "titanic", TITANIC)
        self.assertEqual(code, 0, output)
        told = json.loads(output)
        self.assertTrue(told["about"]["training"])
        self.assertIn("titanic", told["models"])
        self.assertEqual(told["features"], ["Age", "Sex", "Embarked"])
        self.assertEqual(told["answer"], {"prediction": [1]})
        self.assertIn("Survived", told["columns"])
        self.assertEqual(told["status"], 202)
        self.assertEqual(told["result"], told["answer"])
        self.assertGreater(told["metrics"]["accuracy"], 0.5)
        self.assertEqual(told["jobs"], ["train succeeded", "predict succeeded"])


if __name__ == "__main__":
    unittest.main()
