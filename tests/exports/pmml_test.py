"""What PMML documents say, by an independent reading of them, beside what `mlserve predict` says; and
whether they keep the rules of PMML 4.4."""

import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

sys.path.append(str(pathlib.Path(__file__).resolve().parent))

import cases  # noqa: E402
import pmml_schema  # noqa: E402
from cases import TITANIC, Case, Comparison, binary  # noqa: E402
from pmml_schema import NAMESPACE  # noqa: E402
from pmml_scorer import PmmlScorer  # noqa: E402


class PmmlTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="mlserve-pmml-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def document(self, case):
        """The root of a case's export, which is valid."""
        path = case.export(self.folder, "--format", "pmml")
        if "XMLLINT" in os.environ:
            done = subprocess.run([os.environ["XMLLINT"], "--noout", "--nonet", path],
                                  capture_output=True, check=False, timeout=100)
            self.assertEqual((done.returncode, done.stderr), (0, b""), case.name)
        root = ElementTree.parse(path).getroot()
        self.assertEqual(pmml_schema.check(root), [], case.name)
        return root

    def answers(self, case, root):
        """(labels, numbers) as Comparison wants them."""
        scorer = PmmlScorer(root)
        self.assertEqual(scorer.verify(), (golden_rows(case), []), case.name)
        outputs = [scorer.score(dict(zip(case.names, row))) for row in case.rows]
        if not case.classes:
            return None, [list(output.values()) for output in outputs]
        names = [name for name in outputs[0] if name.rstrip("_") != "prediction"]
        by_class = {field.get("value"): field.get("name") for field in scorer.outputs}
        self.assertEqual(sorted(names), sorted(by_class[name] for name in case.classes))
        prediction = next(name for name in outputs[0] if name not in names)
        return ([cases.class_text(output[prediction]) for output in outputs],
                [[output[by_class[name]] for name in case.classes] for output in outputs])


def golden_rows(case):
    return len(json.loads(case.model.read_text(encoding="utf-8"))["golden_rows"])


class Agreement(PmmlTest):
    def test_every_estimator_agrees_in_every_row(self):
        comparison = Comparison("PMML")
        for case in [*cases.standard_cases(self.folder), *self.more_cases()]:
            comparison.check(case, *self.answers(case, self.document(case)))
        comparison.report()

    def more_cases(self):
        """Targets, names and numbers that the standard cases do not have."""
        rows = [f"{i % 7},{i % 3},{'pq'[i % 2]},{i * 37 % 11 / 2},"
                f"{'true' if (i * i) % 5 > i % 3 else 'false'},{(i * 37 % 11 + i % 7) % 3 / 4}"
                for i in range(200)]
        names = "prediction,probability_true,Sex,Sex_p,seen,grade"
        table = self.write("names.csv", "\n".join([names, *rows]) + "\n")
        ask = self.write("names_rows.csv", "\n".join(
            [names, *rows, ",,,,,", "1,,p,,,", ",2,r,1e3,,", "0,0,q,-1e5,,"]) + "\n")
        features = ["--features", "prediction,probability_true,Sex,Sex_p", "--missing-indicator",
                    "--interaction", "Sex:Sex_p", "--categorical", "prediction"]
        yield Case("truth", self.folder, [table, "--target", "seen", *features], ask)
        yield Case("grades", self.folder,
                   [table, "--target", "grade", "--task", "classification", *features], ask)
        yield Case("dropped", self.folder,
                   [TITANIC, "--target", "Survived", "--features", "Sex,Embarked,Age", "--drop",
                    "first", "--threshold", "youden", "--missing", "zero"],
                   cases.passenger_rows(self.folder))

    def test_a_tie_goes_to_the_first_class(self):
        even = self.write("even.csv", "x,y\n" + "".join(f"{i // 2 % 5},{('no', 'yes')[i % 2]}\n"
                                                       for i in range(40)))
        case = Case("tie", self.folder, [even, "--target", "y"], even)
        self.assertIn([0.5, 0.5], case.numbers)
        Comparison("PMML").check(case, *self.answers(case, self.document(case)))

    def test_a_probability_that_is_nearly_0_is_above_a_threshold_of_0(self):
        table = self.write("rare.csv", "x,y\n" + "".join(
            f"{x},{'ab'[x > 3 or x == -2]}\n" for x in range(-10, 10)))
        asked = self.write("far.csv", "x\n-100\n-200\n0\n")
        case = Case("rare", self.folder, [table, "--target", "y", "--threshold", 0], asked)
        self.assertEqual(case.labels, ["b"] * 3)
        self.assertLess(case.numbers[1][1], 1e-16)
        Comparison("PMML").check(case, *self.answers(case, self.document(case)))

    def test_a_mean_beyond_the_numbers_is_cut_as_the_model_does(self):
        table = self.write("counts.csv", "x,n\n" + "".join(f"{i % 5},{i % 5 + i % 2}\n"
                                                           for i in range(100)))
        ask = self.write("ask.csv", "x,n\n0,\n1e5,\n-1e5,\n1e150,\n")
        case = Case("counts", self.folder, [table, "--target", "n", "--task", "count"], ask)
        labels, numbers = self.answers(case, self.document(case))
        self.assertEqual(numbers[1], case.numbers[1])
        self.assertGreater(numbers[1][0], 8e307)
        Comparison("PMML").check(case, labels, numbers)

    def test_a_document_whose_coefficients_were_changed_does_not_verify(self):
        case = Case("recipe", self.folder, [TITANIC], TITANIC)
        root = self.document(case)
        predictor = next(root.iter(NAMESPACE + "NumericPredictor"))
        predictor.set("coefficient", str(float(predictor.get("coefficient")) * 1.0001))
        self.assertNotEqual(PmmlScorer(root).verify()[1], [])

    def test_a_row_that_lacks_a_value_has_no_answer_where_training_refused_it(self):
        table = self.write("whole.csv", "a,b,y\n" + "".join(f"{i % 5},{'uv'[i % 2]},{i * i % 3 % 2}\n"
                                                            for i in range(60)))
        case = Case("whole", self.folder, [table, "--target", "y", "--missing", "error"], table)
        root = self.document(case)
        Comparison("PMML").check(case, *self.answers(case, root))
        scorer = PmmlScorer(root)
        for record in ({"a": None, "b": "u"}, {"a": 1.0}, {"a": 1.0, "b": "NA"}, {"a": 1.0, "b": ""}):
            self.assertEqual(set(scorer.score(record).values()), {None}, record)
        self.assertNotIn(None, scorer.score({"a": 1.0, "b": "unknown"}).values())


class Refusals(PmmlTest):
    def assert_refused(self, model, sentence):
        target = self.folder / "kept.xml"
        target.write_text("as it was", encoding="utf-8")
        done = subprocess.run([binary(), "export", "-m", model, "--format", "pmml", "-o", target],
                              capture_output=True, check=False, timeout=100)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr.decode(), f"^mlserve: error: a PMML document cannot carry {sentence}")
        self.assertEqual(target.read_text(encoding="utf-8"), "as it was")

    def test_texts_and_dates_are_refused(self):
        for case in cases.text_and_date_cases(self.folder):
            self.assert_refused(case.model, "the text 'note': PMML's TextIndex counts words")
        table = self.write("dates.csv", "when,y\n" + "".join(f"2024-0{i % 9 + 1}-11,{i % 2}\n"
                                                            for i in range(40)))
        cases.mlserve("train", table, "--target", "y", "-o", self.folder / "dates.json")
        self.assert_refused(self.folder / "dates.json", "the date 'when': PMML gives the parts")

    def test_characters_that_xml_does_not_have_are_refused(self):
        table = self.write("bell.csv", "a,y\n" + "".join(f"{'x' if i % 3 else chr(7)},{i % 2}\n"
                                                         for i in range(40)))
        cases.mlserve("train", table, "--target", "y", "-o", self.folder / "bell.json")
        self.assert_refused(self.folder / "bell.json",
                            r"the category '\\x07' of 'a': XML 1.0 has no way")


class CheckerCanFail(PmmlTest):
    """The checker finds what is wrong in documents that were right before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with tempfile.TemporaryDirectory(prefix="mlserve-pmml-") as name:
            folder = pathlib.Path(name)
            cls.roots = {}
            for kind, arguments in {
                    "two": ["--target", "Survived", "--threshold", "0.3"],
                    "several": ["--target", "Embarked"],
                    "number": ["--target", "Fare"]}.items():
                model, path = folder / f"{kind}.json", folder / f"{kind}.xml"
                cases.mlserve("train", TITANIC, "--features", "Sex,Age", "--interaction", "Age:Sex",
                              "--missing-indicator", "--test-size", 0, "-o", model, *arguments)
                cases.mlserve("export", "-m", model, "--format", "pmml", "-o", path)
                cls.roots[kind] = ElementTree.parse(path).getroot()

    def problems(self, change, kind="two"):
        root = copy.deepcopy(self.roots[kind])
        self.assertEqual(pmml_schema.check(root), [])
        change(root)
        return pmml_schema.check(root)

    def assert_found(self, words, change, kind="two"):
        problems = self.problems(change, kind)
        self.assertTrue(any(re.search(words, problem) for problem in problems),
                        f"{words!r} is not in {problems}")

    @staticmethod
    def first(root, name):
        return next(root.iter(NAMESPACE + name))

    def assert_attribute_found(self, words, name, attribute, value, kind="two", index=0):
        def change(root):
            element = list(root.iter(NAMESPACE + name))[index]
            if value is None:
                del element.attrib[attribute]
            else:
                element.set(attribute, value)
        self.assert_found(words, change, kind)

    def test_elements(self):
        def rename(root):
            self.first(root, "Targets").tag = NAMESPACE + "Goals"

        def other_namespace(root):
            self.first(root, "Output").tag = "{http://www.dmg.org/PMML-4_3}Output"

        def reorder(root):
            model = self.first(root, "RegressionModel")
            model.append(model[0])
            model.remove(model[0])

        def repeat(root):
            root.insert(1, self.first(root, "Header"))

        def remove_schema(root):
            self.first(root, "RegressionModel").remove(self.first(root, "MiningSchema"))

        def interleave(root):
            table = self.first(root, "RegressionTable")
            table.insert(0, table[-1])

        def put_text(root):
            self.first(root, "MiningSchema").text = "text"

        def empty_output(root):
            self.first(root, "Output").clear()

        def empty_row(root):
            self.first(root, "row").clear()

        def nest(root):
            self.first(root, "Constant").append(ElementTree.Element(NAMESPACE + "Constant"))

        for change, words in {rename: "/Goals: no such element", other_namespace: "no such element",
                              reorder: "RegressionModel: children are", repeat: "PMML: children are",
                              remove_schema: "RegressionModel: children are",
                              interleave: "RegressionTable: children are",
                              put_text: "MiningSchema: characters between",
                              empty_output: "Output: children are",
                              nest: "Constant: children are", empty_row: "row: children are"}.items():
            with self.subTest(change.__name__):
                self.assert_found(words, change)
        wrong = ElementTree.Element(NAMESPACE + "Header")
        self.assertRegex(" ".join(pmml_schema.check(wrong)), "/Header: no such element here")

    def test_attributes(self):
        for words, name, attribute, value in [
                ("Application: lacks the attribute name", "Application", "name", None),
                ("DataField: has no attribute colour", "DataField", "colour", "red"),
                ("DataField: optype is 'nominal'", "DataField", "optype", "nominal"),
                ("DataField: dataType is 'decimal'", "DataField", "dataType", "decimal"),
                ("DataDictionary: numberOfFields is '-1'", "DataDictionary", "numberOfFields", "-1"),
                ("DataDictionary: numberOfFields is not", "DataDictionary", "numberOfFields", "9"),
                ("Value: property is 'odd'", "Value", "property", "odd"),
                ("RegressionTable: intercept is 'nan'", "RegressionTable", "intercept", "nan"),
                ("RegressionTable: intercept is '1,5'", "RegressionTable", "intercept", "1,5"),
                ("coefficient is ''", "NumericPredictor", "coefficient", ""),
                ("lacks the attribute coefficient", "PredictorTerm", "coefficient", None),
                ("invalidValueTreatment is 'keep'", "MiningField", "invalidValueTreatment", "keep"),
                ("missingValueTreatment is 'x'", "MiningField", "missingValueTreatment", "x"),
                ("importance is '1.5'", "MiningField", "importance", "1.5"),
                ("feature is 'label'", "OutputField", "feature", "label"),
                ("normalizationMethod is 'sigmoid'", "RegressionModel", "normalizationMethod",
                 "sigmoid"),
                ("PMML: version is '4.3'", "PMML", "version", "4.3")]:
            with self.subTest(words):
                self.assert_attribute_found(words, name, attribute, value)

    def test_names(self):
        for words, name, attribute, value, index in [
                ("DataField 'Age': another field", "DataField", "name", "Age", 0),
                ("MiningField 'Cabin': no field", "MiningField", "name", "Cabin", 0),
                ("MiningField 'Age': stands twice", "MiningField", "name", "Age", 0),
                ("DerivedField 'Age_or_0': no field 'Fare'", "FieldRef", "field", "Fare", 1),
                ("PredictorTerm: no field 'Fare'", "FieldRef", "field", "Fare", -1),
                ("DerivedField 'Sex': another field", "DerivedField", "name", "Sex", 0),
                ("NumericPredictor: no field 'x'", "NumericPredictor", "name", "x", 0),
                ("NumericPredictor: field 'Sex' is not continuous", "NumericPredictor", "name", "Sex", 0),
                ("CategoricalPredictor: field 'Age' is not", "CategoricalPredictor", "name", "Age", 0),
                ("OutputField 'Age': another field", "OutputField", "name", "Age", 0),
                ("OutputField .*: no class '2'", "OutputField", "value", "2", 0),
                ("Target 'Age': is not the target", "Target", "field", "Age", 0),
                ("Target: its values are not", "TargetValue", "value", "2", 0),
                ("Value of 'Survived': 'x' is no integer", "Value", "value", "x", -1),
                ("DataField 'Sex': a value stands twice", "Value", "value", "male", 0),
                ("RegressionTable: they are of", "RegressionTable", "targetCategory", "0", 0),
                ("MiningSchema: no target", "MiningField", "usageType", "active", -1),
                ("a second target", "MiningField", "usageType", "target", 0),
                ("targetFieldName is not", "RegressionModel", "targetFieldName", "Age", 0),
                ("MiningField 'Age': 'old' is no double", "MiningField", "missingValueReplacement",
                 "old", 1),
                ("asValue without a value", "MiningField", "invalidValueTreatment", "asValue", 0),
                ("no function 'unless'", "Apply", "function", "unless", 0),
                ("an expression belongs to", "OutputField", "feature", "predictedValue", -1),
                ("VerificationField: no field 'x'", "VerificationField", "field", "x", 0),
                ("VerificationField: a column stands", "VerificationField", "column", "c2", 0),
                ("row: a cell is of no", "VerificationField", "column", "x", -1),
                ("recordCount is not", "ModelVerification", "recordCount", "99", 0),
                ("fieldCount is not", "ModelVerification", "fieldCount", "99", 0),
                ("a class cannot be cut", "Target", "max", "1", 0)]:
            with self.subTest(words):
                self.assert_attribute_found(words, name, attribute, value, index=index)

    def test_models(self):
        self.assert_attribute_found("logit is not for 4 classes", "RegressionModel",
                                    "normalizationMethod", "logit", "several")
        self.assert_attribute_found("does not fit to 'classification'", "RegressionModel",
                                    "functionName", "classification", "number")
        self.assert_attribute_found("a regression has one table and no category", "RegressionTable",
                                    "targetCategory", "x", "number")
        self.assert_attribute_found("the target predicts itself", "NumericPredictor", "name", "Fare",
                                    "number")

    def test_constants(self):
        def change(root):
            next(element for element in root.iter(NAMESPACE + "Constant")
                 if element.get("dataType") == "integer").text = "yes"
        self.assert_found("'yes' is no integer", change)

    def test_an_output_field_uses_those_before_it(self):
        def change(root):
            output = self.first(root, "Output")
            output.insert(0, output[-1])
            del output[-1]
        self.assert_found("OutputField 'prediction': no field 'probability_1'", change)


if __name__ == "__main__":
    unittest.main()
