#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "trainer/loader/workers.hpp"

namespace tidemark::trainer {
namespace {

class ThreadWorkers : public Workers {
  public:
    ThreadWorkers(const BatchMaker& maker, const WorkersPlan& plan)
        : maker_(maker),
          ahead_(plan.workers * plan.prefetch),
          account_(c10::ThreadLocalDebugInfo::current()),
          started_(plan.first),
          taken_(plan.first) {
        for (std::int64_t i = 0; i < plan.workers; ++i)
            threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }

    ~ThreadWorkers() override {
        for (std::jthread& thread : threads_) thread.request_stop();
    }

    Batch take(std::int64_t number) override {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ready_.contains(number) || failure_; });
        if (!ready_.contains(number)) std::rethrow_exception(failure_);
        Batch batch = std::move(ready_.extract(number).mapped());
        taken_ = number + 1;
        lock.unlock();
        changed_.notify_all();
        return batch;
    }

  private:
    void work(const std::stop_token& stop) {
        const c10::DebugInfoGuard entered_in(account_);
        while (true) {
            std::unique_lock lock(mutex_);
            const bool go_on = changed_.wait(lock, stop, [&] { return started_ < taken_ + ahead_; });
            if (!go_on || failure_ || started_ >= maker_.batches()) return;
            const std::int64_t number = started_++;
            lock.unlock();
            try {
                Batch batch = maker_.make(number);
                lock.lock();
                ready_.emplace(number, std::move(batch));
            } catch (...) {
                if (!lock.owns_lock()) lock.lock();
                failure_ = std::current_exception();
            }
            lock.unlock();
            changed_.notify_all();
        }
    }

    const BatchMaker& maker_;
    const std::int64_t ahead_;
    std::shared_ptr<c10::ThreadLocalDebugInfo> account_;  // of tensors, which is the starting thread's
    std::int64_t started_;
    std::int64_t taken_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::int64_t, Batch> ready_;
    std::exception_ptr failure_;
    std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace

std::unique_ptr<Workers> make_thread_workers(const BatchMaker& maker, const WorkersPlan& plan) {
    return std::make_unique<ThreadWorkers>(maker, plan);
}

}  // namespace tidemark::trainer
