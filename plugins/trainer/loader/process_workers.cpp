#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/files.hpp"
#include "trainer/loader/workers.hpp"

namespace tidemark::trainer {
namespace {

/// What a worker says of the batch that it was told to make.
struct Answer {
    bool made = false;
    char problem[1024] = {};
};

/// Memory for batches, shared with the processes that are forked later.
class SharedBatches {
  public:
    SharedBatches(std::int64_t count, std::int64_t batch_size, const DataShape& shape)
        : batch_size_(batch_size),
          slot_size_(slot_size(batch_size, pixels_of(shape))),
          size_(slot_size_ * static_cast<std::size_t>(count)),
          memory_(mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
        if (memory_ == MAP_FAILED)
            throw std::system_error(errno, std::generic_category(), "no shared memory for batches");
    }
    ~SharedBatches() { munmap(memory_, size_); }
    SharedBatches(const SharedBatches&) = delete;
    SharedBatches& operator=(const SharedBatches&) = delete;

    std::int64_t* labels(std::int64_t slot) const {
        return reinterpret_cast<std::int64_t*>(static_cast<char*>(memory_) +
                                               slot_size_ * static_cast<std::size_t>(slot));
    }
    float* pixels(std::int64_t slot) const { return reinterpret_cast<float*>(labels(slot) + batch_size_); }

  private:
    /// A multiple of a label's size, so that the labels of the next slot are aligned.
    static std::size_t slot_size(std::int64_t batch_size, std::int64_t pixels) {
        constexpr std::size_t kLabel = sizeof(std::int64_t);
        const auto images = static_cast<std::size_t>(batch_size);
        const std::size_t floats = images * static_cast<std::size_t>(pixels) * sizeof(float);
        return images * kLabel + (floats + kLabel - 1) / kLabel * kLabel;
    }

    std::int64_t batch_size_;
    std::size_t slot_size_;
    std::size_t size_;
    void* memory_;
};

std::string ending_of(int status) {
    if (WIFSIGNALED(status))
        return fmt::format("was killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
    return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

/// Private pages of a process, in bytes.
std::int64_t private_memory(pid_t process) {
    const std::string rollup = read_file(fmt::format("/proc/{}/smaps_rollup", process)).value_or("");
    std::int64_t sum = 0;
    for (const char* name : {"Private_Clean:", "Private_Dirty:"}) {
        const std::size_t line = rollup.find(name);
        if (line != std::string::npos)
            sum += std::atoll(rollup.c_str() + line + std::strlen(name)) * kKibibyte;
    }
    return sum;
}

/// Batch number n is made by worker n modulo their count, in the slot that the worker has not used for
/// longest.
class ProcessWorkers : public Workers {
  public:
    ProcessWorkers(const BatchMaker& maker, const WorkersPlan& plan)
        : maker_(maker),
          count_(plan.workers),
          prefetch_(plan.prefetch),
          shared_(plan.workers * plan.prefetch, maker.batches() > 0 ? maker.batch_size(0) : 1,
                  maker.shape()) {
        try {
            for (std::int64_t i = 0; i < plan.workers; ++i) start();
        } catch (...) {
            end();
            throw;
        }
        for (std::int64_t ahead = 0; ahead < count_ * prefetch_; ++ahead) order(plan.first + ahead);
    }

    ~ProcessWorkers() override { end(); }

    Batch take(std::int64_t number) override {
        Worker& worker = worker_of(number);
        Answer answer;
        ssize_t got = 0;
        do {
            got = recv(worker.connection, &answer, sizeof answer, 0);
        } while (got < 0 && errno == EINTR);
        if (got != sizeof answer) throw_death(worker);
        if (!answer.made) throw std::runtime_error(answer.problem);
        Batch batch = empty_batch(maker_.batch_size(number), maker_.shape());
        const std::int64_t slot = slot_of(number);
        std::copy_n(shared_.pixels(slot), batch.images.numel(), batch.images.data_ptr<float>());
        std::copy_n(shared_.labels(slot), batch.labels.numel(), batch.labels.data_ptr<std::int64_t>());
        order(number + count_ * prefetch_);
        return batch;
    }

    Bytes own_memory() const override {
        std::int64_t sum = 0;
        for (const Worker& worker : workers_) sum += private_memory(worker.process);
        return Bytes{sum};
    }

  private:
    struct Worker {
        pid_t process = -1;
        int connection = -1;
    };

    Worker& worker_of(std::int64_t number) { return workers_[static_cast<std::size_t>(number % count_)]; }

    std::int64_t slot_of(std::int64_t number) const {
        return number % count_ * prefetch_ + number / count_ % prefetch_;
    }

    void start() {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
            throw std::system_error(errno, std::generic_category(), "no socket for a loader worker");
        const pid_t parent = getpid();
        const pid_t process = fork();
        if (process == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != parent) _exit(0);
            for (const Worker& sibling : workers_) close(sibling.connection);
            close(ends[0]);
            work(ends[1]);
            _exit(0);
        }
        const int problem = errno;
        close(ends[1]);
        if (process < 0) {
            close(ends[0]);
            throw std::system_error(problem, std::generic_category(), "cannot start a loader worker");
        }
        workers_.push_back({process, ends[0]});
    }

    /// The worker's whole life: ends with its connection.
    void work(int connection) const noexcept {
        std::int64_t number = 0;
        while (recv(connection, &number, sizeof number, 0) == sizeof number) {
            Answer answer;
            try {
                const std::int64_t slot = slot_of(number);
                maker_.write(number, shared_.pixels(slot), shared_.labels(slot));
                answer.made = true;
            } catch (const std::exception& error) {
                std::strncpy(answer.problem, error.what(), sizeof answer.problem - 1);
            }
            if (send(connection, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return;
        }
    }

    /// One that is dead is found out about when its batch is taken.
    void order(std::int64_t number) {
        if (number >= maker_.batches()) return;
        send(worker_of(number).connection, &number, sizeof number, MSG_NOSIGNAL);
    }

    [[noreturn]] void throw_death(Worker& worker) {
        int status = 0;
        waitpid(worker.process, &status, 0);
        const pid_t process = std::exchange(worker.process, -1);
        throw std::runtime_error(fmt::format("loader worker {} of {} (process {}) {}",
                                             &worker - workers_.data() + 1, count_, process,
                                             ending_of(status)));
    }

    void end() {
        for (const Worker& worker : workers_) {
            close(worker.connection);
            if (worker.process > 0) kill(worker.process, SIGKILL);  // they have nothing to finish
        }
        for (const Worker& worker : workers_) {
            if (worker.process > 0) waitpid(worker.process, nullptr, 0);
        }
    }

    const BatchMaker& maker_;
    const std::int64_t count_;
    const std::int64_t prefetch_;
    SharedBatches shared_;
    std::vector<Worker> workers_;
};

}  // namespace

std::unique_ptr<Workers> make_process_workers(const BatchMaker& maker, const WorkersPlan& plan) {
    return std::make_unique<ProcessWorkers>(maker, plan);
}

}  // namespace tidemark::trainer
