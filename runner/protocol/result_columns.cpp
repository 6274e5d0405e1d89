#include "protocol/result_columns.hpp"

namespace tidemark::protocol {

Unit unit_of_column(std::string_view name) {
    if (name.ends_with("_bytes")) return Unit::Bytes;
    if (name.ends_with("_per_s")) return Unit::PerSecond;
    if (name.ends_with("_s")) return Unit::Seconds;
    if (name == "accuracy") return Unit::Fraction;
    if (name == "params" || name == "major_faults") return Unit::Count;
    return Unit::None;
}

}  // namespace tidemark::protocol
