#include "results/units.hpp"

#include <stdexcept>

namespace tidemark::results {
namespace {

using protocol::Unit;

void declare_described(const protocol::WorkloadDescription* workload, Units& units) {
    if (workload == nullptr) return;
    for (const protocol::MetricDescription& metric : workload->metrics)
        units.declare(metric.name, metric.unit);
}

/// A capture without a unit says nothing of it: the name may.
void declare_captured(const std::string& metric, Unit unit, Units& units) {
    if (unit != Unit::None) units.declare(metric, unit);
}

}  // namespace

Unit Units::of(std::string_view column) const {
    if (const protocol::Figure* figure = protocol::find_figure(column)) return figure->unit;
    const auto declared = declared_.find(column);
    return declared == declared_.end() ? protocol::unit_of(column) : declared->second;
}

Units units_of(const sweep::Sweep& sweep) {
    Units units;
    for (const auto& metric : sweep.captured()) declare_captured(metric.name, metric.unit, units);
    for (const auto* workload : sweep.workloads()) declare_described(workload, units);
    return units;
}

Units units_of(const sweep::Sweep& sweep, const CurrentResults& results) {
    Units units = units_of(sweep);
    if (results.program() == Program::Present) return units;  // the unit is a part of the key
    for (const auto& metric : sweep.captured()) {
        const auto other = results.connection().reuse(
            "SELECT 1 FROM temp.shown_repeats AS s JOIN main.runs AS r ON r.rowid = s.place, "
            "json_each(r.request, '$.capture') AS c WHERE json_extract(c.value, '$.metric') = ? AND "
            "json_extract(c.value, '$.unit') <> ? LIMIT 1");
        other->bind_all(std::string_view(metric.name), to_text(metric.unit));
        if (other->step()) units.withdraw(metric.name);
    }
    return units;
}

Units units_of(const protocol::Request& request, const protocol::WorkloadDescription* workload) {
    Units units;
    for (const protocol::Capture& capture : request.capture)
        declare_captured(capture.metric, capture.unit, units);
    declare_described(workload, units);
    return units;
}

std::shared_ptr<const Units> StoredUnits::of_attempt(std::string_view run_id, std::string_view invocation,
                                                     std::string_view workload) {
    auto& units = known_[{std::string(invocation), std::string(workload)}];
    if (!units) units = std::make_shared<const Units>(read(run_id, workload));
    return units;
}

std::shared_ptr<const Units> StoredUnits::of_attempt(std::string_view run_id) {
    const auto row = connection_.reuse("SELECT invocation_id, workload FROM main.runs WHERE run_id = ?");
    row->bind_all(run_id);
    if (!row->step()) return std::make_shared<const Units>();
    const std::string invocation = row->text(0);
    const std::string workload = row->text(1);
    return of_attempt(run_id, invocation, workload);
}

Units StoredUnits::read(std::string_view run_id, std::string_view workload) {
    const auto request = connection_.reuse("SELECT request FROM main.runs WHERE run_id = ?");
    request->bind_all(run_id);
    if (!request->step()) return {};
    if (!workload.empty() && !catalogue_) catalogue_.emplace(workloads_);
    try {
        return units_of(protocol::request_from_json_text(request->text(0)),
                        catalogue_ ? catalogue_->find(workload) : nullptr);
    } catch (const std::exception&) {
        return {};  // a damaged request declares nothing
    }
}

}  // namespace tidemark::results
