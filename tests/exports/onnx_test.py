"""ONNX files, checked by ONNX's own checker and run by ONNX Runtime, beside `mlserve predict`."""

import csv
import json
import pathlib
import random
import subprocess
import unittest

import onnx
import onnx.checker
import onnx.defs
import onnx.shape_inference
from onnx import TensorProto

import cases
from harness import TITANIC, USAGE, CliTestCase

RUNTIME = pathlib.Path(__file__).with_name("onnx_runtime.mjs")
OPSETS = {"": 17, "ai.onnx.ml": 3}


def is_number(feature):
    return feature["kind"] in ("numeric", "boolean")


def ask(path, case, rows):
    """What ONNX Runtime says of rows: {"inputs": …, "outputs": …} of onnx_runtime.mjs."""
    lines = []
    for f, feature in enumerate(case.features):
        values = [row[f] for row in rows]
        if is_number(feature):
            lines.append(json.dumps([feature["name"], "float64", values]))
        else:
            lines.append(json.dumps([feature["name"], "string",
                                     ["" if value is None else value for value in values]]))
    done = subprocess.run(["node", RUNTIME, path], input="\n".join(lines).encode(),
                          capture_output=True, timeout=300, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{case.name}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def described(value):
    """(name, type, shape) of a ValueInfoProto."""
    tensor = value.type.tensor_type
    return value.name, tensor.elem_type, [dim.dim_param or dim.dim_value for dim in tensor.shape.dim]


class OnnxTestCase(CliTestCase):
    def export(self, case):
        """The path of the exported model, and the model after all that can be said without running
        it: the checker takes it, operators, types, inputs and outputs are as documented."""
        path = case.export(self.folder, "--format", "onnx")
        data = path.read_bytes()
        model = onnx.load_from_string(data)
        onnx.checker.check_model(model, full_check=True)
        self.assertEqual(model.SerializeToString(), data, "protobuf itself writes other bytes")
        self.assertEqual((model.ir_version, model.producer_name), (8, "mlserve"))
        self.assertEqual({opset.domain: opset.version for opset in model.opset_import}, OPSETS)
        for node in model.graph.node:
            schema = onnx.defs.get_schema(node.op_type, OPSETS[node.domain], node.domain)
            self.assertFalse(schema.deprecated, node.op_type)
        self.assert_double(model)
        self.assertEqual(
            [described(value) for value in model.graph.input],
            [(feature["name"], TensorProto.DOUBLE if is_number(feature) else TensorProto.STRING,
              ["rows", 1]) for feature in case.features])
        self.assertEqual([described(value) for value in model.graph.output], self.outputs_of(case))
        return path, model

    def assert_double(self, model):
        """No tensor between inputs and outputs is of single precision."""
        graph = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
        types = {constant.data_type for constant in graph.initializer}
        types |= {value.type.tensor_type.elem_type for value in graph.value_info}
        self.assertLessEqual(types, {TensorProto.DOUBLE, TensorProto.INT64, TensorProto.STRING,
                                     TensorProto.BOOL})

    def outputs_of(self, case):
        if not case.classes:
            return [("prediction", TensorProto.DOUBLE, ["rows", 1])]
        fits = case.target["type"] == "integer" and all(abs(float(text)) < 2**63 for text in case.classes)
        return [("label", TensorProto.INT64 if fits else TensorProto.STRING, ["rows"]),
                ("probabilities", TensorProto.DOUBLE, ["rows", len(case.classes)])]

    def run_rows(self, path, case, rows):
        """(labels or None, numbers by row) of ONNX Runtime."""
        answers = ask(path, case, rows)
        self.assertEqual([given["name"] for given in answers["inputs"]], case.names)
        outputs = {name: (dims, data) for name, _, dims, data in answers["outputs"]}
        dims, flat = outputs["probabilities" if case.classes else "prediction"]
        width = max(1, len(case.classes))
        self.assertEqual(dims, [len(rows), width])
        numbers = [flat[i:i + width] for i in range(0, len(flat), width)]
        if not case.classes:
            return None, numbers
        dims, labels = outputs["label"]
        self.assertEqual(dims, [len(rows)])
        return labels, numbers

    def compare(self, case, comparison):
        path, model = self.export(case)
        comparison.check(case, *self.run_rows(path, case, case.rows))
        return path, model

    def made_case(self, name, header, rows, *arguments, asked=None):
        """A case of a table made here; `asked` are other rows to ask it."""
        for stem, table in ((name, rows), (f"{name}_rows", asked or rows)):
            with open(self.folder / f"{stem}.csv", "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
                writer.writerow(header)
                writer.writerows(table)
        return cases.Case(name, self.folder, [self.folder / f"{name}.csv", *arguments],
                          self.folder / f"{name}_rows.csv")


class Models(OnnxTestCase):
    def test_every_model_gives_the_answers_of_predict(self):
        comparison = cases.Comparison("ONNX Runtime")
        for case in cases.standard_cases(self.folder):
            with self.subTest(case.name):
                self.compare(case, comparison)
        comparison.report()

    def test_labels_are_integers_where_the_classes_are_and_texts_elsewhere(self):
        comparison = cases.Comparison("ONNX Runtime, classes of all types")
        for name, classes in {"booleans": ["false", "true"], "reals": ["-0.5", "0.25", "2"],
                              "integers": ["-7", "0", "12"], "long": ["0", str(2**62)],
                              "texts": ["'", "\n"]}.items():
            rows = [[i, i % 5, classes[i * len(classes) // 60]] for i in range(60)]
            with self.subTest(name):
                case = self.made_case(name, ["x", "z", "y"], rows, "--target", "y", "--task",
                                      "classification")
                self.assertEqual(len(case.classes), len(classes))
                self.compare(case, comparison)
        comparison.report()

    def test_integers_beyond_64_bits_are_labels_as_predict_writes_them(self):
        case = self.made_case("long", ["x", "y"], [[i, i % 2 * 10**30] for i in range(40)], "--target", "y",
                              asked=[[-1e3, ""], [1e3, ""]])
        path, _ = self.export(case)
        labels, _ = self.run_rows(path, case, case.rows)
        written = cases.mlserve("predict", case.rows_csv, "-m", case.model, "--format", "csv")
        self.assertEqual(labels, written.decode().splitlines()[1:])
        self.assertEqual(len(set(labels)), 2)

    def test_margins_far_from_0_do_not_overflow(self):
        comparison = cases.Comparison("ONNX Runtime, large margins")
        chance = random.Random(3)
        numbers = [chance.gauss(0, 1) for _ in range(300)]
        far = [[sign * size, ""] for size in (0, 1e-300, 1, 30, 40, 700, 740, 1e4, 1e100, 1e150)
               for sign in (1, -1)]
        two = [[x, "ab"[x + chance.gauss(0, 1) > 0]] for x in numbers]
        three = [[x, "abc"[min(2, max(0, int(x + chance.gauss(0, 1) + 1.5)))]] for x in numbers]
        count = [[x, int(abs(x + 2))] for x in numbers]
        for name, rows, arguments in (("two", two, []), ("three", three, []),
                                      ("count", count, ["--task", "count"])):
            with self.subTest(name):
                self.compare(self.made_case(name, ["x", "y"], rows, "--target", "y", *arguments,
                                            asked=far), comparison)
        comparison.report()

    def test_a_probability_that_is_nearly_0_is_above_a_threshold_of_0(self):
        rows = [[x, "ab"[x > 3 or x == -2]] for x in range(-10, 10)]
        case = self.made_case("threshold", ["x", "y"], rows, "--target", "y", "--threshold", 0,
                              asked=[[-1e2, ""], [-2e2, ""], [0, ""]])
        self.assertEqual(case.labels, ["b"] * 3)
        self.assertLess(case.numbers[1][1], 1e-16)
        path, _ = self.export(case)
        labels, numbers = self.run_rows(path, case, case.rows)
        self.assertEqual(labels, case.labels)
        for given, expected in zip(numbers, case.numbers):
            self.assertLessEqual(abs(given[1] / expected[1] - 1), 1e-12)

    def test_of_equally_probable_classes_the_first_is_the_label(self):
        comparison = cases.Comparison("ONNX Runtime, ties")
        for classes in ("ab", "abc"):
            rows = [[i % 7, classes[i % len(classes)]] for i in range(42)]
            case = self.made_case(f"ties_{classes}", ["x", "y"], rows, "--target", "y", "--penalty", "l1",
                                  "--C", 1e-9)
            self.assertEqual({tuple(given) for given in case.numbers},
                             {(1 / len(classes),) * len(classes)})
            self.assertEqual(set(case.labels), {"a"})
            self.compare(case, comparison)
        comparison.report()

    def test_five_hundred_numbers_and_missing_ones(self):
        comparison = cases.Comparison("ONNX Runtime, 500 numbers")
        chance = random.Random(4)

        def row():
            numbers = [round(chance.gauss(i, 1 + i), 6) for i in range(500)]
            margin = sum((-1) ** i * x / (1 + i) for i, x in enumerate(numbers)) / 20
            given = ["" if chance.random() < 0.02 else x for x in numbers]
            return [*given, "abc"[min(2, max(0, int(margin + 1.5 + chance.gauss(0, 0.3))))]]

        case = self.made_case("wide", [*(f"x{i}" for i in range(500)), "y"], [row() for _ in range(400)],
                              "--target", "y", "--missing-indicator", asked=[row() for _ in range(100)])
        _, model = self.compare(case, comparison)
        self.assertLess(len(model.graph.node), 20)
        comparison.report()


class Names(OnnxTestCase):
    def test_tensors_within_never_have_the_name_of_an_input(self):
        chance = random.Random(5)
        names = ["Mul_3", "Mul_3_", "IsNaN_4", "weights_2", "intercept_1", "rows", "mlserve", "label_",
                 "__proto__", "constructor", " ", "a\nb", "'\"\\", "名前", "prediction"]
        rows = [[*(round(chance.gauss(0, 1), 3) for _ in names), i % 2] for i in range(200)]
        case = self.made_case("names", [*names, "y"], rows, "--target", "y")
        self.assertEqual(set(case.names), set(names))
        comparison = cases.Comparison("ONNX Runtime, names")
        path, model = self.compare(case, comparison)
        taken = [*case.names, *(constant.name for constant in model.graph.initializer),
                 *(name for node in model.graph.node for name in node.output)]
        self.assertEqual(len(taken), len(set(taken)))
        comparison.report()

    def test_a_feature_with_the_name_of_an_output_is_refused_where_there_is_that_output(self):
        comparison = cases.Comparison("ONNX Runtime, names of outputs")
        for target, task, taken in (("y", "classification", {"label", "probabilities"}),
                                    ("y", "regression", {"prediction"})):
            for name in ("label", "probabilities", "prediction"):
                case = self.made_case(f"{task}_{name}", [name, target], [[i, i % 3] for i in range(30)],
                                      "--target", target, "--task", task)
                with self.subTest(case.name):
                    if name in taken:
                        self.assert_refused(case.model, f"the feature '{name}': it has an output of that")
                    else:
                        self.compare(case, comparison)
        comparison.report()

    def assert_refused(self, model, words):
        result = self.run_mlserve("export", "--format", "onnx", "-m", model, "-o", "refused.onnx")
        self.assert_fails(result, USAGE, "an ONNX graph cannot carry ", words)
        self.assertFalse((self.folder / "refused.onnx").exists())

    def test_what_it_cannot_carry_is_refused_with_a_reason(self):
        for case in cases.text_and_date_cases(self.folder):
            self.assert_refused(case.model, "the text 'note': ONNX has no standard operator that splits")
        self.run_well("train", self.folder / "notes.csv", "--target", "way", "--features", "when", "-o",
                      "date.json")
        self.assert_refused("date.json", "the date 'when': ONNX has no standard operator that reads")
        self.run_well("train", TITANIC, "--missing", "error", "--features", "Sex,Pclass", "--target",
                      "Survived", "-o", "strict.json")
        self.assert_refused("strict.json", "the refusal of missing values: it scores all rows or none")


class Files(OnnxTestCase):
    def setUp(self):
        super().setUp()
        self.case = cases.Case("recipe", self.folder, [TITANIC], cases.passenger_rows(self.folder))

    def test_the_format_is_the_default_and_always_the_same_bytes(self):
        first = self.case.export(self.folder, "--format", "onnx").read_bytes()
        self.assertEqual(self.case.export(self.folder).read_bytes(), first)

    def test_it_says_what_it_predicts(self):
        _, model = self.export(self.case)
        self.assertEqual({entry.key: entry.value for entry in model.metadata_props},
                         {"target": "Survived", "task": "classification", "estimator": "logistic",
                          "classes": "[0, 1]"})

    def test_one_row_and_none_are_batches_too(self):
        path, _ = self.export(self.case)
        label, [numbers] = self.run_rows(path, self.case, self.case.rows[:1])
        self.assertEqual(label, self.case.labels[:1])
        # The runtime may take another way to exp for one row than for many: the last digit differs.
        for given, expected in zip(numbers, self.case.numbers[0]):
            self.assertLessEqual(abs(given - expected), cases.TOLERANCE)
        self.assertEqual(self.run_rows(path, self.case, []), ([], []))


if __name__ == "__main__":
    unittest.main()
