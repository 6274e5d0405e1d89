#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace tidemark::warden {

/// How much of the charge of a run's cgroup may have been page cache and files in memory, which processes
/// need not have mapped, when the charge was at its peak. Both are seen from time to time only. In between
/// they grow by no more than is read and written (file_io); and the kernel's mark of the peak tells between
/// which two looks it was reached.
class CacheBound {
  public:
    struct Look {
        std::int64_t charged = 0;  ///< for page cache and files in memory, bytes
        std::int64_t io = 0;       ///< all reading and writing of the run until now, bytes
        std::int64_t peak = 0;     ///< the kernel's mark of the charge
        /// All of `io` was read at one moment: no process was born or reaped meanwhile.
        bool is_whole = true;
    };

    void saw(const Look& look) {
        // files in memory grow by being mapped, too, and may then be seen by the second look only
        const std::int64_t most =
            std::max(last_.charged, look.charged) + std::max(std::int64_t{0}, look.io - last_.io);
        run_.take(look.peak, most);
        phase_.take(look.peak, most);
        if (!look.is_whole) return;
        last_ = look;
        run_.is_open = phase_.is_open = false;
    }

    /// The mark of the peak begins anew.
    void begin_phase() { phase_ = {}; }

    /// The reading and writing of a process is not known, so nothing is.
    void lose() { lost_ = true; }

    std::optional<std::int64_t> most_of_run() const {
        return lost_ ? std::nullopt : std::optional(run_.most);
    }
    std::optional<std::int64_t> most_of_phase() const {
        return lost_ ? std::nullopt : std::optional(phase_.most);
    }

  private:
    struct AtPeak {
        std::int64_t peak = 0;
        std::int64_t most = 0;
        bool is_open = false;  ///< reading and writing of its time may still be told

        void take(std::int64_t seen, std::int64_t charged) {
            if (seen > peak) {
                peak = seen;
                most = charged;
                is_open = true;
            } else if (is_open) {
                most = std::max(most, charged);
            }
        }
    };

    Look last_;
    AtPeak run_;
    AtPeak phase_;
    bool lost_ = false;
};

}  // namespace tidemark::warden
