#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/value.hpp"
#include "run/record.hpp"

namespace tidemark::run {

/// How a run ended whose job was ended around it, or never began.
enum class QueueCause {
    None,         ///< the run ended by itself
    Interrupted,  ///< by the user of this tidemark
    Cancelled,    ///< by somebody else
    Preempted,    ///< for another job
    TimeLimit,    ///< of the job
    MemoryLimit,  ///< of the job
    Lost,         ///< with its node, or nobody knows how
    Refused       ///< never taken by the queue
};

/// What the queue that a run came from says of it, written into the run's directory when it has ended.
struct QueueEnd {
    QueueCause cause = QueueCause::None;
    std::string said{};  ///< for people: "its job was cancelled"
    std::string job{};   ///< `1234_7`
    std::string partition{};
    std::string state{};             ///< the queue's own word: `COMPLETED`
    std::optional<double> wait_s{};  ///< from its submission to its start, by the queue's clock
};

void write_queue_end(const RunDirectory& directory, const QueueEnd& end);
/// Nothing where the run came from no queue, or what is there is damaged.
std::optional<QueueEnd> read_queue_end(const RunDirectory& directory);

/// What the machine is on which a run is made for a runner elsewhere.
using NodeFacts = std::vector<std::pair<std::string, Value>>;
void write_node_facts(const RunDirectory& directory, const NodeFacts& facts);

/// What a record calls these facts: this, and a name. A program's own have no blank in their names.
inline constexpr std::string_view kNodeFact = "node ";
inline constexpr std::string_view kQueueFact = "queue ";

/// Adds them to the facts of the record.
void add_place(const RunDirectory& directory, Record& record);

/// What a cause outside of the run makes of its outcome; nothing where the outcome stands as it is.
std::optional<Outcome> outcome_by(const QueueEnd& end);

}  // namespace tidemark::run
