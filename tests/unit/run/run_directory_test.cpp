#include "run/run_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

TEST(RunDirectory, HoldsTheRequestFromTheBeginning) {
    const test::Workspace folder;
    protocol::Request request = test::example_request("run1");
    request.parameters = {{"name", "naïve \xff"}, {"drop_last", true}, {"lr", 1e-3}};
    const RunDirectory directory = RunDirectory::create(folder / "deeper/still", request);
    EXPECT_EQ(directory.path(), folder / "deeper/still/run1");
    const auto json = nlohmann::ordered_json::parse(folder.read("deeper/still/run1/request.json"));
    const protocol::Request read = protocol::request_from_json(json);
    EXPECT_EQ(read.run_id, "run1");
    EXPECT_EQ(read.parameters[0].second, Value("naïve \xef\xbf\xbd")) << "what is not UTF-8 is replaced";
    EXPECT_EQ(read.parameters[1].second, Value(true));
}

TEST(RunDirectory, SaysWhatStandsInItsWay) {
    const test::Workspace folder;
    folder.write("runs", "a file");
    try {
        RunDirectory::create(folder / "runs", test::example_request("run1"));
        FAIL();
    } catch (const CannotGoOn& error) {
        EXPECT_EQ(error.what(),
                  "cannot make the run directory " + (folder / "runs/run1").string() + ": Not a directory");
    }
}

}  // namespace
}  // namespace tidemark::run
