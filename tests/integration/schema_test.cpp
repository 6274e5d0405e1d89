// The JSON schema of the sweep file: what it accepts, and what of the bad files it sees.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

class Schema : public testing::Test {
  protected:
    /// Name of each file → what the schema says of it; empty, with a reason, where it cannot be asked.
    std::map<std::string, std::string> verdicts(const std::vector<std::string>& files) {
        const Finished written = folder.tidemark({"schema", "--output", "schema.json"});
        EXPECT_EQ(written.exit_code, 0) << written.err;
        std::vector<std::string> command{"python3", test::source_dir() + "/tests/schemas/validate_sweeps.py",
                                         (folder / "schema.json").string()};
        command.insert(command.end(), files.begin(), files.end());
        const Finished said = folder.run(command);
        constexpr int kNotInstalled = 77;
        if (said.exit_code == kNotInstalled) {
            lacks = said.out;
            return {};
        }
        EXPECT_EQ(said.exit_code, 0) << said.err;
        std::map<std::string, std::string> out;
        std::istringstream lines(said.out);
        for (std::string verdict, name; lines >> verdict >> name;) out[name] = verdict;
        return out;
    }

    static std::vector<std::string> sweeps_below(const std::string& place) {
        std::vector<std::string> files;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(std::string(test::source_dir() + "/") + place)) {
            if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
        }
        return files;
    }

    Workspace folder;
    std::string lacks;
};

TEST_F(Schema, AcceptsAllThatRuns) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    std::vector<std::string> files = sweeps_below("configs");
    for (const char* place : {"examples", "tests/configs/good"}) {
        const std::vector<std::string> more = sweeps_below(place);
        files.insert(files.end(), more.begin(), more.end());
    }
    const auto said = verdicts(files);
    if (!lacks.empty()) GTEST_SKIP() << lacks;
    EXPECT_GE(said.size(), 15U);
    for (const auto& [name, verdict] : said) EXPECT_EQ(verdict, "accepted") << name;
}

/// All but those that are wrong by what no schema knows: units, SQL, other values, workloads, files.
TEST_F(Schema, RefusesTheBadFilesThatASchemaCanSee) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    const auto said = verdicts(sweeps_below("tests/configs/bad"));
    if (!lacks.empty()) GTEST_SKIP() << lacks;
    const std::set<std::string> seen{"bad_bounds",
                                     "bad_capture",
                                     "bad_capture_take",
                                     "bad_capture_take_form",
                                     "bad_each_command",
                                     "bad_goal",
                                     "bad_goal_form",
                                     "bad_keep",
                                     "bad_keep_form",
                                     "bad_names",
                                     "bad_repeat_and_order",
                                     "bad_requirements",
                                     "bad_retries",
                                     "bad_retries_form",
                                     "bad_retries_lacking",
                                     "bad_service",
                                     "bad_service_form",
                                     "bad_service_without_command",
                                     "bad_slurm",
                                     "bad_slurm_kind",
                                     "bad_steps",
                                     "bad_stop_after",
                                     "bad_stop_after_number",
                                     "billion_laughs",
                                     "check_without_bound",
                                     "comma_in_derive",
                                     "command_not_a_list",
                                     "empty",
                                     "empty_axis",
                                     "empty_command",
                                     "empty_sections",
                                     "empty_steps",
                                     "inputs_not_a_list",
                                     "merge_key",
                                     "no_name",
                                     "no_requirements",
                                     "not_a_map",
                                     "nothing_to_run",
                                     "null_sections",
                                     "null_steps",
                                     "only_blanks",
                                     "plugins",
                                     "plugins_no_list",
                                     "scalar_as_axis",
                                     "several_at_once",
                                     "table_wrong_columns",
                                     "table_wrong_sql",
                                     "unknown_keys",
                                     "unknown_nested_keys",
                                     "where_with_a_comma",
                                     "workload_and_command",
                                     "wrong_limits",
                                     "zero_limits"};
    for (const auto& [name, verdict] : said) {
        if (verdict == "unreadable") continue;
        EXPECT_EQ(verdict, seen.contains(std::filesystem::path(name).stem()) ? "refused" : "accepted")
            << name;
    }
    for (const std::string& name : seen) EXPECT_TRUE(said.contains(name + ".yaml")) << name;
}

TEST_F(Schema, KnowsWhatIsIncludedAndWhatIsLeftAlone) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    folder.write("including.yaml", "include: base.yaml\nmatrix: {n: [1]}\n");
    folder.write("list.yaml", "include: [a.yaml, b.yaml]\n");
    folder.write("shared.yaml", "x-sizes: &s [1, 2]\nsweep: s\ncommand: [prog]\nmatrix: {n: *s}\n");
    folder.write("nothing.yaml", "include: []\n");
    folder.write("both.yaml", "include: base.yaml\nworkload: train\ncommand: [prog]\n");
    folder.write("lacks.yaml", "sweep: s\n");
    const auto said = verdicts({(folder / "including.yaml").string(), (folder / "list.yaml").string(),
                                (folder / "shared.yaml").string(), (folder / "nothing.yaml").string(),
                                (folder / "both.yaml").string(), (folder / "lacks.yaml").string()});
    if (!lacks.empty()) GTEST_SKIP() << lacks;
    const std::map<std::string, std::string> expected{
        {"including.yaml", "accepted"}, {"list.yaml", "accepted"}, {"shared.yaml", "accepted"},
        {"nothing.yaml", "refused"},    {"both.yaml", "refused"},  {"lacks.yaml", "refused"}};
    EXPECT_EQ(said, expected);
}

/// What an axis may be, and texts where the reader takes texts.
TEST_F(Schema, AcceptsATextForAnAxisOnlyWhereTheReaderDoes) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    const std::map<std::string, std::string> axes{
        {"list", "n: [1, 2]"},
        {"range", "n: {range: 1..64 step 7}"},
        {"reals", "n: {range: -1.5..2e3}"},
        {"log2", "n: {log2: 8..1024}"},
        {"linspace", "n: {linspace: 0..1 count 5}"},
        {"files", "n: {files: \"*.txt\"}"},
        {"linked", "\"(n, m)\": [[1, 2]]"},
        {"sample", "n: [1, 2], sample: 1 of 2 seed 7"},
        {"latin", "n: [1, 2], sample: 1 of 2 latin seed 7"},
        {"called", "n: [1], sample: [1, 2], include: [3]"},
        {"include", "n: [1], include: [{n: 1, k: 2}]"},
    };
    const std::map<std::string, std::string> others{
        {"text", "n: 1..64"},
        {"number", "n: 16"},
        {"nothing", "n: "},
        {"text_of_range", "n: {range: 1 to 64}"},
        {"step_of_log2", "n: {log2: 8..1024 step 2}"},
        {"no_count", "n: {linspace: 0..1}"},
        {"two_kinds", "n: {range: 1..2, log2: 1..2}"},
        {"no_kind", "n: {}"},
        {"no_seed", "n: [1, 2], sample: 1 of 2"},
        {"number_of_samples", "n: [1, 2], sample: 20"},
        {"text_of_include", "n: [1], include: base.yaml"},
    };
    std::vector<std::string> files;
    const auto write = [&](const std::map<std::string, std::string>& all) {
        for (const auto& [name, axis] : all) {
            folder.write(name + ".yaml", "sweep: s\ncommand: [prog]\nmatrix: {" + axis + "}\n");
            files.push_back((folder / (name + ".yaml")).string());
        }
    };
    write(axes);
    write(others);
    const auto said = verdicts(files);
    if (!lacks.empty()) GTEST_SKIP() << lacks;
    for (const auto& [name, axis] : axes) EXPECT_EQ(said.at(name + ".yaml"), "accepted") << axis;
    for (const auto& [name, axis] : others) EXPECT_EQ(said.at(name + ".yaml"), "refused") << axis;
}

TEST_F(Schema, IsPrintedAsItIsInstalled) {
    const Finished said = folder.tidemark({"schema"});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_EQ(said.out, folder.tidemark({"generate-documentation", "schema"}).out);
    EXPECT_EQ(said.out.substr(0, 67),
              "{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n  \"title\"");
}

}  // namespace
}  // namespace tidemark::test
