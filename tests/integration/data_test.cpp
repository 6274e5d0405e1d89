#include <atomic>
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/golden.hpp"
#include "support/http_server.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::uintmax_t kCifar10File = 30'730'000;

const StartOptions kHere{.environment = {{"TIDEMARK_PROJECT", ""}, {"no_proxy", "127.0.0.1"}}};

void make_cifar10(const Workspace& folder, const std::string& data) {
    fs::create_directories(folder / (data + "/cifar-10-batches-bin"));
    for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                             "data_batch_5.bin", "test_batch.bin"}) {
        folder.write(data + "/cifar-10-batches-bin/" + name, "");
        fs::resize_file(folder / (data + "/cifar-10-batches-bin/" + name), kCifar10File);
    }
}

TEST(Data, ListsWhatThereIsAndWhatIsHere) {
    Workspace folder;
    make_cifar10(folder, "data");
    fs::create_directories(folder / "data/mnist");
    fs::create_directories(folder / "data/.downloads/cifar100");
    folder.write("data/.downloads/cifar100/cifar-100-binary.tar.gz.part", "");
    fs::resize_file(folder / "data/.downloads/cifar100/cifar-100-binary.tar.gz.part", 84'256'900);
    const Finished said = folder.tidemark({"data", "list"}, kHere);
    EXPECT_EQ(said.exit_code, 0);
    expect_golden("data_list.txt", said.out);
    const Finished csv =
        folder.tidemark({"data", "list", "cifar10", "--format", "csv", "--into", "data"}, kHere);
    EXPECT_EQ(csv.out,
              "data_set,state,download_bytes,folder\n"
              "cifar10,complete,170052171,data/cifar-10-batches-bin\n");
}

TEST(Data, FetchesNothingThatIsHere) {
    Workspace folder;
    make_cifar10(folder, "elsewhere");
    const Finished said = folder.tidemark({"data", "fetch", "cifar10", "--into", "elsewhere"}, kHere);
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_EQ(said.err, "CIFAR-10 is in elsewhere/cifar-10-batches-bin already, and complete\n");
}

TEST(Data, ASetThatWasFetchedNeedsNoDataDir) {
    Workspace folder;
    folder.write("s.yaml", "sweep: s\nworkload: train\nparameters: {dataset: cifar10}\n");
    const Finished lacking = folder.tidemark({"run", "s.yaml", "--dry-run"}, kHere);
    if (lacking.err.find("workload 'train' is not part of this build") != std::string::npos)
        GTEST_SKIP() << "needs the trainer";
    EXPECT_EQ(lacking.exit_code, 2);
    EXPECT_EQ(lacking.err,
              "s.yaml:3:14: dataset: cifar10 needs data_dir: the folder that holds cifar-10-batches-bin/, "
              "e.g. --set data_dir=DIR; `tidemark data fetch cifar10` gets it\n");
    make_cifar10(folder, "data");
    const Finished found = folder.tidemark({"run", "s.yaml", "--dry-run"}, kHere);
    EXPECT_EQ(found.exit_code, 0) << found.err;
}

TEST(Data, SaysWhatFetchNeeds) {
    Workspace folder;
    const Finished unnamed = folder.tidemark({"data", "fetch"}, kHere);
    EXPECT_EQ(unnamed.exit_code, 2);
    EXPECT_EQ(unnamed.err,
              "`data fetch` needs the name of the data set: cifar10, cifar100, mnist, fashion-mnist\n");
    const Finished unknown = folder.tidemark({"data", "fetch", "cifra10"}, kHere);
    EXPECT_EQ(unknown.exit_code, 2);
    EXPECT_EQ(unknown.err,
              "there is no data set 'cifra10' to fetch (did you mean 'cifar10'?); there are cifar10, "
              "cifar100, mnist, fashion-mnist\n");
    EXPECT_FALSE(fs::exists(folder / "data"));
}

TEST(Data, ShowsTheDownloadAndThrowsAwayWhatIsNotRight) {
    Workspace folder;
    const std::string garbage(4'542, 'x');  // as long as the file should be
    const HttpServer server([&](const HttpRequest& request) {
        if (request.path == "/t10k-labels-idx1-ubyte.gz") return http_content(request, garbage);
        return http_content(request, std::string(9'912'422, 'x'));
    });
    const Finished said =
        folder.tidemark({"data", "fetch", "mnist", "--into", "images", "--from", server.url("/")}, kHere);
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err, testing::StartsWith("train-images-idx3-ubyte.gz: 9.45 MiB\n"));
    EXPECT_THAT(said.err, HasSubstr("train-images-idx3-ubyte.gz: 100 % (9.45 MiB)\n"));
    EXPECT_THAT(said.err, HasSubstr("tidemark: what came from " + server.url("/train-images-idx3-ubyte.gz") +
                                    " has the SHA-256 "));
    EXPECT_THAT(said.err,
                testing::EndsWith("; it was thrown away: try again, or give another place by --from\n"));
    EXPECT_FALSE(fs::exists(folder / "images/mnist"));
}

TEST(Data, KeepsWhatCameWhereItIsInterrupted) {
    Workspace folder;
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 170052171\r\n\r\n";
    std::atomic<bool> asked = false;
    std::atomic<bool> over = false;
    const HttpServer server([&](const HttpRequest&) {
        asked = true;
        eventually([&] { return over.load(); });  // a server that has fallen asleep
        return head;
    });
    Started running = folder.start_tidemark(
        {"data", "fetch", "cifar10", "--from", server.url("/cifar-10-binary.tar.gz")}, kHere);
    EXPECT_TRUE(eventually([&] { return asked.load(); }));
    running.signal(SIGINT);
    const Finished said = running.wait();
    over = true;
    EXPECT_EQ(said.exit_code, 130);
    EXPECT_THAT(said.err,
                testing::EndsWith("interrupted; 0 of cifar-10-binary.tar.gz's 170052171 bytes are kept, "
                                  "and the same command goes on from there\n"));
}

}  // namespace
}  // namespace tidemark::test
