// A database that came from elsewhere, or was damaged: what reads it ends, and what merges it does, too.
#include "store/database.hpp"

#include "base/error.hpp"
#include "harness.hpp"
#include "results/stored_runs.hpp"
#include "sql/connection.hpp"
#include "store/merge.hpp"

namespace {

using namespace tidemark;

void read_all(const std::filesystem::path& file) {
    store::Database database = store::Database::open_to_read(file);
    for (const std::string& sweep : results::sweep_names(database.connection(), {})) {
        for (const auto& group :
             results::load_groups(database.connection(), {results::RunSet::Kind::Sweep, "", sweep}))
            results::find_named_runs(database.connection(), group.run, sweep);
    }
}

void merge_into_another(const std::filesystem::path& file) {
    const std::filesystem::path folder = fuzz::scratch() / "target";
    std::filesystem::remove_all(folder);
    store::Database target = store::Database::open_or_create(folder / "results.db");
    store::merge(target, file, {}, [](std::int64_t) { return true; });
}

template <typename Action>
void ends(const Action& action, const std::filesystem::path& file) {
    try {
        action(file);
    } catch (const Error&) {
    } catch (const sql::SqlError&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::filesystem::path file = fuzz::scratch() / "source.db";
    for (const char* beside : {"-wal", "-shm", "-journal"}) std::filesystem::remove(file.string() + beside);
    fuzz::write(file, {reinterpret_cast<const char*>(data), size});
    ends(read_all, file);
    ends(merge_into_another, file);
    return 0;
}
