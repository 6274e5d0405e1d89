// What a model author does: the example of examples/my_model, in a folder of its own, against what is built
// here.
#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

TEST(MyModel, IsBuiltAgainstThePackageAndTrainedBesideABuiltInOne) {
    Workspace folder;
    for (const char* file : {"CMakeLists.txt", "rings.cpp", "rings.yaml"})
        std::filesystem::copy_file(std::filesystem::path(test::source_dir() + "/examples/my_model") / file,
                                   folder / file);
    std::string prefixes = TIDEMARK_PREFIX_PATH;
    std::ranges::replace(prefixes, '|', ';');
    const Finished configured =
        folder.run({"cmake", "-S", ".", "-B", "build", "-DCMAKE_PREFIX_PATH=" + prefixes});
    ASSERT_EQ(configured.exit_code, 0) << configured.out << configured.err;
    const Finished built = folder.run({"cmake", "--build", "build"});
    ASSERT_EQ(built.exit_code, 0) << built.out << built.err;

    const Finished said = folder.tidemark({"run", "rings.yaml", "--quiet", "--format", "csv"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(
        folder
            .tidemark({"query",
                       "SELECT run, params, params_body, width, dropout FROM results ORDER BY started_at",
                       "--format", "csv"})
            .out,
        "run,params,params_body,width,dropout\n"
        "narrow,898.0,808.0,8,0.1\n"
        "wide,10474.0,10144.0,32,0.2\n"
        "mlp,201482.0,,16,0.1\n");
    EXPECT_THAT(folder.tidemark({"models", "--plugin", "build/librings.so"}).out,
                HasSubstr("convolutions whose borders wrap around"));
    EXPECT_EQ(folder.tidemark({"run", "rings.yaml", "--set", "width=0"}).err,
              "--set width=0: must be an integer from 1 to 512, not 0\n");
}

}  // namespace
}  // namespace tidemark::test
