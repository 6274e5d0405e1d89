#include <atomic>
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/golden.hpp"
#include "support/http_server.hpp"
#include "support/places.hpp"
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

/// All of its runs would fail, one after the other.
TEST(Data, AWrongDataDirIsToldOnceBeforeTheFirstRun) {
    Workspace folder;
    folder.write("s.yaml",
                 "sweep: s\nworkload: train-pytorch\nparameters:\n  data_dir: nowhere\n  dataset: cifar10\n"
                 "matrix: {batch_size: [1, 2, 3]}\nrepeat: 2\n");
    const std::string why =
        ", and cifar10 needs data_dir: the folder that holds cifar-10-batches-bin/, e.g. --set "
        "data_dir=DIR\n";
    const Finished refused = folder.tidemark({"run", "s.yaml"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_EQ(refused.err, "s.yaml:4:13: data_dir: there is no " + (folder / "nowhere").string() + why);
    EXPECT_FALSE(std::filesystem::exists(folder / "results/runs"));
    EXPECT_EQ(folder.tidemark({"run", "s.yaml", "--set", "data_dir=gone"}).err,
              "--set data_dir=gone: there is no " + (folder / "gone").string() + why);
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

/// Two classes of PNG files, as they are stored for the trainer's tests.
void make_pictures(const Workspace& folder) {
    const fs::path stored = test::source_dir() + "/tests/unit/trainer/pictures";
    for (const char* part : {"train/cat", "train/dog", "test/cat", "test/dog"})
        fs::create_directories(folder / ("photos/" + std::string(part)));
    fs::copy_file(stored / "gamma.png", folder / "photos/train/cat/a.png");
    fs::copy_file(stored / "grey1.png", folder / "photos/train/dog/b.png");
    fs::copy_file(stored / "palette.png", folder / "photos/test/cat/c.png");
    fs::copy_file(stored / "transparent.png", folder / "photos/test/dog/d.png");
}

TEST(DataCheck, CountsWhatAFolderHolds) {
    TIDEMARK_NEEDS_TRAINER();
    Workspace folder;
    make_pictures(folder);
    const Finished said = folder.tidemark({"data", "check", "photos"}, kHere);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(said.out,
              "a folder of images\ntrain: 2 images of 1 × 1 to 1 × 8\n  cat: 1, dog: 1\ntest: 2 images of 1 "
              "× 1\n  cat: 1, dog: "
              "1\nEvery image can be read, and none is there twice.\n");
}

TEST(DataCheck, NamesWhatIsDamagedForeignTwiceAndTurnedAndWhatToLeaveOut) {
    TIDEMARK_NEEDS_TRAINER();
    Workspace folder;
    make_pictures(folder);
    const fs::path stored = test::source_dir() + "/tests/unit/trainer/pictures";
    fs::copy_file(stored / "gamma.png", folder / "photos/test/cat/twice.png");
    fs::copy_file(stored / "foreign.webp", folder / "photos/train/dog/web.webp");
    fs::copy_file(stored / "turned.jpg", folder / "photos/train/dog/turned.jpg");
    folder.write("photos/train/cat/Thumbs.db", "");
    folder.write("photos/train/cat/empty.png", "");
    const Finished said = folder.tidemark({"data", "check", "photos"}, kHere);
    EXPECT_EQ(said.exit_code, 1) << said.err;
    EXPECT_THAT(
        said.out,
        HasSubstr(
            "Problems (2):\n  train/cat/empty.png: at offset 0: the file is empty\n  train/dog/web.webp: "
            "at offset 0: it is a WebP file"));
    EXPECT_THAT(said.out,
                HasSubstr("Duplicates (1):\n  test/cat/twice.png is the same as train/cat/a.png\n"));
    EXPECT_THAT(
        said.out,
        HasSubstr(
            "train/dog/turned.jpg: EXIF says that it is turned or mirrored (6); it is taken as it lies\n"));
    EXPECT_THAT(said.out,
                HasSubstr("train/cat/Thumbs.db: it is left out, being hidden or not named like an image\n"));
    EXPECT_EQ(folder.tidemark({"data", "check", "photos", "--fix", "list"}, kHere).out,
              "train/cat/empty.png\ntrain/dog/web.webp\ntest/cat/twice.png\n");
}

TEST(DataCheck, SaysWhereThereIsNothingToCheck) {
    TIDEMARK_NEEDS_TRAINER();
    Workspace folder;
    fs::create_directories(folder / "photos");
    const Finished said = folder.tidemark({"data", "check", "photos"}, kHere);
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "tidemark: photos holds no data set that is known: neither train/CLASS/ with images, nor IDX "
              "files, nor a folder "
              "of CIFAR-10, CIFAR-100, MNIST or Fashion-MNIST\n");
    EXPECT_EQ(folder.tidemark({"data", "check"}, kHere).exit_code, 2);
}

}  // namespace
}  // namespace tidemark::test
