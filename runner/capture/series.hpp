#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capture/capture.hpp"
#include "protocol/capture.hpp"

namespace tidemark::capture {

/// Says why a metric did not come, if it had to.
void report_lacking(const protocol::Capture& capture, const std::string& why, Captured& found);

/// The values of one metric as they are found one after the other; the capture says which of them count.
class Series {
  public:
    Series(const protocol::Capture& capture, Captured& found) : capture_(capture), found_(found) {}

    /// False: the first one counts, and it is found; no need to look on.
    bool wants_more() const { return capture_.take != protocol::CaptureTake::First || count_ == 0; }

    void add(double value, std::optional<std::int64_t> epoch = {});

    /// The last value counts, or a statistic of all: only now it is known.
    void finish();

    bool is_empty() const { return count_ == 0; }

  private:
    void add_statistic();

    const protocol::Capture& capture_;
    Captured& found_;
    std::int64_t count_ = 0;
    double last_ = 0;
    std::vector<double> all_;  ///< of a statistic
    std::optional<std::int64_t> last_epoch_;
};

}  // namespace tidemark::capture
