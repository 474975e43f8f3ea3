"""Scores rows with a PMML document, as the specification says a consumer has to: the mining schema
first, then derived fields, regression tables, normalisation, targets and outputs. Reads the XML with
Python's own parser and knows nothing of the exporter.

    scorer = PmmlScorer(xml.etree.ElementTree.parse(path).getroot())
    scorer.score({"Age": 22.0, "Sex": "male"})      # {"prediction": "0", "probability_0": 0.8, …}
"""

import math

NAMESPACE = "{http://www.dmg.org/PMML-4_4}"


class InvalidRow(Exception):
    """The mining schema lets no answer be given (returnInvalid)."""


def children(element, name):
    return element.findall(NAMESPACE + name)


def child(element, name):
    return element.find(NAMESPACE + name)


def typed(text, data_type):
    """The value that a text of the document stands for."""
    if data_type in ("double", "float"):
        return float(text)
    return int(text) if data_type == "integer" else text


class PmmlScorer:
    def __init__(self, root):
        dictionary = child(root, "DataDictionary")
        self.fields = {field.get("name"): field for field in children(dictionary, "DataField")}
        self.model = child(root, "RegressionModel")
        self.mining_fields = children(child(self.model, "MiningSchema"), "MiningField")
        self.local = child(self.model, "LocalTransformations")
        self.tables = children(self.model, "RegressionTable")
        self.method = self.model.get("normalizationMethod", "none")
        self.is_classification = self.model.get("functionName") == "classification"
        self.outputs = children(child(self.model, "Output"), "OutputField")
        targets = child(self.model, "Targets")
        self.target = None if targets is None else child(targets, "Target")

    def score(self, record):
        """By output field its value; all None when the row must not be scored."""
        try:
            values = self._admit(record)
        except InvalidRow:
            return {field.get("name"): None for field in self.outputs}
        for field in [] if self.local is None else children(self.local, "DerivedField"):
            values[field.get("name")] = evaluate(expression_of(field), values)
        results = [evaluate_table(table, values) for table in self.tables]
        assert None not in results, "a table without a result needs defaults of the targets"
        probabilities, predicted = {}, None
        if self.is_classification:
            categories = [table.get("targetCategory") for table in self.tables]
            probabilities = dict(zip(categories, normalised(results, self.method)))
            predicted = max(probabilities, key=probabilities.get)  # the first of equal ones
        else:
            predicted = self._adjusted(normalised_number(results[0], self.method))
        return self._outputs(values, probabilities, predicted)

    def verify(self):
        """How many records the document has to prove itself, and what is wrong with them."""
        verification = child(self.model, "ModelVerification")
        if verification is None:
            return 0, []
        fields = children(child(verification, "VerificationFields"), "VerificationField")
        outputs = {field.get("name") for field in self.outputs}
        rows = children(child(verification, "InlineTable"), "row")
        problems = []
        for number, row in enumerate(rows):
            cells = {cell.tag.removeprefix(NAMESPACE): cell.text or "" for cell in row}
            answer = self.score({field.get("field"): cells.get(field.get("column"))
                                 for field in fields if field.get("field") not in outputs})
            problems += [(number, field.get("field"), answer[field.get("field")])
                         for field in fields if field.get("field") in outputs and
                         not is_verified(answer[field.get("field")], cells[field.get("column")], field)]
        return len(rows), problems

    # The mining schema.

    def _admit(self, record):
        values = {}
        for mining in self.mining_fields:
            name = mining.get("name")
            if mining.get("usageType", "active") == "active":
                values[name] = self._treated(mining, self.fields[name], record.get(name))
        return values

    def _treated(self, mining, field, raw):
        value, validity = read_value(field, raw)
        if validity == "invalid":
            treatment = mining.get("invalidValueTreatment", "returnInvalid")
            if treatment == "returnInvalid":
                raise InvalidRow(field.get("name"))
            if treatment == "asValue":
                return typed(mining.get("invalidValueReplacement"), field.get("dataType"))
            validity = "missing" if treatment == "asMissing" else "valid"
        if validity == "missing":
            if mining.get("missingValueTreatment") == "returnInvalid":
                raise InvalidRow(field.get("name"))
            replacement = mining.get("missingValueReplacement")
            return None if replacement is None else typed(replacement, field.get("dataType"))
        return value

    # After the tables.

    def _adjusted(self, value):
        if self.target is None:
            return value
        value = max(value, float(self.target.get("min", "-inf")))
        value = min(value, float(self.target.get("max", "inf")))
        assert not {"rescaleFactor", "rescaleConstant", "castInteger"} & set(self.target.attrib)
        return value

    def _outputs(self, values, probabilities, predicted):
        answer = {}
        for field in self.outputs:
            feature = field.get("feature", "predictedValue")
            if feature == "predictedValue":
                value = predicted
            elif feature == "probability":
                value = probabilities[field.get("value")]
            else:
                assert feature == "transformedValue", feature
                value = evaluate(expression_of(field), {**values, **answer})
            answer[field.get("name")] = value
        return answer


def read_value(field, raw):
    """(value, "valid", "missing" or "invalid") of what a record has for a field."""
    if raw is None or (isinstance(raw, float) and math.isnan(raw)):
        return None, "missing"
    listed = {value.get("value"): value.get("property", "valid") for value in children(field, "Value")}
    if isinstance(raw, str) and raw in listed:
        return typed(raw, field.get("dataType")) if listed[raw] == "valid" else None, listed[raw]
    if field.get("dataType") == "double":
        try:
            return float(raw), "valid"
        except ValueError:
            return raw, "invalid"
    return raw, "invalid" if "valid" in listed.values() else "valid"


def is_verified(value, cell, field):
    """Whether `value` is what a cell of the verification says, by the precision of its field."""
    if not isinstance(value, float):
        return str(value) == cell
    expected, zero = float(cell), float(field.get("zeroThreshold", "1e-16"))
    if abs(expected) <= zero:
        return abs(value) <= zero
    return abs(value - expected) <= float(field.get("precision", "1e-6")) * abs(expected)


# Expressions. None is the missing value.

def expression_of(field):
    return next(element for element in field
                if element.tag not in (NAMESPACE + "Extension", NAMESPACE + "Value"))


def evaluate(expression, values):
    name = expression.tag.removeprefix(NAMESPACE)
    if name == "Constant":
        return typed(expression.text or "", expression.get("dataType", "string"))
    if name == "Apply":
        return apply(expression, values)
    value = values[expression.get("field")]
    if value is None:
        replacement = expression.get("mapMissingTo")
        return None if replacement is None else float(replacement)
    if name == "NormDiscrete":
        return 1.0 if value == expression.get("value") else 0.0
    assert name == "FieldRef", name
    return value


def apply(expression, values):
    function = expression.get("function")
    arguments = list(expression)
    first = evaluate(arguments[0], values)
    if function == "isMissing":
        return first is None
    if first is None:
        return None
    if function == "if":
        return evaluate(arguments[1 if first else 2], values)
    assert function == "greaterThan", function
    second = evaluate(arguments[1], values)
    return None if second is None else first > second


# Regression.

def evaluate_table(table, values):
    """The sum of the table; None where a number that it needs is missing."""
    total = float(table.get("intercept"))
    for predictor in table:
        name = predictor.tag.removeprefix(NAMESPACE)
        coefficient = float(predictor.get("coefficient"))
        if name == "CategoricalPredictor":
            if values[predictor.get("name")] == predictor.get("value"):
                total += coefficient
            continue
        if name == "NumericPredictor":
            factors = [values[predictor.get("name")]]
        else:
            assert name == "PredictorTerm", name
            factors = [evaluate(factor, values) for factor in children(predictor, "FieldRef")]
        if None in factors:
            return None
        exponent = int(predictor.get("exponent", "1"))
        total += coefficient * math.prod(factors) ** exponent
    return total


def exponential(value):
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def normalised(results, method):
    """Probabilities of the categories."""
    if method == "logit":
        first = 1 / (1 + exponential(-results[0]))
        return [first, 1 - first]
    assert method == "softmax", method
    largest = max(results)
    powers = [math.exp(result - largest) for result in results]
    return [power / sum(powers) for power in powers]


def normalised_number(result, method):
    assert method in ("none", "exp"), method
    return result if method == "none" else exponential(result)
