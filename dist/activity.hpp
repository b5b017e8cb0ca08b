#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace sslslr::dist {

/// What this process is doing: told to its peers by Heartbeat, and to the user in its last words.
struct Activity {
    std::int64_t step = 0;              ///< of the training, counted from 1; 0: in none
    std::array<char, 32> collective{};  ///< the one it has waited in longest; empty: it waits in none
    std::int64_t number = 0;            ///< of that collective among those of its kind; 0: not counted
    double waited = 0;                  ///< seconds, in it

    bool waits() const noexcept { return collective.front() != '\0'; }
    /// "all_reduce #17"
    std::string collective_name() const;
    /// "in step 12, waiting in all_reduce #17 for 3.2 s"
    std::string text() const;
};

/// From any thread, and from a signal handler.
Activity current_activity() noexcept;

/// The training is in this step from here on; 0: it has ended.
void enter_step(std::int64_t step) noexcept;

/// This process was stopped for so long (SIGSTOP, a scheduler's suspension): no wait counts that time.
void leave_out(std::chrono::nanoseconds stopped) noexcept;

/// This thread waits in a collective for as long as this object lives; one at a time.
class CollectiveWait {
public:
    /// @param name  a literal
    explicit CollectiveWait(const char* name, std::int64_t number = 0) noexcept;
    ~CollectiveWait();
    CollectiveWait(const CollectiveWait&) = delete;
    CollectiveWait& operator=(const CollectiveWait&) = delete;
};

/// "3.2 s"
std::string in_seconds(double seconds);

/// The node's name, as MPI has it.
std::string host_of_this_process();

/// "rank 2 (node7, pid 4242)", of this process.
std::string name_of_this_process(int rank);

}  // namespace sslslr::dist
