#include "sweep/expansion/sweep_parameters.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "protocol/model_options.hpp"
#include "sweep/file/structure.hpp"

namespace tidemark::sweep {
namespace {

/// A value that is no list is one item of it.
std::vector<std::string> items_of(const ParameterValue& value) {
    if (!value.is_structure) return {std::string(value.told())};
    std::vector<std::string> items;
    for (const std::string& item : items_of_json(value.text())) items.push_back(told_item(item));
    return items;
}

std::string json_of(const ParameterValue& value) {
    if (value.is_structure) return std::string(value.text());
    if (is_number(value.value) && nlohmann::json::accept(value.written)) return value.written;
    return to_json(value.value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// SQL has no booleans: a derived one comes as 0 or 1.
Value without_sql(const protocol::ParameterDescription& description, const Value& value) {
    const bool is_zero_or_one = value == Value(std::int64_t{0}) || value == Value(std::int64_t{1});
    if (description.type != protocol::ParameterType::Boolean || !is_zero_or_one) return value;
    return std::get<std::int64_t>(value) == 1;
}

}  // namespace

SweepParameters::SweepParameters(std::vector<SweepParameter> columns, std::optional<Template> workload,
                                 std::vector<Profile> profiles, std::filesystem::path folder)
    : columns_(std::move(columns)),
      workload_(std::move(workload)),
      profiles_(std::move(profiles)),
      folder_(std::move(folder)) {
    for (const SweepParameter& column : columns_) names_.push_back(column.name);
}

std::optional<std::size_t> SweepParameters::find(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    if (found == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names_.begin());
}

std::string SweepParameters::workload_name(RowView row) const {
    return workload_->fill([&](std::string_view name) { return text_of(name, row); });
}

const Profile* SweepParameters::profile(RowView row) const {
    if (!choose_workload()) return &profiles_.front();
    const std::string name = workload_name(row);
    const auto found = std::ranges::find_if(profiles_, [&](const Profile& profile) {
        return profile.workload != nullptr && profile.workload->workload == name;
    });
    return found == profiles_.end() ? nullptr : &*found;
}

Row SweepParameters::row(const std::vector<std::size_t>& varying, const RunValues& values) const {
    const auto laid_over = [&](Row row) {
        for (std::size_t i = 0; i < varying.size(); ++i) row[varying[i]] = &values.entry(i);
        return row;
    };
    const Row row = laid_over(profiles_.front().base);
    return choose_workload() ? laid_over(profile(row)->base) : row;
}

bool SweepParameters::knows(const Profile& profile, std::size_t column) const {
    return profile.workload == nullptr || profile.descriptions[column] != nullptr ||
           columns_[column].chooses_workload;
}

protocol::CheckedValue SweepParameters::check(const Profile& profile, std::size_t column,
                                              const Value& value) const {
    const auto* description = profile.descriptions[column];
    if (description == nullptr) return {value, {}};
    protocol::CheckedValue checked = protocol::check(*description, without_sql(*description, value));
    if (description->type == protocol::ParameterType::Path && checked.value && !is_null(*checked.value)) {
        checked.value = (folder_ / to_text(*checked.value)).lexically_normal().string();
    }
    return checked;
}

std::optional<SweepParameters::Lack> SweepParameters::lack_of(const Profile& profile, RowView row) const {
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        const auto* description = profile.descriptions[column];
        if (description == nullptr || description->needs.empty()) continue;
        const std::string value(row[column]->text());
        const auto needs = description->needs.find(value);
        if (needs == description->needs.end()) continue;
        for (const auto& [name, how] : needs->second) {
            const auto needed = find(name);
            if (!needed || !is_null(row[*needed]->value)) continue;
            return Lack{description->name, fmt::format("{} needs {}: {}", value, name, how)};
        }
    }
    return std::nullopt;
}

std::vector<SweepParameters::Misfit> SweepParameters::misfits_of(const Profile& profile, RowView row) const {
    std::vector<Misfit> misfits;
    if (!profile.model) return misfits;
    for (const std::size_t column : profile.model_options) {
        auto misfit = protocol::model_misfit(*profile.workload, std::string(row[*profile.model]->text()),
                                             *profile.descriptions[column], row[column]->value);
        if (misfit) misfits.push_back({column, std::move(*misfit)});
    }
    return misfits;
}

std::string SweepParameters::text_of(std::string_view placeholder, RowView row) const {
    const Placeholder parsed = parse_placeholder(placeholder);
    const auto column = find(parsed.name);
    if (!column || is_null(row[*column]->value)) return {};
    const ParameterValue& value = *row[*column];
    switch (parsed.form) {
        case PlaceholderForm::Json:
            return json_of(value);
        case PlaceholderForm::Joined:
            return fmt::format("{}", fmt::join(items_of(value), parsed.separator));
        default:
            return std::string(value.told());
    }
}

bool SweepParameters::is_absent(std::string_view name, RowView row) const {
    const auto column = find(name);
    return !column || is_null(row[*column]->value) || row[*column]->value == Value(false);
}

std::vector<std::string> SweepParameters::filled(const std::vector<GivenTemplate>& words, RowView row,
                                                 const ValueOf& value_of) const {
    std::vector<std::string> out;
    for (const GivenTemplate& word : words) {
        if (!word.when.empty() && is_absent(word.when, row)) continue;
        const auto several = std::ranges::find_if(word.text.parts(), [](const Template::Part& part) {
            return part.is_name && part.placeholder.form == PlaceholderForm::Words;
        });
        if (several == word.text.parts().end()) {
            out.push_back(word.text.fill(value_of));
            continue;
        }
        const auto column = find(several->placeholder.name);
        if (!column || is_null(row[*column]->value)) continue;
        for (std::string& item : items_of(*row[*column])) out.push_back(std::move(item));
    }
    return out;
}

}  // namespace tidemark::sweep
