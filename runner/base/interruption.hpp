#pragma once

namespace tidemark {

/// The user's wish that a command ends. What works for long asks it from time to time; where the wish comes
/// from (signals, a test) is behind it.
class Interruption {
  public:
    virtual ~Interruption() = default;

    /// How often the user has asked: 1 ends gently, 2 and more at once.
    virtual int requests() const = 0;

    /// A file descriptor that poll(2) finds readable when a new request has come; -1: there is none.
    virtual int descriptor() const = 0;

    /// Empties the descriptor, so that poll waits for the next request.
    virtual void drain() = 0;
};

}  // namespace tidemark
