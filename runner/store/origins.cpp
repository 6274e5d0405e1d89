#include "store/origins.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/clock.hpp"
#include "base/units.hpp"
#include "base/value.hpp"
#include "run/made_elsewhere.hpp"

namespace tidemark::store {
namespace {

using analysis::Origin;
using analysis::OriginFact;

/// `Linux 6.1.0-13 x86_64`: what it is and the architecture; older records may lack the last.
void set_kernel(Origin& origin, const std::string& text) {
    const std::size_t last = text.rfind(' ');
    const bool has_architecture = last != std::string::npos && text.find(' ') != last;
    origin.set(OriginFact::Kernel, has_architecture ? text.substr(0, last) : text);
    if (has_architecture) origin.set(OriginFact::Architecture, text.substr(last + 1));
}

/// Of an attempt that was made elsewhere: its own machine instead of its runner's.
void set_machine(Origin& origin, sql::Connection& connection, std::string_view run_id) {
    std::map<std::string, std::string> node;
    const auto fact = connection.reuse(
        "SELECT name, value FROM main.facts WHERE run_id = ? AND substr(name, 1, 5) = 'node '");
    fact->bind_all(run_id);
    while (fact->step()) node[fact->text(0).substr(run::kNodeFact.size())] = fact->text(1);
    if (node.empty()) return;
    origin.set(OriginFact::Machine, fmt::format("{}, {} cores", node["cpu"], node["cores"]));
    set_kernel(origin, node["kernel"]);
    origin.set(OriginFact::Tidemark, node["tidemark"]);
}

}  // namespace

Origin Origins::of(std::string_view run_id) {
    // a damaged request tells nothing
    const auto row = connection_.reuse(
        "SELECT invocation_id, coalesce(memory_method, ''), valid, CASE WHEN valid THEN "
        "json_extract(request, "
        "'$.limits.memory_bytes') END, CASE WHEN valid THEN coalesce(json_extract(request, '$.heap_layout'), "
        "'same') END, CASE WHEN valid THEN json_extract(request, '$.variables') END, started_at FROM (SELECT "
        "*, "
        "json_valid(request) AS valid FROM main.runs WHERE run_id = ?)");
    row->bind_all(run_id);
    if (!row->step()) return {};
    Origin origin = of_invocation(row->text(0));
    set_machine(origin, connection_, run_id);
    origin.set(OriginFact::MemoryMethod, row->text(1));
    origin.set_started(unix_time(row->text(6)));
    if (row->integer(2) != 0) {
        origin.set(OriginFact::MemoryLimit, row->is_null(3) ? "none" : to_text(Bytes{row->integer(3)}));
        origin.set(OriginFact::HeapLayout, row->text(4));
        if (!row->is_null(5)) {
            const auto variables = parse_json_or_discard(row->text(5));
            if (variables.is_object())
                origin.set_variables(variables.get<std::map<std::string, std::string>>());
        }
    }
    return origin;
}

const Origin& Origins::of_invocation(const std::string& invocation) {
    const auto [known, is_new] = known_.try_emplace(invocation);
    if (!is_new) return known->second;
    std::string cpu, cores;
    const auto fact = connection_.reuse("SELECT name, value FROM main.provenance WHERE invocation_id = ?");
    fact->bind_all(std::string_view(invocation));
    while (fact->step()) {
        const std::string name = fact->text(0);
        const std::string text = to_text(fact->value(1));
        if (name == "cpu") cpu = text;
        if (name == "cores") cores = text;
        if (name == "kernel") set_kernel(known->second, text);
        if (name == "tidemark") known->second.set(OriginFact::Tidemark, text);
    }
    if (!cores.empty()) known->second.set(OriginFact::Machine, fmt::format("{}, {} cores", cpu, cores));
    return known->second;
}

}  // namespace tidemark::store
