#include "data/fetch.hpp"

#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "data/data_folder.hpp"
#include "data/sha256.hpp"
#include "support/http_server.hpp"
#include "support/workspace.hpp"
#include "unit/data/archives.hpp"

namespace tidemark::data {
namespace {

namespace fs = std::filesystem;
using test::http_answer;
using test::http_content;
using test::HttpRequest;
using test::HttpServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Listener : public DownloadObserver {
  public:
    void progress(const RemoteFile&, std::int64_t bytes) override { seen = bytes; }
    void note(const std::string& text) override { notes.push_back(text); }
    bool wants_to_stop() const override { return stop_at && seen >= *stop_at; }

    std::int64_t seen = 0;
    std::vector<std::string> notes;
    std::optional<std::int64_t> stop_at;
};

/// A small set whose archive holds one file, and a place to fetch it into.
class Fetch : public testing::Test {
  protected:
    void SetUp() override {
        setenv("no_proxy", "127.0.0.1", 1);
        archive_ = tar_gz(folder_.path(), {{"small/", ""}, {"small/one.bin", random_bytes(30'000)}});
        describe(archive_);
    }

    /// Bytes that no archive makes smaller.
    static std::string random_bytes(std::size_t count) {
        std::string bytes;
        std::uint32_t state = 1;
        for (std::size_t i = 0; i < count; ++i) {
            state = state * 1664525U + 1013904223U;
            bytes += static_cast<char>(state >> 24U);
        }
        return bytes;
    }

    void describe(const std::string& content) {
        folder_.write("content", content);
        set_ = {"small",
                "Small",
                "small",
                {{"http://127.0.0.1:1/small.tar.gz", size_of(content), sha256_of_file(folder_ / "content")}},
                {{"one.bin", 30'000}}};
    }

    static std::int64_t size_of(const std::string& text) { return static_cast<std::int64_t>(text.size()); }

    Fetched fetch_from(const std::string& from) { return fetch(set_, {data(), from, Seconds{0}}, listener_); }
    Fetched fetch_from(const HttpServer& server) { return fetch_from(server.url("/small.tar.gz")); }

    std::string problem(const std::string& from) {
        try {
            fetch_from(from);
            return "";
        } catch (const Error& error) {
            code_ = error.code();
            return error.what();
        }
    }
    std::string problem(const HttpServer& server) { return problem(server.url("/small.tar.gz")); }

    fs::path data() const { return folder_ / "data"; }
    bool is_complete() const { return look(set_, data()).state == State::Complete; }

    /// Where each request began.
    static std::vector<std::int64_t> beginnings(const HttpServer& server) {
        std::vector<std::int64_t> all;
        for (const HttpRequest& request : server.requests()) all.push_back(request.from.value_or(0));
        return all;
    }

    std::string way_out() const { return "--from URL names another place, --from FILE what is here already"; }

    test::Workspace folder_;
    std::string archive_;
    KnownSet set_;
    Listener listener_;
    ExitCode code_ = ExitCode::Success;
};

TEST_F(Fetch, LeavesTheUnpackedFolderAndNothingElse) {
    const HttpServer server([&](const HttpRequest& request) { return http_content(request, archive_); });
    const Fetched fetched = fetch_from(server);
    EXPECT_FALSE(fetched.was_complete);
    EXPECT_TRUE(fetched.moved_aside.empty());
    EXPECT_EQ(read_file(data() / "small/one.bin"), random_bytes(30'000));
    EXPECT_FALSE(fs::exists(data() / ".downloads"));
    EXPECT_EQ(listener_.seen, size_of(archive_));
    EXPECT_THAT(listener_.notes, IsEmpty());
}

TEST_F(Fetch, AsksForNothingThatIsThereAlready) {
    const HttpServer server([&](const HttpRequest& request) { return http_content(request, archive_); });
    fetch_from(server);
    EXPECT_TRUE(fetch_from(server).was_complete);
    EXPECT_EQ(server.requests().size(), 1);
}

TEST_F(Fetch, TakesSeveralFilesOutOfAFolder) {
    const std::string one = gz(folder_.path(), "first");
    const std::string two = gz(folder_.path(), "second one");
    folder_.write("one", one);
    folder_.write("two", two);
    set_ = {"pair",
            "Pair",
            "pair",
            {{"http://127.0.0.1:1/one.gz", size_of(one), sha256_of_file(folder_ / "one")},
             {"http://127.0.0.1:1/two.gz", size_of(two), sha256_of_file(folder_ / "two")}},
            {{"one", 5}, {"two", 10}}};
    const HttpServer server([&](const HttpRequest& request) {
        return http_content(request, request.path == "/mirror/one.gz" ? one : two);
    });
    fetch_from(server.url("/mirror"));
    EXPECT_EQ(read_file(data() / "pair/one"), "first");
    EXPECT_EQ(read_file(data() / "pair/two"), "second one");
}

TEST_F(Fetch, GoesOnWhereTheConnectionBroke) {
    const HttpServer server([&](const HttpRequest& request) {
        const std::string whole = http_content(request, archive_);
        return request.from ? whole : whole.substr(0, whole.size() - 10'000);
    });
    fetch_from(server);
    EXPECT_TRUE(is_complete());
    const std::int64_t half = size_of(archive_) - 10'000;
    EXPECT_THAT(beginnings(server), ElementsAre(0, half));
    EXPECT_THAT(listener_.notes, ElementsAre("small.tar.gz: the connection broke after " +
                                             std::to_string(half) + " of " + std::to_string(archive_.size()) +
                                             " bytes (transfer closed with 10000 bytes "
                                             "remaining to read); going on from there"));
}

TEST_F(Fetch, KeepsWhatCameForTheNextTime) {
    bool broken = true;
    const HttpServer server([&](const HttpRequest& request) {
        std::string whole = http_content(request, archive_);
        if (!broken) return whole;
        return request.from ? std::string() : whole.substr(0, whole.size() - 10'000);
    });
    const std::int64_t half = size_of(archive_) - 10'000;
    EXPECT_EQ(problem(server),
              server.url("/small.tar.gz") + ": the connection broke after " + std::to_string(half) + " of " +
                  std::to_string(archive_.size()) +
                  " bytes (Empty reply from server); what came is kept, and the same command "
                  "goes on from there");
    EXPECT_EQ(code_, ExitCode::CannotGoOn);
    EXPECT_EQ(downloaded(set_, data()), half);
    EXPECT_FALSE(fs::exists(data() / "small"));
    broken = false;
    fetch_from(server);
    EXPECT_TRUE(is_complete());
    EXPECT_THAT(beginnings(server), ElementsAre(0, half, half));
}

TEST_F(Fetch, BeginsAnewWhereTheServerIgnoresRanges) {
    bool first = true;
    const HttpServer server([&](const HttpRequest&) {
        const std::string whole = http_content({}, archive_);
        return std::exchange(first, false) ? whole.substr(0, whole.size() - 10'000) : whole;
    });
    fetch_from(server);
    EXPECT_TRUE(is_complete());
    ASSERT_EQ(listener_.notes.size(), 2);
    EXPECT_EQ(listener_.notes[1],
              "small.tar.gz: the server cannot go on in the middle; once more from the beginning");
}

TEST_F(Fetch, RefusesAnotherSizeBeforeItIsDownloaded) {
    const HttpServer server([&](const HttpRequest& request) {
        return http_content(request, request.path == "/short" ? "short" : archive_ + "more");
    });
    EXPECT_EQ(problem(server.url("/short")), server.url("/short") + " has 5 bytes, but small.tar.gz has " +
                                                 std::to_string(archive_.size()) + ": it is another file; " +
                                                 way_out());
    EXPECT_EQ(problem(server.url("/long")),
              server.url("/long") + " has " + std::to_string(archive_.size() + 4) +
                  " bytes, but small.tar.gz has " + std::to_string(archive_.size()) +
                  ": it is another file; " + way_out());
    EXPECT_EQ(downloaded(set_, data()), 0);
}

TEST_F(Fetch, RefusesMoreOrLessThanWasAnnounced) {
    const std::string size = std::to_string(archive_.size());
    const HttpServer server([&](const HttpRequest& request) {
        if (request.path == "/short") return http_answer("200 OK", "", "short");  // and no word of its length
        return http_answer("200 OK", "", archive_ + "more");
    });
    EXPECT_EQ(problem(server.url("/short")), server.url("/short") + " has 5 bytes, but small.tar.gz has " +
                                                 size + ": it is another file; " + way_out());
    EXPECT_EQ(problem(server.url("/long")), server.url("/long") + " has more than " + size +
                                                " bytes, but small.tar.gz has " + size +
                                                ": it is another file; " + way_out());
    EXPECT_EQ(downloaded(set_, data()), 0);
}

TEST_F(Fetch, ThrowsAwayWhatHasTheRightSizeAndIsNotRight) {
    std::string changed = archive_;
    changed[1000] = static_cast<char>(changed[1000] ^ 1);
    const HttpServer server([&](const HttpRequest& request) { return http_content(request, changed); });
    folder_.write("changed", changed);
    EXPECT_EQ(problem(server), "what came from " + server.url("/small.tar.gz") + " has the SHA-256 " +
                                   sha256_of_file(folder_ / "changed") + ", and small.tar.gz has " +
                                   set_.remote.front().sha256 +
                                   "; it was thrown away: try again, or give another place by --from");
    EXPECT_EQ(downloaded(set_, data()), 0);
    EXPECT_FALSE(fs::exists(data() / "small"));
}

TEST_F(Fetch, SaysWhichErrorTheServerAnswers) {
    const HttpServer server(
        [&](const HttpRequest&) { return http_answer("404 Not Found", "Content-Length: 5\r\n", "Sorry"); });
    EXPECT_EQ(problem(server),
              server.url("/small.tar.gz") + ": the server answers with the error 404; " + way_out());
    EXPECT_EQ(code_, ExitCode::CannotGoOn);
    EXPECT_EQ(downloaded(set_, data()), 0);
}

TEST_F(Fetch, LeavesACircleOfRedirects) {
    const HttpServer server([&](const HttpRequest& request) {
        return http_answer("302 Found", request.path == "/a" ? "Location: /b\r\n" : "Location: /a\r\n", "");
    });
    EXPECT_EQ(problem(server.url("/a")),
              server.url("/a") + " was redirected 10 times, and leads nowhere; " + way_out());
    EXPECT_EQ(server.requests().size(), 11);
}

TEST_F(Fetch, FollowsARedirectButNotToAFile) {
    const HttpServer server([&](const HttpRequest& request) {
        if (request.path == "/there") return http_content(request, archive_);
        return http_answer(
            "302 Found",
            request.path == "/here" ? "Location: /there\r\n" : "Location: file:///etc/passwd\r\n", "");
    });
    EXPECT_THAT(problem(server.url("/evil")),
                testing::AllOf(testing::StartsWith("cannot fetch " + server.url("/evil") + ": "),
                               HasSubstr("file"), testing::EndsWith("; " + way_out())));
    fetch_from(server.url("/here"));
    EXPECT_TRUE(is_complete());
}

TEST_F(Fetch, SaysWhereNobodyAnswers) {
    std::string nobody;
    {
        const HttpServer server([](const HttpRequest&) { return ""; });
        nobody = server.url("/small.tar.gz");
    }
    EXPECT_THAT(problem(nobody),
                testing::MatchesRegex("cannot fetch " + nobody +
                                      ": Failed to connect to 127.0.0.1 port [0-9]+.*; " + way_out()));
}

TEST_F(Fetch, RefusesAnArchiveThatIsNotWhatWasExpected) {
    const std::string strange = tar_gz(folder_.path(), {{"other/one.bin", "x"}});
    describe(strange);
    folder_.write("strange", strange);
    EXPECT_EQ(problem(folder_ / "strange"), "small.tar.gz is not what was expected: it has no folder small");
    const std::string evil =
        tar_gz(folder_.path(), {{"small/one.bin", random_bytes(30'000)}, {"../evil", "x"}});
    describe(evil);
    folder_.write("evil.tar.gz", evil);
    EXPECT_EQ(
        problem(folder_ / "evil.tar.gz"),
        "small.tar.gz holds '../evil', which leads out of the folder that it is unpacked into; nothing of "
        "it was taken");
    EXPECT_FALSE(fs::exists(data() / "small"));
    EXPECT_FALSE(fs::exists(data() / ".downloads/small/evil"));
}

TEST_F(Fetch, TakesAFileThatIsHere) {
    folder_.write("small.tar.gz", archive_);
    fetch_from(folder_ / "small.tar.gz");
    EXPECT_TRUE(is_complete());
    EXPECT_TRUE(fs::exists(folder_ / "small.tar.gz"));
    fs::remove_all(data());
    fetch_from(folder_.path());  // the folder that holds it
    EXPECT_TRUE(is_complete());
}

TEST_F(Fetch, RefusesAFileThatIsNotTheRightOne) {
    folder_.write("small.tar.gz", archive_.substr(1));
    EXPECT_EQ(problem(folder_ / "small.tar.gz"),
              (folder_ / "small.tar.gz").string() + " has " + std::to_string(archive_.size() - 1) +
                  " bytes, and small.tar.gz has " + std::to_string(archive_.size()) +
                  "; nothing was unpacked");
    fs::create_directory(folder_ / "empty");
    EXPECT_EQ(problem(folder_ / "empty"),
              (folder_ / "empty/small.tar.gz").string() +
                  " cannot be read: No such file or directory; nothing was unpacked");
    EXPECT_TRUE(fs::exists(folder_ / "small.tar.gz"));
    for (const std::string from : {"nowhere.tar.gz", "ftp://example.org/small.tar.gz"}) {
        EXPECT_EQ(problem(from),
                  "--from " + from +
                      ": there is no such file, and as an address it has to begin with http:// or "
                      "https://");
        EXPECT_EQ(code_, ExitCode::Usage);
    }
    set_.remote.push_back(set_.remote.front());
    EXPECT_EQ(problem(folder_ / "small.tar.gz"), "--from " + (folder_ / "small.tar.gz").string() +
                                                     ": small is 2 files; name the folder that holds them");
}

TEST_F(Fetch, MovesAsideWhatIsNotComplete) {
    fs::create_directories(data() / "small");
    folder_.write("data/small/own", "mine");
    folder_.write("small.tar.gz", archive_);
    EXPECT_EQ(fetch_from(folder_.path()).moved_aside, data() / "small.before");
    EXPECT_TRUE(is_complete());
    EXPECT_EQ(folder_.read("data/small.before/own"), "mine");
    fs::remove(data() / "small/one.bin");
    EXPECT_EQ(fetch_from(folder_.path()).moved_aside, data() / "small.before-2");
}

TEST_F(Fetch, StopsWhereItIsAskedTo) {
    const HttpServer server([&](const HttpRequest& request) { return http_content(request, archive_); });
    listener_.stop_at = 0;
    EXPECT_THAT(problem(server), testing::MatchesRegex("interrupted; [0-9]+ of small.tar.gz's " +
                                                       std::to_string(archive_.size()) +
                                                       " bytes are kept, and the same command goes on from "
                                                       "there"));
    EXPECT_EQ(code_, ExitCode::Interrupted);
    listener_.stop_at.reset();
    fetch_from(server);
    EXPECT_TRUE(is_complete());
}

TEST_F(Fetch, IsDoneByOneAtATime) {
    fs::create_directories(staging_folder(set_, data()));
    const int other = open(staging_folder(set_, data()).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(flock(other, LOCK_EX), 0);
    EXPECT_EQ(problem(folder_.path()),
              "another tidemark is fetching into " + data().string() + "; wait for it to end");
    close(other);
}

TEST_F(Fetch, SaysWhereItCannotWrite) {
    folder_.write("data", "a file");
    EXPECT_EQ(problem(folder_.path()),
              "cannot make " + (data() / ".downloads/small").string() + ": Not a directory");
}

}  // namespace
}  // namespace tidemark::data
