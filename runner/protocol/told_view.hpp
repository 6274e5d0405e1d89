#pragma once

#include <string>
#include <string_view>

namespace tidemark::protocol {

/// The view `told(run_id, parameter, text)`: how numbers were written that a command was told in another form
/// than their shortest one. `results` has the numbers.
inline constexpr std::string_view kToldView =
    "told AS SELECT r.run_id, j.key AS parameter, j.value AS text FROM runs AS r, "
    "json_each(iif(json_valid(r.request), json_extract(r.request, '$.told'), NULL)) AS j";

/// The statement that creates it if there is none; `kind` is VIEW or TEMP VIEW.
inline std::string create_told_view(std::string_view kind = "VIEW") {
    return "CREATE " + std::string(kind) + " IF NOT EXISTS " + std::string(kToldView);
}

}  // namespace tidemark::protocol
