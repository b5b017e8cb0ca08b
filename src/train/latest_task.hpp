#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace sslslr {

/// Runs tasks on a thread of its own, one at a time. Of the tasks that wait, only the newest is kept, so
/// post() never waits and a slow task delays only other tasks.
class LatestTask {
public:
    LatestTask() = default;
    /// Waits for the task that runs; drops the one that waits.
    ~LatestTask() {
        {
            const std::lock_guard lock{mutex_};
            is_ending_ = true;
        }
        changed_.notify_all();
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    LatestTask(const LatestTask&) = delete;
    LatestTask& operator=(const LatestTask&) = delete;

    void post(std::function<void()> task) {
        {
            const std::lock_guard lock{mutex_};
            waiting_ = std::move(task);
            if (!thread_.joinable()) {
                thread_ = std::thread{[this] { run(); }};
            }
        }
        changed_.notify_all();
    }

    /// Waits until no task runs or waits.
    void wait() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return is_idle(); });
    }
    /// The same, for at most `longest`.
    void wait_for(std::chrono::milliseconds longest) {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, longest, [this] { return is_idle(); });
    }

    /// Returns the error of the last task to end, if it failed and the error was not taken before; else null.
    std::exception_ptr take_error() {
        const std::lock_guard lock{mutex_};
        return std::exchange(error_, nullptr);
    }

private:
    bool is_idle() const { return !is_running_ && !waiting_; }

    void run() {
        std::unique_lock lock{mutex_};
        for (;;) {
            changed_.wait(lock, [this] { return is_ending_ || waiting_; });
            if (is_ending_) {
                return;
            }
            auto task = std::exchange(waiting_, std::nullopt);
            is_running_ = true;
            lock.unlock();
            std::exception_ptr error;
            try {
                (*task)();
            } catch (...) {
                error = std::current_exception();
            }
            task.reset();  // frees what it holds before its end is reported
            lock.lock();
            error_ = error;
            is_running_ = false;
            changed_.notify_all();
        }
    }

    std::mutex mutex_;  // guards all members below except thread_
    std::condition_variable changed_;
    std::optional<std::function<void()>> waiting_;
    std::exception_ptr error_;
    bool is_running_ = false;
    bool is_ending_ = false;
    std::thread thread_;
};

}  // namespace sslslr
