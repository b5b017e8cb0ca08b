#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace sslslr::dist {

/// What this process is doing. Heartbeat sends it to other ranks; crash messages show it to the user.
struct Activity {
    std::int64_t step = 0;              ///< training step, counted from 1; 0: not in training
    std::array<char, 32> collective{};  ///< name of the collective waited in longest; empty: not waiting
    std::int64_t number = 0;  ///< of that collective among all of its communication thread; 0: not counted
    double waited = 0;        ///< seconds spent waiting in that collective

    bool waits() const noexcept { return collective.front() != '\0'; }
    /// Names the collective: "all_reduce #17".
    std::string collective_name() const;
    /// Describes the activity: "in step 12, waiting in all_reduce #17 for 3.2 s".
    std::string text() const;
};

/// Returns what this process is doing now. Safe to call from any thread and from a signal handler.
Activity current_activity() noexcept;

/// Records that training has entered this step; 0: that training has ended.
void enter_step(std::int64_t step) noexcept;

/// Excludes from all waiting times a period in which this process was stopped (SIGSTOP, a scheduler's
/// suspension).
void leave_out(std::chrono::nanoseconds stopped) noexcept;

/// Marks the current thread as waiting in a collective while this object exists. At most one per thread.
class CollectiveWait {
public:
    /// @param name    a string literal: only the pointer is kept
    /// @param number  shown after the name as "#17"; 0: not shown
    explicit CollectiveWait(const char* name, std::int64_t number = 0) noexcept;
    ~CollectiveWait();
    CollectiveWait(const CollectiveWait&) = delete;
    CollectiveWait& operator=(const CollectiveWait&) = delete;
};

/// Formats a duration: "3.2 s".
std::string in_seconds(double seconds);

/// Returns the name of this node, as reported by MPI.
std::string host_of_this_process();

/// Names this process for messages: "rank 2 (node7, pid 4242)".
std::string name_of_this_process(int rank);

}  // namespace sslslr::dist
