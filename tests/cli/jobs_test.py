"""Jobs as clients and people see them: submission, results, training, restarts, `mlserve jobs`."""

import json
import unittest

from harness import FAILED, NOT_USABLE, PASSENGERS, TITANIC, USAGE
from jobs_case import JobsTestCase

UUID7 = r"\A[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"
MOMENT = r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z"
UNKNOWN = "0190d3d2-6d1e-7a6b-8a55-0123456789ab"
FORMATS = {"json": "application/json", "jsonl": "application/x-ndjson", "csv": "text/csv"}
CSV = {"Content-Type": "text/csv"}
RIGHT = (200, {"prediction": [0, 1, 0, 0]})


class Predict(JobsTestCase):
    def test_results_are_what_predict_writes(self):
        records = json.loads(PASSENGERS.read_bytes())
        bodies = {"json": PASSENGERS.read_bytes(), "csv": TITANIC.read_bytes(),
                  "jsonl": "".join(json.dumps(record) + "\n" for record in records).encode()}
        server = self.serve()
        for source, body in bodies.items():
            self.write(f"input.{source}", body)
            for query, flags in (("", []),
                                 ("?probabilities=true&explain=true",
                                  ["--probabilities", "--explain"])):
                job = server.submit(body, f"/predict{query}", Content_Type=FORMATS[source])
                self.assertEqual(server.wait_for_job(job)["status"], "succeeded")
                for target, accept in FORMATS.items():
                    with self.subTest(f"{source} to {target} {query}"):
                        written = self.run_well("predict", f"input.{source}", "--format", target,
                                                *flags).stdout.encode()
                        status, headers, result = server.request(
                            "GET", f"/jobs/{job}/result", None, {"Accept": accept})
                        self.assertEqual((status, headers["Content-Type"]), (200, accept))
                        self.assertEqual(result, written)

    def test_a_job_tells_its_life(self):
        server = self.serve("--workers", 0)
        status, headers, body = server.request(
            "POST", "/models/model/predict", PASSENGERS.read_bytes(),
            {"Content-Type": "application/json", "Prefer": "respond-async"})
        submitted = json.loads(body)
        job = submitted["id"]
        self.assertEqual(status, 202)
        self.assertRegex(job, UUID7)
        self.assertEqual(headers["Location"], f"/jobs/{job}")
        self.assertRegex(headers["Retry-After"], r"\A[1-9]\d*\Z")
        self.assertEqual((submitted["status"], submitted["position"]), ("queued", 1))
        second = server.submit()

        waiting = server.get_json(f"/jobs/{second}?wait=0")
        self.assertEqual([waiting[key] for key in ("status", "position", "attempts", "progress")],
                         ["queued", 2, 0, 0])
        self.assertRegex(waiting["created_at"], MOMENT)
        self.assertEqual([waiting[key] for key in ("started_at", "finished_at", "error")],
                         [None, None, None])
        self.assertEqual(server.request("GET", f"/jobs/{job}/result")[0], 409)

        self.work()
        done = server.wait_for_job(job)
        self.assertEqual([done[key] for key in ("kind", "status", "attempts", "progress", "error")],
                         ["predict", "succeeded", 1, 100, None])
        moments = [done[key] for key in ("created_at", "started_at", "finished_at")]
        for moment in moments:
            self.assertRegex(moment, MOMENT)
        self.assertEqual(moments, sorted(moments))
        self.assertEqual(done["summary"]["rows"], 4)

    def test_a_bad_body_fails_its_job_with_the_place(self):
        server = self.serve()
        job = server.submit(b'[{"Age": 3, "Sex": "male"}, {"Age": "old", "Sex": "male"}]')
        failed = server.wait_for_job(job)
        self.assertEqual((failed["status"], failed["attempts"]), ("failed", 1))
        self.assertRegex(failed["error"], 'Age.*"old" is not a number')
        status, headers, body = server.request("GET", f"/jobs/{job}/result")
        self.assertEqual((status, headers["Content-Type"]), (409, "application/problem+json"))
        self.assertIn(failed["error"], json.loads(body)["detail"])

    def test_too_many_rows_are_a_job_for_who_can_wait(self):
        server = self.serve("--sync-limit", 100)
        status, _, body = server.request("POST", "/predict", TITANIC.read_bytes(), CSV)
        self.assertEqual(status, 413)
        self.assertIn("Prefer: respond-async", json.loads(body)["detail"])
        status, headers, body = server.request("POST", "/predict", TITANIC.read_bytes(),
                                               {**CSV, "Prefer": "wait=5"})
        self.assertEqual(status, 202)
        job = json.loads(body)["id"]
        self.assertEqual(headers["Location"], f"/jobs/{job}")
        self.assertEqual(server.wait_for_job(job)["summary"]["rows"], 1317)
        self.assertEqual(server.predict(), RIGHT)

    def test_an_idempotency_key_makes_one_job(self):
        server = self.serve("--workers", 0)
        job = server.submit(Idempotency_Key="today")
        server.stop()
        again = self.serve()
        self.assertEqual(again.submit(Idempotency_Key="today"), job)
        again.wait_for_job(job)
        self.assertEqual(again.submit(Idempotency_Key="today"), job)
        status, _, _ = again.request("POST", "/predict", b"[]",
                                     {"Content-Type": "application/json",
                                      "Prefer": "respond-async", "Idempotency-Key": "today"})
        self.assertEqual(status, 422)
        self.assertEqual(len(again.all_jobs()), 1)


class Restart(JobsTestCase):
    def check_done(self, server, job):
        self.assertEqual(server.wait_for_job(job)["status"], "succeeded")
        status, _, body = server.request("GET", f"/jobs/{job}/result")
        self.assertEqual((status, json.loads(body)), RIGHT)

    def test_a_worker_does_what_a_server_took_and_another_server_tells(self):
        front = self.serve("--workers", 0)
        jobs = [front.submit() for _ in range(3)]
        self.assertEqual(front.stop(), 0)
        (self.folder / "model.json").unlink()  # it is in the store, too
        worker = self.work()
        for job in jobs:
            self.assertIn(job, worker.wait_for("job succeeded"))
        self.assertEqual(worker.stop(), 0)
        server = self.serve("--workers", 0, "--store", "sqlite:mlserve.db")
        for job in jobs:
            self.check_done(server, job)

    def test_kill_after_the_202_loses_nothing(self):
        for number in range(3):
            front = self.serve("--workers", 0)
            job = front.submit(Idempotency_Key=str(number))
            front.kill()
            self.check_done(self.serve(), job)


class Train(JobsTestCase):
    FARES = ("--target", "Fare", "--features", "Pclass,Age,Sex")

    def train(self, server, path="/models/fares?target=Fare&features=Pclass,Age,Sex"):
        status, headers, body = server.request("POST", path, TITANIC.read_bytes(), CSV)
        self.assertEqual(status, 202, body)
        job = json.loads(body)["id"]
        self.assertEqual(headers["Location"], f"/jobs/{job}")
        return server.wait_for_job(job)

    def check_answers(self, server, expected):
        status, _, body = server.request("POST", "/models/fares/predict", PASSENGERS.read_bytes())
        self.assertEqual((status, body.decode()), (200, expected))

    def fares(self, *options):
        """What a model of the command line tells of itself, and of the passengers."""
        described = json.loads(self.run_well("train", TITANIC, *self.FARES, *options, "--json",
                                             "-o", "fares.json").stdout)
        return described, self.run_well("predict", PASSENGERS, "-m", "fares.json").stdout

    def test_the_result_is_what_train_tells_and_every_server_serves_it(self):
        described, expected = self.fares()
        server, other = self.serve("--allow-training"), self.serve("--workers", 0)
        self.assertEqual(other.request("POST", "/models/fares/predict", b"[]")[0], 404)
        job = self.train(server)
        self.assertEqual([job[key] for key in ("kind", "status", "model", "progress")],
                         ["train", "succeeded", "fares", 100])
        status, headers, body = server.request("GET", f"/jobs/{job['id']}/result")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        result = json.loads(body)
        self.assertEqual((described.pop("model"), result.pop("model")), ("fares.json", "fares"))
        for key in ("metrics", "coefficients", "checksum"):
            self.assertEqual(result[key], described[key])
        self.assertEqual(result, described)
        for each in (server, other):
            each.wait_for("model 'fares' version 1")
            self.check_answers(each, expected)

    def test_versions_follow_each_other_and_the_promoted_one_serves(self):
        server, other = self.serve("--allow-training"), self.serve("--workers", 0)
        path = "/models/fares?target=Fare&features=Pclass,Age,Sex"
        _, expected = self.fares("--C", "0.001")
        self.train(server)
        self.train(server, f"{path}&C=0.001")
        for each in (server, other):
            each.wait_for("model 'fares' version 2")
            self.check_answers(each, expected)
        job = self.train(server, f"{path}&C=0.00001&promote=false")
        self.assertEqual(job["status"], "succeeded")
        self.train(server, "/models/later?target=Fare&features=Pclass")
        for each in (server, other):
            each.wait_for("model 'later'")  # whoever serves this one has looked at the others
            self.check_answers(each, expected)
            self.assertNotIn("'fares' version 3", each.log())
        self.assertEqual(other.stop(), 0)
        self.check_answers_after_a_start(expected)

    def check_answers_after_a_start(self, expected):
        again = self.serve("--workers", 0)
        again.wait_for("model 'fares' version 2")
        self.check_answers(again, expected)

    def test_a_server_without_a_model_gets_one(self):
        (self.folder / "model.json").unlink()
        server = self.serve("--allow-training")
        self.assertEqual(server.request("GET", "/readyz")[0], 503)
        status, body = server.predict()
        self.assertEqual((status, body["title"]), (503, "No model here to use"))
        self.train(server, "/models/survival?target=Survived&features=Age,Sex,Embarked")
        server.wait_for("model 'survival' version 1")
        self.assertEqual(server.predict(), RIGHT)
        self.assertEqual(server.request("GET", "/readyz")[0], 200)

    def test_training_wants_a_word(self):
        server = self.serve()
        status, _, body = server.request("POST", "/models/fares?target=Fare", TITANIC.read_bytes(),
                                         CSV)
        self.assertEqual(status, 403)
        self.assertIn("--allow-training", json.loads(body)["detail"])
        self.assertEqual(server.all_jobs(), [])

    def test_bad_options_are_told_before_there_is_a_job(self):
        server = self.serve("--allow-training")
        for query, words in (("featurs=Age", "featurs.*'features'"), ("test-size=2", "test-size"),
                             ("C=many", "C.*many"), ("penalty=l3", "penalty.*l3"),
                             ("promote=perhaps", "promote"), ("output=x.json", "output")):
            with self.subTest(query):
                status, _, body = server.request("POST", f"/models/fares?target=Fare&{query}",
                                                 TITANIC.read_bytes(), CSV)
                self.assertEqual(status, 400, body)
                self.assertRegex(json.loads(body)["detail"], words)
        self.assertEqual(server.all_jobs(), [])

    def test_bad_data_fail_the_job_with_the_reason(self):
        job = self.train(self.serve("--allow-training"), "/models/fares?target=Fair")
        self.assertEqual(job["status"], "failed")
        self.assertRegex(job["error"], "Fair.*Fare")


class Command(JobsTestCase):
    def job(self, *arguments):
        return json.loads(self.run_well("jobs", *arguments, "--json").stdout)

    def test_list_show_cancel_retry(self):
        server = self.serve("--workers", 0)
        first, second = server.submit(), server.submit()
        table = self.run_well("jobs", "list").stdout.splitlines()
        self.assertRegex(table[0], r"\Aid +kind +model +status +created +finished\Z")
        self.assertRegex(table[1], rf"\A{second} +predict +model +queued ")  # the latest
        self.assertRegex(table[2], rf"\A{first} +predict +model +queued ")
        self.assertEqual(len(table), 3)
        self.assertEqual(self.job("list"), server.get_json("/jobs"))
        self.assertEqual([job["id"] for job in self.job("list", "--limit", 1)["jobs"]], [second])

        shown = self.run_well("jobs", "show", second).stdout
        self.assertRegex(shown, rf"(?m)^id +{second}$")
        self.assertRegex(shown, r"(?m)^status +queued *$")
        self.assertRegex(shown, r"(?m)^position +2$")
        self.assertEqual(self.job("show", second), server.get_json(f"/jobs/{second}"))

        self.assertRegex(self.run_well("jobs", "cancel", first).stdout, r"(?m)^status +cancelled")
        self.assertEqual(server.get_json(f"/jobs/{first}")["status"], "cancelled")
        self.assertEqual(self.job("show", second)["position"], 1)
        self.assertEqual([job["id"] for job in self.job("list", "--status", "cancelled")["jobs"]],
                         [first])
        self.assertEqual(self.job("retry", first)["position"], 2)  # at the end of the queue
        self.assertEqual(self.job("cancel", second)["status"], "cancelled")

        self.work()
        self.assertEqual(server.wait_for_job(first)["status"], "succeeded")
        self.assertRegex(self.run_well("jobs", "show", first).stdout, r"(?m)^status +succeeded")
        self.assertEqual(server.get_json(f"/jobs/{second}")["status"], "cancelled")

    def test_looking_at_the_queue_of_a_running_server_loses_nothing(self):
        server = self.serve("--workers", 0)
        jobs = [server.submit(), server.submit()]
        for _ in range(3):
            self.run_well("jobs", "list")  # its process closes the database again
            jobs.append(server.submit())
            self.assertEqual(self.job("show", jobs[-1])["status"], "queued")
        server.kill()
        again = self.serve()
        for job in jobs:
            self.assertEqual(again.wait_for_job(job)["status"], "succeeded")

    def test_what_is_not_there_is_said(self):
        server = self.serve("--workers", 0)
        server.submit()
        for action in ("show", "cancel", "retry"):
            for job in (UNKNOWN, "none"):
                self.assert_fails(self.run_mlserve("jobs", action, job), NOT_USABLE, "no job ",
                                  job)

    def test_an_option_goes_before_its_variable(self):
        for action in (["list"], ["show", UNKNOWN], ["cancel", UNKNOWN], ["retry", UNKNOWN]):
            result = self.run_mlserve("jobs", *action, "--store", "sqlite:said.db",
                                      environment={"MLSERVE_STORE": "sqlite:variable.db"})
            self.assert_fails(result, NOT_USABLE, "sqlite:said.db is not there")

    def test_a_job_that_has_ended_stays_so(self):
        server = self.serve()
        job = server.submit()
        server.wait_for_job(job)
        for action, words in (("cancel", "succeeded.*cannot be cancelled"),
                              ("retry", "succeeded.*only a failed or cancelled")):
            with self.subTest(action):
                self.assert_fails(self.run_mlserve("jobs", action, job), FAILED, f"job {job}",
                                  words)
        self.assertEqual(server.request("DELETE", f"/jobs/{job}")[0], 409)
        self.assertEqual(server.request("POST", f"/jobs/{job}/retry")[0], 409)

    def test_wrong_words_are_wrong_usage(self):
        for arguments in (("jobs",), ("jobs", "show"), ("jobs", "list", "--status", "done"),
                          ("jobs", "list", "--limit", 0),
                          ("jobs", "list", "--store", "mysql://here/jobs")):
            with self.subTest(arguments):
                self.assertEqual(self.run_mlserve(*arguments).code, USAGE)

    def test_looking_makes_no_file(self):
        before = sorted(path.name for path in self.folder.iterdir())
        for store in ((), ("--store", "sqlite:none/other.db")):
            for arguments in (("list",), ("show", UNKNOWN), ("cancel", UNKNOWN),
                              ("retry", UNKNOWN)):
                name = store[1] if store else "sqlite:mlserve.db"
                self.assert_fails(self.run_mlserve("jobs", *arguments, *store), NOT_USABLE, name,
                                  "not there")
        server = self.serve()
        self.assertEqual(server.all_jobs(), [])
        self.assertEqual(server.request("GET", f"/jobs/{UNKNOWN}?wait=5")[0], 404)
        self.assertEqual(server.stop(), 0)
        worker = self.work()
        self.assertEqual(worker.stop(), 0)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), before)


if __name__ == "__main__":
    unittest.main()
