#include "store/column_registry.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "protocol/result_columns.hpp"

namespace tidemark::store {
namespace {

constexpr std::string_view kParameter = "parameter";
constexpr std::string_view kMetric = "metric";

}  // namespace

std::string physical_name(std::string_view name, ColumnKind kind) {
    return sql::quoted_name(fmt::format("{}_{}", kind == ColumnKind::Parameter ? 'p' : 'm', name));
}

ColumnRegistry::ColumnRegistry(sql::Connection& connection) : connection_(connection) {
    const auto columns = connection_.reuse("SELECT name, kind FROM columns ORDER BY rowid");
    while (columns->step()) {
        order_.push_back(columns->text(0));
        kinds_[order_.back()] = columns->text(1) == kParameter ? ColumnKind::Parameter : ColumnKind::Metric;
    }
}

ColumnAnswer ColumnRegistry::require(const std::string& name, ColumnKind kind) {
    if (const auto known = kinds_.find(name); known != kinds_.end())
        return known->second == kind ? ColumnAnswer::Granted : ColumnAnswer::Taken;
    if (protocol::is_fixed_column(name)) return ColumnAnswer::Taken;
    if (order_.size() >= kMostOwnColumns) return ColumnAnswer::NoRoom;
    connection_.execute(fmt::format("ALTER TABLE runs ADD COLUMN {}", physical_name(name, kind)));
    connection_.prepare("INSERT INTO columns VALUES(?, ?)")
        .bind_all(std::string_view(name), kind == ColumnKind::Parameter ? kParameter : kMetric)
        .run();
    kinds_[name] = kind;
    order_.push_back(name);
    changed_ = true;
    return ColumnAnswer::Granted;
}

void ColumnRegistry::finish() {
    if (!changed_) return;
    changed_ = false;
    connection_.execute("DROP VIEW IF EXISTS results; DROP VIEW IF EXISTS attempts");
    create_views(connection_);
}

std::vector<std::string> ColumnRegistry::names(ColumnKind kind) const {
    std::vector<std::string> out;
    for (const std::string& name : order_) {
        if (kinds_.at(name) == kind) out.push_back(name);
    }
    return out;
}

bool ColumnRegistry::has(std::string_view name, ColumnKind kind) const {
    const auto found = kinds_.find(name);
    return found != kinds_.end() && found->second == kind;
}

void create_views(sql::Connection& connection) {
    const ColumnRegistry registry(connection);
    std::string columns;
    for (const std::string_view name : protocol::kResultColumns) {
        columns += (columns.empty() ? "" : ", ") + sql::quoted_name(name);
    }
    for (const ColumnKind kind : {ColumnKind::Parameter, ColumnKind::Metric}) {
        for (const std::string& name : registry.names(kind)) {
            columns += fmt::format(", {} AS {}", physical_name(name, kind), sql::quoted_name(name));
        }
    }
    for (const std::string_view name : protocol::kFurtherResultColumns) {
        // an earlier version may have given the name to a metric, which keeps it
        if (registry.has(name, ColumnKind::Parameter) || registry.has(name, ColumnKind::Metric)) continue;
        columns += ", " + sql::quoted_name(name);
    }
    connection.execute(
        fmt::format("CREATE VIEW IF NOT EXISTS attempts AS SELECT {0} FROM runs;"
                    "CREATE VIEW IF NOT EXISTS results AS SELECT {0} FROM runs WHERE latest = 1",
                    columns));
}

}  // namespace tidemark::store
