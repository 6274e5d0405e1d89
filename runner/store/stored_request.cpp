#include "store/stored_request.hpp"

#include <exception>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::store {
namespace {

template <typename Read>
auto read_stored(const std::string& run_id, const char* what, Read read) {
    try {
        return read();
    } catch (const std::exception& error) {
        throw CannotGoOn(
            fmt::format("the {} of run {} in the database is damaged: {}; `tidemark query` "
                        "reads the other columns of `attempts`",
                        what, run_id, error.what()));
    }
}

}  // namespace

protocol::Request stored_request(const std::string& run_id, std::string_view text) {
    return read_stored(run_id, "request", [&] { return protocol::request_from_json_text(text); });
}

protocol::Measurement stored_measurement(const std::string& run_id, std::string_view text) {
    return read_stored(run_id, "measurement",
                       [&] { return protocol::measurement_from_json_text(std::string(text)); });
}

std::optional<protocol::Request> readable_request(std::string_view text) {
    try {
        return protocol::request_from_json_text(text);
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace tidemark::store
