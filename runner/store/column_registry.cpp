#include "store/column_registry.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "protocol/result_columns.hpp"
#include "protocol/told_view.hpp"
#include "sql/sql_tokens.hpp"
#include "store/schema.hpp"

namespace tidemark::store {
namespace {

constexpr std::string_view kParameterPrefix = "p_";
constexpr std::string_view kMetricPrefix = "m_";

std::string_view prefix_of(ColumnKind kind) {
    return kind == ColumnKind::Parameter ? kParameterPrefix : kMetricPrefix;
}

/// SQLite knows columns by their names in small letters.
bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::any_of(names,
                               [&](const std::string& own) { return sql::equals_ignoring_case(own, name); });
}

/// As versions before this one warned of a name that was taken by the other kind.
std::string former_warning(const std::string& name, ColumnKind kind) {
    return fmt::format("{} '{}' has no column of its own: {}%",
                       kind == ColumnKind::Parameter ? "parameter" : "metric", name,
                       kind == ColumnKind::Parameter ? "another sweep" : "the name belongs to");
}

}  // namespace

std::string physical_name(std::string_view name, ColumnKind kind) {
    return sql::quoted_name(fmt::format("{}{}", prefix_of(kind), name));
}

std::optional<OwnColumn> own_column(std::string_view physical) {
    for (const ColumnKind kind : {ColumnKind::Parameter, ColumnKind::Metric}) {
        const std::string_view prefix = prefix_of(kind);
        if (physical.starts_with(prefix)) return OwnColumn{std::string(physical.substr(prefix.size())), kind};
    }
    return std::nullopt;
}

ColumnRegistry::ColumnRegistry(sql::Connection& connection) : connection_(connection) {
    for (const std::string& column : columns_of_runs(connection_)) {
        if (const auto own = own_column(column))
            order_[own->kind].push_back(own->name);
        else
            fixed_.push_back(column);
    }
}

ColumnAnswer ColumnRegistry::require(const std::string& name, ColumnKind kind) {
    if (has(name, kind)) return ColumnAnswer::Granted;
    if (protocol::is_fixed_column(name)) return ColumnAnswer::Taken;
    if (order_[ColumnKind::Parameter].size() + order_[ColumnKind::Metric].size() >= kMostOwnColumns)
        return ColumnAnswer::NoRoom;
    connection_.execute(fmt::format("ALTER TABLE runs ADD COLUMN {}", physical_name(name, kind)));
    // for versions before this one, which knew one kind of a name
    connection_.prepare("INSERT OR IGNORE INTO columns VALUES(?, ?)")
        .bind_all(std::string_view(name), kind == ColumnKind::Parameter ? "parameter" : "metric")
        .run();
    order_[kind].push_back(name);
    changed_ = true;
    if (has(name, kind == ColumnKind::Parameter ? ColumnKind::Metric : ColumnKind::Parameter))
        fill_what_was_refused(name, kind);
    return ColumnAnswer::Granted;
}

void ColumnRegistry::fill_what_was_refused(const std::string& name, ColumnKind kind) {
    const std::string value =
        kind == ColumnKind::Parameter
            ? fmt::format("json_extract(request, {})",
                          sql::quoted_text(fmt::format("$.parameters.\"{}\"", name)))
            : fmt::format(
                  "(SELECT value FROM metrics WHERE metrics.run_id = runs.run_id AND name = {} "
                  "ORDER BY metrics.rowid DESC LIMIT 1)",
                  sql::quoted_text(name));
    const std::string warning = former_warning(name, kind);
    connection_
        .prepare(
            fmt::format("UPDATE runs SET {} = {} WHERE run_id IN (SELECT run_id FROM warnings WHERE text "
                        "LIKE ?)",
                        physical_name(name, kind), value))
        .bind_all(std::string_view(warning))
        .run();
    // a run that has a parameter of the metric's name keeps the warning, for it shows the parameter
    const std::string is_told_now =
        kind == ColumnKind::Parameter ? "true" : physical_name(name, ColumnKind::Parameter) + " IS NULL";
    connection_
        .prepare(fmt::format(
            "DELETE FROM warnings WHERE text LIKE ? AND run_id IN (SELECT run_id FROM runs WHERE {})",
            is_told_now))
        .bind_all(std::string_view(warning))
        .run();
}

void ColumnRegistry::finish() {
    if (!changed_) return;
    changed_ = false;
    connection_.execute("DROP VIEW IF EXISTS results; DROP VIEW IF EXISTS attempts");
    create_views(connection_);
}

std::vector<std::string> ColumnRegistry::names(ColumnKind kind) const {
    const auto found = order_.find(kind);
    return found == order_.end() ? std::vector<std::string>() : found->second;
}

bool ColumnRegistry::has(std::string_view name, ColumnKind kind) const {
    const auto found = order_.find(kind);
    return found != order_.end() && contains(found->second, name);
}

std::string ColumnRegistry::expression(std::string_view name, std::string_view runs) const {
    std::vector<std::string> sources;
    // an earlier version may have given the name of a later figure to a metric, which keeps it
    for (const ColumnKind kind : {ColumnKind::Parameter, ColumnKind::Metric}) {
        if (has(name, kind)) sources.push_back(fmt::format("{}.{}", runs, physical_name(name, kind)));
    }
    if (sources.size() > 1) return fmt::format("coalesce({}, {})", sources[0], sources[1]);
    if (sources.size() == 1) return sources.front();
    return fixed_expression(name, runs);
}

std::string ColumnRegistry::fixed_expression(std::string_view name, std::string_view runs) const {
    return contains(fixed_, name) ? fmt::format("{}.{}", runs, sql::quoted_name(name)) : "NULL";
}

void create_views(sql::Connection& connection, std::string_view kind) {
    const ColumnRegistry registry(connection);
    std::string columns;
    for (const std::string& name : protocol::all_result_columns(registry.names(ColumnKind::Parameter),
                                                                registry.names(ColumnKind::Metric))) {
        columns += fmt::format("{}{} AS {}", columns.empty() ? "" : ", ", registry.expression(name),
                               sql::quoted_name(name));
    }
    connection.execute(
        fmt::format("CREATE {0} IF NOT EXISTS attempts AS SELECT {1} FROM runs;"
                    "CREATE {0} IF NOT EXISTS results AS SELECT {1} FROM runs WHERE latest = 1",
                    kind, columns));
    connection.execute(protocol::create_told_view(kind));
}

}  // namespace tidemark::store
