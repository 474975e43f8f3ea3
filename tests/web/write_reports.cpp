#include <filesystem>
#include <fstream>
#include <string>

#include "report/report.hpp"
#include "support/sample_reports.hpp"

// write_reports FOLDER: the sample reports as files, for a browser.
int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  const auto write = [&](const std::string& name, const mlserve::report::Report& report) {
    std::ofstream(folder / (name + ".html"), std::ios::binary) << mlserve::report::render(report);
  };
  write("two_classes", mlserve::testing::two_class_report());
  write("several_classes", mlserve::testing::several_class_report());
  write("regression", mlserve::testing::regression_report());
  write("hostile", mlserve::testing::report_of("</script></title><b onclick='x'>\"&amp;\x01"));
  write("empty", {});
}
