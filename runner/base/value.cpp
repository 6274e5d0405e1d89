#include "base/value.hpp"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/overloaded.hpp"

namespace tidemark {
bool is_null(const Value& value) {
    return std::holds_alternative<std::monostate>(value);
}

bool is_number(const Value& value) {
    return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

std::optional<double> number_of(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
}

std::string to_text(const Value& value) {
    return std::visit(Overloaded{[](std::monostate) { return std::string("null"); },
                                 [](bool flag) { return std::string(flag ? "true" : "false"); },
                                 [](std::int64_t number) { return fmt::format("{}", number); },
                                 [](double number) {
                                     std::string text = fmt::format("{}", number);
                                     const bool looks_whole =
                                         text.find_first_not_of("-0123456789") == std::string::npos;
                                     return looks_whole ? text + ".0" : text;
                                 },
                                 [](const std::string& text) { return text; }},
                      value);
}

nlohmann::json to_json(const Value& value) {
    return std::visit(Overloaded{[](std::monostate) { return nlohmann::json(nullptr); },
                                 [](double number) {
                                     // JSON has no word for these; the event format writes them as text
                                     if (std::isnan(number)) return nlohmann::json("nan");
                                     if (std::isinf(number))
                                         return nlohmann::json(number > 0 ? "inf" : "-inf");
                                     return nlohmann::json(number);
                                 },
                                 [](const auto& other) { return nlohmann::json(other); }},
                      value);
}

Value value_from_json(const nlohmann::json& json) {
    switch (json.type()) {
        case nlohmann::json::value_t::null:
            return std::monostate{};
        case nlohmann::json::value_t::boolean:
            return json.get<bool>();
        case nlohmann::json::value_t::number_integer:
            return json.get<std::int64_t>();
        case nlohmann::json::value_t::number_unsigned: {
            const auto number = json.get<std::uint64_t>();
            if (number > static_cast<std::uint64_t>(INT64_MAX)) return static_cast<double>(number);
            return static_cast<std::int64_t>(number);
        }
        case nlohmann::json::value_t::number_float:
            return json.get<double>();
        case nlohmann::json::value_t::string:
            return json.get<std::string>();
        default:
            return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
}

}  // namespace tidemark
