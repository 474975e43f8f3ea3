#include "exporters/pmml.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "core/version.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;

const features::Target kTwo{"y", features::TargetType::integer, {"0", "1"}, {1, 1}};

/// The lines of the document that begin with `start`, without their indentation.
std::vector<std::string> lines_of(const model::Model& model, std::string_view start) {
  const std::string document = exporters::pmml(model);
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = document.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const std::string_view line = std::string_view(document).substr(begin, end - begin);
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (line.substr(indent).starts_with(start)) lines.emplace_back(line.substr(indent));
  }
  return lines;
}

std::string complaint(const model::Model& model) {
  const auto error = testing::error_of([&] { exporters::pmml(model); });
  if (!error) return "no error";
  CHECK(error->kind() == ErrorKind::invalid_argument);
  return error->what();
}

}  // namespace

TEST_CASE("A PMML document has the whole model", "[exporters]") {
  model::Model model = testing::small_model();
  model.coefficients = {{0.5, -0.25, 2}};
  model.intercepts = {-1};
  model.golden_rows = {{R"({"age":20,"sex":null})", {0.75}}};
  model.training.created_at = "2024-05-06T07:08:09Z";
  CHECK(exporters::pmml(model) ==
        R"(<?xml version="1.0" encoding="UTF-8"?>
<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
 <Header>
  <Application name="mlserve" version=")" +
            std::string(kVersion) + R"("/>
  <Timestamp>2024-05-06T07:08:09Z</Timestamp>
 </Header>
 <DataDictionary numberOfFields="3">
  <DataField name="age" optype="continuous" dataType="double"/>
  <DataField name="sex" optype="categorical" dataType="string">
   <Value value="female"/>
   <Value value="male"/>
  </DataField>
  <DataField name="survived" optype="categorical" dataType="integer">
   <Value value="0"/>
   <Value value="1"/>
  </DataField>
 </DataDictionary>
 <RegressionModel functionName="classification" algorithmName="logistic" targetFieldName="survived" normalizationMethod="logit">
  <MiningSchema>
   <MiningField name="age" usageType="active" missingValueReplacement="18" missingValueTreatment="asValue"/>
   <MiningField name="sex" usageType="active" invalidValueTreatment="asIs"/>
   <MiningField name="survived" usageType="target"/>
  </MiningSchema>
  <Output>
   <OutputField name="prediction" optype="categorical" dataType="integer" feature="predictedValue"/>
   <OutputField name="probability_0" optype="continuous" dataType="double" feature="probability" value="0"/>
   <OutputField name="probability_1" optype="continuous" dataType="double" feature="probability" value="1"/>
  </Output>
  <Targets>
   <Target field="survived" optype="categorical">
    <TargetValue value="0"/>
    <TargetValue value="1"/>
   </Target>
  </Targets>
  <RegressionTable intercept="1" targetCategory="0">
   <NumericPredictor name="age" coefficient="-0.5"/>
   <CategoricalPredictor name="sex" value="female" coefficient="0.25"/>
   <CategoricalPredictor name="sex" value="male" coefficient="-2"/>
  </RegressionTable>
  <RegressionTable intercept="0" targetCategory="1"/>
  <ModelVerification recordCount="1" fieldCount="5">
   <VerificationFields>
    <VerificationField field="age" column="c1"/>
    <VerificationField field="sex" column="c2"/>
    <VerificationField field="prediction" column="c3" precision="1e-09" zeroThreshold="1e-06"/>
    <VerificationField field="probability_0" column="c4" precision="1e-09" zeroThreshold="1e-06"/>
    <VerificationField field="probability_1" column="c5" precision="1e-09" zeroThreshold="1e-06"/>
   </VerificationFields>
   <InlineTable>
    <row>
     <c1>20</c1>
     <c3>1</c3>
     <c4>0.25</c4>
     <c5>0.75</c5>
    </row>
   </InlineTable>
  </ModelVerification>
 </RegressionModel>
</PMML>
)");
}

TEST_CASE("PMML tables stand in the order of the classes, so that a tie goes to the first",
          "[exporters]") {
  model::Model model = testing::make_model(
      {testing::number("n", 0, 1)}, {"y", features::TargetType::string, {"a", "b", "c"}, {}});
  model.coefficients = {{1}, {2}, {3}};
  model.intercepts = {4, 5, 6};
  CHECK(lines_of(model, "<RegressionTable") ==
        std::vector<std::string>{R"(<RegressionTable intercept="4" targetCategory="a">)",
                                 R"(<RegressionTable intercept="5" targetCategory="b">)",
                                 R"(<RegressionTable intercept="6" targetCategory="c">)"});
  CHECK(lines_of(model, "<NumericPredictor") ==
        std::vector<std::string>{R"(<NumericPredictor name="n" coefficient="1"/>)",
                                 R"(<NumericPredictor name="n" coefficient="2"/>)",
                                 R"(<NumericPredictor name="n" coefficient="3"/>)"});
}

TEST_CASE("A PMML category is written in each of its spellings, and markers as missing ones",
          "[exporters]") {
  model::Model model = testing::make_model({testing::categories("k", {"3", "x"})}, kTwo);
  // "3" and "3.", with one to six zeros behind it, and "x".
  CHECK(lines_of(model, "<CategoricalPredictor").size() == 9);
  CHECK(lines_of(model, R"(<Value value="3.000000"/>)").size() == 1);
  CHECK(lines_of(model, R"(<Value value="NA")").empty());
  model.schema.refuses_missing = true;
  CHECK(lines_of(model, "<CategoricalPredictor").size() == 9);
  CHECK(lines_of(model, R"(<Value value="NA" property="missing"/>)").size() == 1);
  CHECK(lines_of(model, R"(<Value value="" property="missing"/>)").size() == 1);
}

TEST_CASE("Names of PMML fields differ, whatever the features are called", "[exporters]") {
  const model::Model model = testing::make_model(
      {testing::number("prediction", 0, 1), testing::number("probability_1", 0, 1),
       testing::number("probability_1_", 0, 1)},
      kTwo);
  CHECK(lines_of(model, R"(<OutputField name="prediction_")").size() == 1);
  CHECK(lines_of(model, R"(<OutputField name="probability_0")").size() == 1);
  CHECK(lines_of(model, R"(<OutputField name="probability_1__")").size() == 1);
}

TEST_CASE("PMML leaves out golden rows that its tables cannot have", "[exporters]") {
  model::Model model = testing::make_model({testing::categories("k", {"a"})}, kTwo);
  model.golden_rows = {{R"({"k":"\u0001"})", {0.5}}, {R"({"k":"<"})", {0.5}}};
  CHECK(lines_of(model, "<ModelVerification").at(0).find(R"(recordCount="1")") !=
        std::string::npos);
  CHECK(lines_of(model, "<c1>") == std::vector<std::string>{"<c1>&lt;</c1>"});
  model.golden_rows.pop_back();
  CHECK(lines_of(model, "<ModelVerification").empty());
}

TEST_CASE("The PMML export says what it cannot carry", "[exporters]") {
  CHECK(complaint(testing::make_model({testing::text("t", {"cat"})}, kTwo))
            .starts_with("a PMML document cannot carry the text 't': PMML's TextIndex"));
  CHECK(complaint(testing::make_model({testing::date("d")}, kTwo))
            .starts_with("a PMML document cannot carry the date 'd': PMML"));
  const std::string why = ": XML 1.0 has no way to write one of its characters";
  CHECK(complaint(testing::make_model({testing::number("a\x01", 0, 1)}, kTwo)) ==
        R"(a PMML document cannot carry the name 'a\x01')" + why);
  CHECK(complaint(testing::make_model({testing::categories("k", {"b\xEF\xBF\xBF"})}, kTwo)) ==
        "a PMML document cannot carry the category 'b\xEF\xBF\xBF' of 'k'" + why);
  CHECK(complaint(testing::make_model({testing::number("a", 0, 1)},
                                      {"y\x02", features::TargetType::integer, {"0", "1"}, {}})) ==
        R"(a PMML document cannot carry the name 'y\x02')" + why);
  CHECK(complaint(testing::make_model({testing::number("a", 0, 1)},
                                      {"y", features::TargetType::string, {"m", "n\x1B"}, {}})) ==
        R"(a PMML document cannot carry the class 'n\x1b')" + why);
  CHECK(complaint(testing::awkward_model()) ==
        R"(a PMML document cannot carry the category '\x01' of 'tab\t')" + why);
}

TEST_CASE("The PMML export refuses what a missing value adds beyond a double", "[exporters]") {
  model::Model model = testing::make_model({testing::number("a", 0, 1e150)}, kTwo);
  std::vector<features::FeatureEncoding> encodings = model.encoder.encodings();
  encodings[0].indicator = true;
  model.encoder = features::Encoder(encodings);
  model.columns = features::design_columns(model.schema, model.encoder);
  model.coefficients = {{1e200, 1}};
  model.means = {0, 0};
  CHECK(complaint(model) ==
        "a PMML document cannot carry the missing values of 'a': what they add is beyond the range "
        "of a double");
}
