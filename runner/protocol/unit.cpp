#include "protocol/unit.hpp"

#include "base/enum_names.hpp"

namespace tidemark::protocol {
namespace {

constexpr EnumNames<Unit, 7> kNames{{{Unit::None, "none"},
                                     {Unit::Bytes, "bytes"},
                                     {Unit::Seconds, "seconds"},
                                     {Unit::Fraction, "fraction"},
                                     {Unit::PerSecond, "per second"},
                                     {Unit::BytesPerSecond, "bytes per second"},
                                     {Unit::Count, "count"}}};

}  // namespace

std::string_view to_text(Unit unit) {
    return name_of(kNames, unit);
}

Unit unit_from_text(std::string_view text) {
    return enum_of(kNames, text);
}

}  // namespace tidemark::protocol
