// Databases on file systems that have no memory for those who use one at once, which SQLite's WAL mode needs.
// A layer between SQLite and its files plays them.
#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/error.hpp"
#include "store/database.hpp"
#include "support/workspace.hpp"

namespace tidemark::store {
namespace {

enum class Refusal { SaysThatThereIsNone, FailsWhenItIsMapped };

/// SQLite's own files, without shared memory, for all databases that are opened while it lives.
class FilesWithoutSharedMemory {
  public:
    explicit FilesWithoutSharedMemory(Refusal refusal) : usual_(sqlite3_vfs_find(nullptr)), ours_(*usual_) {
        refusal_ = refusal;
        usual_of_all_ = usual_;
        ours_.zName = "without shared memory";
        ours_.xOpen = open;
        sqlite3_vfs_register(&ours_, 1);
    }
    FilesWithoutSharedMemory(const FilesWithoutSharedMemory&) = delete;
    FilesWithoutSharedMemory& operator=(const FilesWithoutSharedMemory&) = delete;
    ~FilesWithoutSharedMemory() {
        sqlite3_vfs_unregister(&ours_);
        sqlite3_vfs_register(usual_, 1);
    }

  private:
    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_then) {
        const int code = usual_of_all_->xOpen(usual_of_all_, name, file, flags, flags_then);
        if ((flags & SQLITE_OPEN_MAIN_DB) == 0 || file->pMethods == nullptr) return code;
        methods_ = *file->pMethods;
        if (refusal_ == Refusal::SaysThatThereIsNone)
            methods_.iVersion = 1;
        else
            methods_.xShmMap = [](sqlite3_file*, int, int, int, void volatile**) {
                return SQLITE_IOERR_SHMMAP;
            };
        file->pMethods = &methods_;
        return code;
    }

    inline static sqlite3_io_methods methods_{};  // of all databases, which are of one kind
    inline static sqlite3_vfs* usual_of_all_ = nullptr;
    inline static Refusal refusal_{};
    sqlite3_vfs* usual_;
    sqlite3_vfs ours_;
};

std::string problem_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const CannotGoOn& error) {
        return error.what();
    }
    return "no problem";
}

class SharedMemory : public testing::TestWithParam<Refusal> {
  protected:
    std::string refused() const {
        return file_.string() +
               ": its file system cannot let several programs use a database at once (SQLite's WAL mode); "
               "name a file on another one with --db";
    }

    test::Workspace workspace_;
    const std::filesystem::path file_ = workspace_ / "tidemark.db";
};

TEST_P(SharedMemory, WithoutItADatabaseIsNotMade) {
    const FilesWithoutSharedMemory files(GetParam());
    EXPECT_EQ(problem_of([&] { Database::open_or_create(file_); }), refused());
    EXPECT_EQ(problem_of([&] { Database::open_or_create(file_, {.longest = std::nullopt}); }), refused())
        << "however long one would wait for others";
}

TEST_P(SharedMemory, WithItTheSameDatabaseIsMadeAfterwards) {
    {
        const FilesWithoutSharedMemory files(GetParam());
        problem_of([&] { Database::open_or_create(file_); });
    }
    EXPECT_EQ(problem_of([&] { Database::open_or_create(file_); }), "no problem");
}

INSTANTIATE_TEST_SUITE_P(Refusals, SharedMemory,
                         testing::Values(Refusal::SaysThatThereIsNone, Refusal::FailsWhenItIsMapped));

TEST(SharedMemoryOfReaders, AnExistingDatabaseSaysSoToo) {
    const test::Workspace workspace;
    const std::filesystem::path file = workspace / "tidemark.db";
    Database::open_or_create(file);
    const FilesWithoutSharedMemory files(Refusal::FailsWhenItIsMapped);
    EXPECT_EQ(problem_of([&] { Database::open_to_read(file); }),
              file.string() +
                  ": its file system cannot let several programs use a database at once (SQLite's WAL mode); "
                  "name a file on another one with --db");
}

}  // namespace
}  // namespace tidemark::store
