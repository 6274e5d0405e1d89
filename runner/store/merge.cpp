#include "store/merge.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "protocol/database_schema.hpp"
#include "protocol/result_columns.hpp"
#include "store/annotations.hpp"
#include "store/column_registry.hpp"

namespace tidemark::store {
namespace {

/// Large enough that a commit costs nothing, small enough that others can write in between.
constexpr std::int64_t kBatch = 10'000;

constexpr int kCacheKibibytes = 64 * 1024;

/// The other database under the name `source`, as long as it lives.
class Attachment {
  public:
    Attachment(sql::Connection& connection, Database& source) : connection_(connection) {
        // no name begins with a slash that means something else than a file to SQLite
        const std::string file =
            source.can_be_attached() ? std::filesystem::absolute(source.file()).string() : "";
        connection_.prepare("ATTACH ? AS source").bind_all(std::string_view(file)).run();
        if (!source.can_be_attached()) source.connection().copy_to(connection_, "source");
    }
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;
    ~Attachment() {
        try {
            connection_.execute(
                "DROP TABLE IF EXISTS temp.moving; DROP TABLE IF EXISTS temp.batch; "
                "DROP TABLE IF EXISTS temp.newest; DROP TABLE IF EXISTS temp.new_sets; "
                "DROP TABLE IF EXISTS temp.known; DETACH source");
        } catch (const sql::SqlError&) {
            // it ends with the connection
        }
    }

  private:
    sql::Connection& connection_;
};

class Merge {
  public:
    Merge(Database& target, const MergeOptions& options)
        : connection_(target.connection()), options_(options) {}

    Merged run(const std::function<bool(std::int64_t)>& proceed) {
        // a batch shall not be written to the disk before it is complete
        connection_.execute(fmt::format("PRAGMA cache_size = -{}", kCacheKibibytes));
        choose();
        const std::string columns = prepare_columns();
        join_what_is_said_of_known();
        for (std::int64_t after = 0;;) {
            sql::Transaction transaction(connection_);
            const std::int64_t last = take_batch(after);
            if (last == after) break;
            after = last;
            move(columns);
            transaction.commit();
            if (!proceed(merged_.added)) break;
        }
        return merged_;
    }

  private:
    std::int64_t count(const std::string& sql) { return std::get<std::int64_t>(connection_.value_of(sql)); }

    void choose() {
        std::string condition = "true";
        if (!options_.sweep.empty()) condition += " AND sweep = " + sql::quoted_text(options_.sweep);
        if (!options_.where.empty()) condition += fmt::format(" AND ({}\n)", options_.where);
        connection_.execute("CREATE TEMP TABLE moving(place INTEGER PRIMARY KEY, run_id TEXT NOT NULL)");
        // prepared, so that a condition cannot be followed by another statement
        connection_
            .prepare(fmt::format(
                "INSERT INTO temp.moving(run_id) SELECT run_id FROM source.attempts WHERE {}", condition))
            .run();
        connection_.execute(
            "CREATE TEMP TABLE known AS SELECT run_id FROM temp.moving WHERE run_id IN (SELECT run_id FROM "
            "main.runs);"
            "DELETE FROM temp.moving WHERE run_id IN (SELECT run_id FROM temp.known)");
        merged_.known = connection_.changes();
        connection_.execute("DELETE FROM temp.moving WHERE run_id IN (SELECT run_id FROM main.claims)");
        merged_.claimed = connection_.changes();
        connection_.execute(
            "CREATE TEMP TABLE batch(run_id TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TEMP TABLE newest(sweep, cell, repeat, run_id, started_at);"
            "CREATE TEMP TABLE new_sets(observed TEXT PRIMARY KEY) WITHOUT ROWID");
    }

    std::vector<std::string> columns_of(const std::string& schema, const std::string& table) {
        std::vector<std::string> names;
        sql::Statement columns = connection_.prepare(fmt::format(
            "SELECT name FROM pragma_table_info({}, {})", sql::quoted_text(table), sql::quoted_text(schema)));
        while (columns.step()) names.push_back(columns.text(0));
        return names;
    }

    /// Makes the columns that the parameters and metrics of the other database need, and returns those of
    /// `runs` that can be taken over. A name that belongs to a fixed column here, or finds no room, has none:
    /// its values stay in the table metrics and in the run's request.
    std::string prepare_columns() {
        const std::vector<std::string> offered = columns_of("source", "runs");
        has_observed_ = std::ranges::find(offered, "observed") != offered.end();
        sql::Transaction transaction(connection_);
        ColumnRegistry registry(connection_);
        for (const std::string& column : offered) {
            const auto own = own_column(column);
            if (own && registry.require(own->name, own->kind) != ColumnAnswer::Granted) lost_.push_back(*own);
        }
        registry.finish();
        transaction.commit();
        const std::vector<std::string> own = columns_of("main", "runs");
        std::string columns;
        for (const std::string& name : offered) {
            if (name == "latest" || std::ranges::find(own, name) == own.end()) continue;
            columns += (columns.empty() ? "" : ", ") + sql::quoted_name(name);
        }
        return columns;
    }

    /// Fills `batch`; returns the place of its last run, or `after` where there is none.
    std::int64_t take_batch(std::int64_t after) {
        connection_.execute("DELETE FROM temp.batch");
        connection_.execute(fmt::format(
            "INSERT INTO temp.batch SELECT run_id FROM temp.moving WHERE place > {} ORDER BY place LIMIT {}",
            after, kBatch));
        return count(fmt::format(
            "SELECT coalesce(max(place), {0}) FROM (SELECT place FROM temp.moving WHERE place > {0} "
            "ORDER BY place LIMIT {1})",
            after, kBatch));
    }

    void move(const std::string& columns) {
        connection_.execute(
            fmt::format("INSERT OR IGNORE INTO main.runs({0}, latest) SELECT {0}, 0 FROM source.runs "
                        "WHERE run_id IN (SELECT run_id FROM temp.batch)",
                        columns));
        merged_.added += connection_.changes();
        for (const std::string_view table : protocol::kDetailTables) {
            const std::string common =
                fmt::format("{}", fmt::join(columns_of("main", std::string(table)), "\", \""));
            connection_.execute(
                fmt::format("INSERT OR IGNORE INTO main.{0}(\"{1}\") SELECT \"{1}\" FROM source.{0} "
                            "WHERE run_id IN (SELECT run_id FROM temp.batch)",
                            table, common));
        }
        note_lost_columns();
        move_invocations();
        if (has_observed_) move_observed();
        choose_latest();
    }

    /// A database that has not been written to since an earlier version says nothing.
    void join_what_is_said_of_known() {
        const std::vector<std::string> offered = columns_of("source", "runs");
        if (std::ranges::find(offered, protocol::kNote) == offered.end()) return;
        sql::Transaction transaction(connection_);
        merged_.annotated = join_annotations(connection_, "source", "temp.known");
        transaction.commit();
    }

    void note_lost_columns() {
        for (const auto& [name, kind] : lost_) {
            const bool parameter = kind == ColumnKind::Parameter;
            const std::string text = fmt::format(
                "{} '{}' has no column of its own in this database: the name belongs to something else here",
                parameter ? "parameter" : "metric", name);
            connection_.execute(fmt::format(
                "INSERT INTO main.warnings SELECT run_id, {} FROM source.runs WHERE run_id IN (SELECT "
                "run_id FROM temp.batch) AND {} IS NOT NULL",
                sql::quoted_text(text), physical_name(name, kind)));
        }
    }

    void move_invocations() {
        connection_.execute(
            "INSERT OR IGNORE INTO main.invocations SELECT * FROM source.invocations WHERE invocation_id IN "
            "(SELECT invocation_id FROM main.runs WHERE run_id IN (SELECT run_id FROM temp.batch));"
            "INSERT OR IGNORE INTO main.provenance SELECT * FROM source.provenance WHERE invocation_id IN "
            "(SELECT invocation_id FROM main.runs WHERE run_id IN (SELECT run_id FROM temp.batch));"
            "INSERT OR IGNORE INTO main.baseline_runs SELECT * FROM source.baseline_runs WHERE run_id IN "
            "(SELECT run_id FROM temp.batch)");
    }

    /// Files look otherwise on another machine, so their content decides there.
    void move_observed() {
        connection_.execute(
            "DELETE FROM temp.new_sets;"
            "INSERT INTO temp.new_sets SELECT DISTINCT observed FROM source.runs WHERE run_id IN (SELECT "
            "run_id FROM temp.batch) AND observed IS NOT NULL AND observed NOT IN (SELECT observed FROM "
            "main.observed_sets);"
            "INSERT INTO main.observed_sets(observed) SELECT observed FROM temp.new_sets;"
            "INSERT OR IGNORE INTO main.observed_files(path, kind, state, size, changed_ns) SELECT f.path, "
            "f.kind, f.state, 0, 0 FROM temp.new_sets JOIN source.observed_sets USING(observed) JOIN "
            "source.observed_members USING(number) JOIN source.observed_files AS f USING(file);"
            "INSERT INTO main.observed_members SELECT own.number, file.file FROM temp.new_sets AS n JOIN "
            "main.observed_sets AS own ON own.observed = n.observed JOIN source.observed_sets AS s ON "
            "s.observed = n.observed JOIN source.observed_members AS m ON m.number = s.number JOIN "
            "source.observed_files AS f ON f.file = m.file JOIN main.observed_files AS file ON file.path = "
            "f.path AND file.kind = f.kind AND file.state = f.state;"
            "INSERT OR IGNORE INTO main.observed_outputs SELECT sweep, path FROM source.observed_outputs "
            "WHERE sweep IN (SELECT sweep FROM source.runs WHERE run_id IN (SELECT run_id FROM temp.batch))");
    }

    /// Of each run that got an attempt the newest one counts, wherever it was made.
    void choose_latest() {
        connection_.execute(
            "DELETE FROM temp.newest;"
            // SQLite takes bare columns from the row that has the maximum
            "INSERT INTO temp.newest SELECT sweep, cell, repeat, run_id, max(started_at) FROM main.runs "
            "WHERE run_id IN (SELECT run_id FROM temp.batch) GROUP BY sweep, cell, repeat;"
            "UPDATE main.runs SET latest = 0 FROM temp.newest n WHERE runs.latest = 1 AND runs.sweep = "
            "n.sweep AND "
            "runs.cell = n.cell AND runs.repeat = n.repeat AND "
            "(n.started_at, n.run_id) > (runs.started_at, runs.run_id);"
            "UPDATE main.runs SET latest = 1 FROM temp.newest n WHERE runs.run_id = n.run_id AND NOT EXISTS("
            "SELECT 1 FROM main.runs l WHERE l.latest = 1 AND l.sweep = n.sweep AND l.cell = n.cell AND "
            "l.repeat = n.repeat)");
    }

    sql::Connection& connection_;
    const MergeOptions& options_;
    Merged merged_;
    std::vector<OwnColumn> lost_;
    bool has_observed_ = false;  ///< the source knows what its runs read
};

}  // namespace

Merged merge(Database& target, Database& source, const MergeOptions& options,
             const std::function<bool(std::int64_t)>& proceed) {
    const Attachment attachment(target.connection(), source);
    return Merge(target, options).run(proceed);
}

Merged merge(Database& target, const std::filesystem::path& source, const MergeOptions& options,
             const std::function<bool(std::int64_t)>& proceed) {
    Database opened = Database::open_to_read(source);
    return merge(target, opened, options, proceed);
}

}  // namespace tidemark::store
