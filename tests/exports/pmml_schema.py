"""Checks PMML documents against rules of the published PMML 4.4 schema and specification, for the
elements that documents of mlserve are made of. Knows nothing of the exporter.

    problems = pmml_schema.check(xml.etree.ElementTree.fromstring(text))     # [] when it is valid

The grammar below is the schema's: the children that an element may have, in their order, and its
attributes with their types. What no schema can say (names that must exist, or differ) follows it.
An element that stands nowhere in the grammar is a problem, also where PMML has it.
"""

import re

NAMESPACE = "{http://www.dmg.org/PMML-4_4}"

EXPRESSION = "(Constant|FieldRef|NormDiscrete|Apply)"

# By element: its children, each with ?, * or + as in regular expressions, and its attributes, each
# with its type and a ! where it is required. TEXT: characters instead of children.
GRAMMAR = {
    "PMML": ("Header DataDictionary TransformationDictionary? RegressionModel+ Extension*",
             "version:string!"),
    "Header": ("Extension* Application? Annotation* Timestamp?",
               "copyright:string description:string modelVersion:string"),
    "Application": ("Extension*", "name:string! version:string"),
    "Annotation": ("TEXT", ""),
    "Timestamp": ("TEXT", ""),
    "Extension": ("", "extender:string name:string value:string"),
    "DataDictionary": ("Extension* DataField+", "numberOfFields:natural"),
    "DataField": ("Extension* Interval* Value*",
                  "name:string! displayName:string optype:optype! dataType:dataType! taxonomy:string "
                  "isCyclic:01"),
    "Interval": ("Extension*", "closure:closure! leftMargin:number rightMargin:number"),
    "Value": ("Extension*", "value:string! displayValue:string property:property"),
    "TransformationDictionary": ("Extension* DerivedField*", ""),
    "LocalTransformations": ("Extension* DerivedField*", ""),
    "DerivedField": (f"Extension* {EXPRESSION} Value*",
                     "name:string displayName:string optype:optype! dataType:dataType!"),
    "Constant": ("TEXT", "dataType:dataType missing:boolean"),
    "FieldRef": ("Extension*", "field:string! mapMissingTo:string"),
    "NormDiscrete": ("Extension*", "field:string! value:string! mapMissingTo:number"),
    "Apply": (f"Extension* {EXPRESSION}*",
              "function:string! mapMissingTo:string defaultValue:string invalidValueTreatment:invalid"),
    "RegressionModel": ("Extension* MiningSchema Output? Targets? LocalTransformations? "
                        "RegressionTable+ ModelVerification? Extension*",
                        "modelName:string functionName:function! algorithmName:string "
                        "modelType:modelType targetFieldName:string normalizationMethod:normalization "
                        "isScorable:boolean"),
    "MiningSchema": ("Extension* MiningField+", ""),
    "MiningField": ("Extension*",
                    "name:string! usageType:usage optype:optype importance:probability "
                    "outliers:outliers lowValue:number highValue:number "
                    "missingValueReplacement:string missingValueTreatment:missing "
                    "invalidValueTreatment:invalid invalidValueReplacement:string"),
    "Output": ("Extension* OutputField+", ""),
    "OutputField": (f"Extension* {EXPRESSION}?",
                    "name:string! displayName:string optype:optype dataType:dataType! "
                    "targetField:string feature:feature value:string isFinalResult:boolean"),
    "Targets": ("Extension* Target+", ""),
    "Target": ("Extension* TargetValue*",
               "field:string optype:optype castInteger:cast min:number max:number "
               "rescaleConstant:number rescaleFactor:number"),
    "TargetValue": ("Extension*", "value:string displayValue:string priorProbability:probability "
                                  "defaultValue:number"),
    "RegressionTable": ("Extension* NumericPredictor* CategoricalPredictor* PredictorTerm*",
                        "intercept:number! targetCategory:string"),
    "NumericPredictor": ("Extension*", "name:string! exponent:integer coefficient:number!"),
    "CategoricalPredictor": ("Extension*", "name:string! value:string! coefficient:number!"),
    "PredictorTerm": ("Extension* FieldRef+", "name:string coefficient:number!"),
    "ModelVerification": ("Extension* VerificationFields InlineTable",
                          "recordCount:natural fieldCount:natural"),
    "VerificationFields": ("Extension* VerificationField+", ""),
    "VerificationField": ("Extension*",
                          "field:string! column:string precision:number zeroThreshold:number"),
    "InlineTable": ("Extension* row*", ""),
    "row": ("ANY", ""),
}

NUMBER = r"\s*([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)\s*"  # of those of XML finite ones alone
TYPES = {
    "string": r"(?s:.*)",
    "number": NUMBER,
    "integer": r"\s*[+-]?\d+\s*",
    "natural": r"\s*\+?\d+\s*",
    "boolean": r"\s*(true|false|1|0)\s*",
    "probability": NUMBER,
    "01": "0|1",
    "optype": "categorical|ordinal|continuous",
    "dataType": "string|integer|float|double|boolean|date|time|dateTime|dateDaysSince(0|19[6-8]0)|"
                "timeSeconds|dateTimeSecondsSince(0|19[6-8]0)",
    "closure": "(open|closed)(Open|Closed)",
    "property": "valid|invalid|missing",
    "function": "associationRules|sequences|classification|regression|clustering|timeSeries|mixed",
    "modelType": "linearRegression|stepwisePolynomialRegression|logisticRegression",
    "normalization": "none|simplemax|softmax|logit|probit|cloglog|exp|loglog|cauchit",
    "usage": "active|predicted|target|supplementary|group|order|frequencyWeight|analysisWeight",
    "outliers": "asIs|asMissingValues|asExtremeValues",
    "missing": "asIs|asMean|asMode|asMedian|asValue|returnInvalid",
    "invalid": "returnInvalid|asIs|asMissing|asValue",
    "cast": "round|ceiling|floor",
    "feature": "predictedValue|predictedDisplayValue|transformedValue|decision|probability|affinity|"
               "residual|standardError|standardDeviation|clusterId|clusterAffinity|entityId|"
               "entityAffinity|warning|ruleValue|reasonCode|antecedent|consequent|rule|ruleId|"
               "confidence|support|lift|leverage|report",
}
ARITIES = {"if": (2, 3), "isMissing": (1, 1), "isNotMissing": (1, 1), "greaterThan": (2, 2),
           "greaterOrEqual": (2, 2), "lessThan": (2, 2), "lessOrEqual": (2, 2), "equal": (2, 2),
           "notEqual": (2, 2), "+": (2, 2), "-": (2, 2), "*": (2, 2), "/": (2, 2)}
VALUE_TYPES = {"integer": "integer", "float": "number", "double": "number", "boolean": "boolean"}


def check(root):
    """The problems of a document, each a sentence; none when it is valid."""
    problems = []
    _check_element(root, "", problems)
    if not problems:  # else there may be nothing to compare
        _Names(root, problems).check()
    return problems


def tag(element):
    return element.tag.removeprefix(NAMESPACE)


def _fits(text, type_name):
    return re.fullmatch(TYPES[type_name], text) is not None


# The grammar.

def _check_element(element, path, problems):
    name = tag(element)
    here = f"{path}/{name}"
    if not element.tag.startswith(NAMESPACE) or name not in GRAMMAR or (path == "" and name != "PMML"):
        problems.append(f"{here}: no such element here")
        return
    content, attributes = GRAMMAR[name]
    _check_attributes(element, here, attributes, problems)
    if content == "ANY":
        if len(element) < 2:
            problems.append(f"{here}: children are fewer than two")
        return
    texts = [element.text, *(child.tail for child in element)]
    if content != "TEXT" and any(text and text.strip() for text in texts):
        problems.append(f"{here}: characters between elements")
    pattern = re.sub(r"\w+", r"(?:\g<0> )", "" if content == "TEXT" else content).replace(") ", ")")
    pattern = re.sub(r"([?*+]) ", r"\1", pattern)
    children = "".join(f"{tag(child)} " for child in element)
    if re.fullmatch(pattern, children) is None:
        problems.append(f"{here}: children are {children.split()}, and should be {content or 'none'}")
    for child in element:
        _check_element(child, here, problems)


def _check_attributes(element, here, attributes, problems):
    rules = dict(rule.split(":") for rule in attributes.split())
    for name, rule in rules.items():
        if rule.endswith("!") and name not in element.attrib:
            problems.append(f"{here}: lacks the attribute {name}")
    for name, value in element.attrib.items():
        if name not in rules:
            problems.append(f"{here}: has no attribute {name}")
        elif not _fits(value, rules[name].rstrip("!")):
            problems.append(f"{here}: {name} is {value!r}")
        elif rules[name] == "probability" and not 0 <= float(value) <= 1:
            problems.append(f"{here}: {name} is {value!r}")


# What the specification says beside the schema.

class _Names:
    """The fields of a document and what refers to them."""

    def __init__(self, root, problems):
        self.root = root
        self.problems = problems
        self.types = {}  # of each field that was defined so far: (optype, dataType)

    def find(self, path):
        return self.root.findall("/".join(NAMESPACE + name for name in path.split("/")))

    def say(self, problem):
        self.problems.append(problem)

    def check(self):
        if self.root.get("version") != "4.4":
            self.say(f"PMML: version is {self.root.get('version')!r}")
        fields = self.find("DataDictionary/DataField")
        dictionary = self.find("DataDictionary")[0]
        if int(dictionary.get("numberOfFields", len(fields))) != len(fields):
            self.say("DataDictionary: numberOfFields is not their number")
        for field in fields:
            self.define(field)
            self.check_values(field)
        for field in self.find("TransformationDictionary/DerivedField"):
            self.check_expression(field)
            self.define(field)
        models = self.find("RegressionModel")
        if len(models) > 1:
            self.say("PMML: this checker knows documents of one model")
        self.check_model(models[0])

    def define(self, field):
        name = field.get("name")
        if name in self.types:
            self.say(f"{tag(field)} {name!r}: another field has this name")
        self.types[name] = (field.get("optype"), field.get("dataType"))

    def check_value(self, text, data_type, place):
        if data_type in VALUE_TYPES and not _fits(text, VALUE_TYPES[data_type]):
            self.say(f"{place}: {text!r} is no {data_type}")

    def check_values(self, field):
        values = field.findall(NAMESPACE + "Value")
        texts = [value.get("value") for value in values]
        if len(set(texts)) != len(texts):
            self.say(f"DataField {field.get('name')!r}: a value stands twice")
        for value in values:
            if value.get("property", "valid") == "valid":
                self.check_value(value.get("value"), field.get("dataType"),
                                 f"Value of {field.get('name')!r}")

    def check_reference(self, name, optype, place):
        if name not in self.types:
            self.say(f"{place}: no field {name!r} before it")
        elif optype and self.types[name][0] != optype:
            self.say(f"{place}: field {name!r} is not {optype}")

    def check_expression(self, parent):
        place = f"{tag(parent)} {parent.get('name')!r}"
        for element in parent.iter():
            name = tag(element)
            if name in ("FieldRef", "NormDiscrete"):
                self.check_reference(element.get("field"),
                                     "categorical" if name == "NormDiscrete" else None, place)
            elif name == "Constant":
                self.check_value(element.text or "", element.get("dataType"), place)
            elif name == "Apply":
                least, most = ARITIES.get(element.get("function"), (1, 0))
                if not least <= len(element) <= most:
                    self.say(f"{place}: no function {element.get('function')!r} of "
                             f"{len(element)} arguments")

    def check_model(self, model):
        self.check_mining_schema(model)
        self.check_targets(model)
        self.check_derived(model)
        self.check_tables(model)
        self.check_outputs(model)
        self.check_verification(model)

    def check_mining_schema(self, model):
        seen = set()
        self.target = None
        for field in model.iter(NAMESPACE + "MiningField"):
            name = field.get("name")
            place = f"MiningField {name!r}"
            self.check_reference(name, None, place)
            if name in seen:
                self.say(f"{place}: stands twice")
            seen.add(name)
            if field.get("usageType") in ("target", "predicted"):
                if self.target is not None:
                    self.say(f"{place}: a second target")
                self.target = name
            for attribute in ("missingValueReplacement", "invalidValueReplacement"):
                if attribute in field.attrib and name in self.types:
                    self.check_value(field.get(attribute), self.types[name][1], place)
            if field.get("invalidValueTreatment") == "asValue" and \
                    "invalidValueReplacement" not in field.attrib:
                self.say(f"{place}: asValue without a value")
        if self.target is None:
            self.say("MiningSchema: no target")
        if model.get("targetFieldName", self.target) != self.target:
            self.say("RegressionModel: targetFieldName is not the target's")
        self.classes = [value.get("value") for field in self.find("DataDictionary/DataField")
                        if field.get("name") == self.target
                        for value in field.findall(NAMESPACE + "Value")]
        for name in set(self.types) - seen:
            if any(field.get("name") == name for field in self.find("DataDictionary/DataField")):
                del self.types[name]  # the model cannot see it
        is_categorical = self.types.get(self.target, ("",))[0] == "categorical"
        if is_categorical != (model.get("functionName") == "classification"):
            self.say(f"RegressionModel: the target does not fit to {model.get('functionName')!r}")

    def check_targets(self, model):
        for target in model.iter(NAMESPACE + "Target"):
            if target.get("field") != self.target:
                self.say(f"Target {target.get('field')!r}: is not the target")
            values = [value.get("value") for value in target]
            if model.get("functionName") == "classification" and values != self.classes:
                self.say("Target: its values are not the classes")
            numeric = {"castInteger", "min", "max", "rescaleConstant", "rescaleFactor"}
            if model.get("functionName") == "classification" and numeric & set(target.attrib):
                self.say("Target: a class cannot be cut or scaled")

    def check_derived(self, model):
        for field in model.findall(f"{NAMESPACE}LocalTransformations/{NAMESPACE}DerivedField"):
            if field.get("name") is None:
                self.say("DerivedField: has no name here")
            self.check_expression(field)
            self.define(field)

    def check_tables(self, model):
        tables = model.findall(NAMESPACE + "RegressionTable")
        categories = [table.get("targetCategory") for table in tables]
        method = model.get("normalizationMethod", "none")
        if model.get("functionName") == "classification":
            if sorted(map(str, categories)) != sorted(self.classes):
                self.say(f"RegressionTable: they are of {categories}, the classes are {self.classes}")
            if method == "exp" or (method == "logit" and len(tables) != 2):
                self.say(f"RegressionModel: {method} is not for {len(tables)} classes")
        elif len(tables) != 1 or categories != [None] or method == "simplemax":
            self.say("RegressionModel: a regression has one table and no category")
        for table in tables:
            for predictor in table:
                name = tag(predictor)
                if name == "PredictorTerm":
                    for factor in predictor.iter(NAMESPACE + "FieldRef"):
                        self.check_reference(factor.get("field"), "continuous", name)
                elif name in ("NumericPredictor", "CategoricalPredictor"):
                    wanted = "continuous" if name == "NumericPredictor" else "categorical"
                    self.check_reference(predictor.get("name"), wanted, name)
                    if predictor.get("name") == self.target:
                        self.say(f"{name}: the target predicts itself")

    def check_outputs(self, model):
        for field in model.iter(NAMESPACE + "OutputField"):
            feature = field.get("feature", "predictedValue")
            place = f"OutputField {field.get('name')!r}"
            if feature == "probability" and field.get("value") not in self.classes:
                self.say(f"{place}: no class {field.get('value')!r}")
            has_expression = any(tag(child) != "Extension" for child in field)
            if has_expression != (feature == "transformedValue"):
                self.say(f"{place}: an expression belongs to a transformedValue")
            self.check_expression(field)
            self.define(field)

    def check_verification(self, model):
        columns = []
        for verification in model.iter(NAMESPACE + "ModelVerification"):
            for field in verification.iter(NAMESPACE + "VerificationField"):
                self.check_reference(field.get("field"), None, "VerificationField")
                columns.append(field.get("column", field.get("field")))
            if len(set(columns)) != len(columns):
                self.say("VerificationField: a column stands twice")
            rows = list(verification.iter(NAMESPACE + "row"))
            if any(tag(cell) not in columns for row in rows for cell in row):
                self.say("row: a cell is of no VerificationField")
            for count, items in (("recordCount", rows), ("fieldCount", columns)):
                if int(verification.get(count, len(items))) != len(items):
                    self.say(f"ModelVerification: {count} is not their number")
