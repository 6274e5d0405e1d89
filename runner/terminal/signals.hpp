#pragma once

#include "base/interruption.hpp"

namespace tidemark::terminal {

/// Counts the wishes to end: SIGINT (Ctrl-C), SIGTERM, and SIGHUP unless it is ignored, as `nohup` has it.
/// One at a time; the former handlers come back at its end.
class SignalInterruption : public Interruption {
  public:
    SignalInterruption();
    SignalInterruption(const SignalInterruption&) = delete;
    SignalInterruption& operator=(const SignalInterruption&) = delete;
    ~SignalInterruption() override;

    int requests() const override;
    int descriptor() const override;
    void drain() override;

    /// Whether any wish has come while one of these was alive; for code that takes a plain function.
    static bool any();
};

}  // namespace tidemark::terminal
