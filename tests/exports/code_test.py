"""`--format c` in its three languages, compiled or run by programs that are made here from the rows."""

import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import cases

STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]


def run(command, folder, text=""):
    """Standard output of a program that must end well."""
    done = subprocess.run(command, cwd=folder, input=text.encode(), capture_output=True, check=False,
                          timeout=600)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stderr.decode(errors='replace')[:2000]}")
    return done.stdout.decode()


def literal(text):
    """A string literal of C: every byte in octal."""
    return '"' + "".join(f"\\{byte:03o}" for byte in text.encode()) + '"'


def is_number(feature):
    return feature["kind"] in ("numeric", "boolean")


class C:
    """Rows are initialised by the position of their members, so that names play no part."""
    name = "C"
    file = "model.c"
    arguments = ["--language", "c"]
    compile = ["cc", "-std=c99", *STRICT, "program.c", "-o", "program", "-lm"]
    program_file = "program.c"
    row_type = "struct mlserve_row"
    class_name = "mlserve_classes[k]"

    def value(self, feature, value):
        if value is None:
            return "NAN" if is_number(feature) else "NULL"
        return repr(value) if is_number(feature) else literal(value)

    def ask(self, case):
        if case.labels is None:
            return 'printf("0 %.17g\\n", predict(&rows[i]));'
        count = len(case.classes)
        if count == 2:
            return ('double p; const int label = predict(&rows[i], &p);'
                    'printf("%d %.17g %.17g\\n", label, 1.0 - p, p);')
        return (f'double p[{count}]; int k; printf("%d", predict(&rows[i], p));'
                f'for (k = 0; k < {count}; ++k) printf(" %.17g", p[k]); printf("\\n");')

    def program(self, case):
        rows = [", ".join(self.value(feature, value) for feature, value in zip(case.features, row))
                for row in case.rows]
        text = f'#include "{self.file}"\n#include <stdio.h>\nstatic const {self.row_type} rows[] = {{\n'
        text += "".join(f"{{{row}}},\n" for row in rows)
        text += f"}};\nint main(void) {{\nint i;\nfor (i = 0; i < {len(rows)}; ++i) {{ {self.ask(case)} }}\n"
        if case.labels is not None:
            text += f"{{ int k; for (k = 0; k < {len(case.classes)}; ++k) {{ {self.print_class()} }} }}\n"
        return text + "return 0;\n}\n"

    def print_class(self):
        return 'const char *c; for (c = mlserve_classes[k]; *c; ++c) printf("%02x", (unsigned char)*c); printf("\\n");'

    def answers(self, case, folder):
        (folder / self.file).write_bytes(
            case.export(folder, "--format", "c", *self.arguments).read_bytes())
        (folder / self.program_file).write_text(self.program(case), encoding="utf-8")
        run(self.compile, folder)
        lines = run([str(folder / "program")], folder).splitlines()
        parts = [line.split() for line in lines[:len(case.rows)]]
        numbers = [[float(number) for number in part[1:]] for part in parts]
        if case.labels is None:
            return None, numbers
        classes = [bytes.fromhex(line).decode() for line in lines[len(case.rows):]]
        assert classes == case.classes, (classes, case.classes)
        return [case.classes[int(part[0])] for part in parts], numbers


class Cpp(C):
    name = "C++"
    file = "model.hpp"
    arguments = ["--language", "c++"]
    compile = ["c++", "-std=c++17", *STRICT, "program.cpp", "-o", "program"]
    program_file = "program.cpp"
    row_type = "mlserve_model::Row"

    def value(self, feature, value):
        if value is None:
            return "NAN" if is_number(feature) else "{}"
        return repr(value) if is_number(feature) else literal(value)

    def ask(self, case):
        if case.labels is None:
            return 'printf("0 %.17g\\n", mlserve_model::predict(rows[i]));'
        return ('const auto answer = mlserve_model::predict(rows[i]); printf("%d", answer.label);'
                'for (double p : answer.probabilities) printf(" %.17g", p); printf("\\n");')

    def print_class(self):
        return 'for (unsigned char c : mlserve_model::classes[k]) printf("%02x", c); printf("\\n");'


class JavaScript:
    name = "JavaScript"
    arguments = ["--language", "javascript"]
    program = """
import { readFileSync } from "node:fs";
import { predict, features } from "./model.mjs";
const answers = readFileSync(0, "utf8").split("\\n").slice(0, -1).map((line) => {
  const record = Object.fromEntries(JSON.parse(line).map((value, f) => [features[f].name, value]));
  return JSON.stringify(predict(record));
});
process.stdout.write(answers.map((line) => `${line}\\n`).join(""));
"""

    def answers(self, case, folder):
        (folder / "model.mjs").write_bytes(
            case.export(folder, "--format", "c", *self.arguments).read_bytes())
        (folder / "program.mjs").write_text(self.program, encoding="utf-8")
        records = "".join(json.dumps(row) + "\n" for row in case.rows)
        lines = run([shutil.which("node"), "program.mjs"], folder, records).splitlines()
        answers = [json.loads(line) for line in lines]
        if case.labels is None:
            return None, [[answer["prediction"]] for answer in answers]
        return ([cases.class_text(answer["prediction"]) for answer in answers],
                [answer["probabilities"] for answer in answers])


class Code(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.folder.name)
        cls.cases = [*cases.standard_cases(folder), *cases.text_and_date_cases(folder)]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def compare(self, language):
        comparison = cases.Comparison(language.name)
        for case in self.cases:
            labels, numbers = language.answers(case, pathlib.Path(self.folder.name))
            self.assertTrue(all(math.isfinite(number) for row in numbers for number in row), case.name)
            comparison.check(case, labels, numbers)
        comparison.report()

    def test_c_agrees_with_predict(self):
        self.compare(C())

    def test_cpp_agrees_with_predict(self):
        self.compare(Cpp())

    @unittest.skipUnless(shutil.which("node"), "node is not installed")
    def test_javascript_agrees_with_predict(self):
        self.compare(JavaScript())


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
