#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dist/activity.hpp"
#include "dist/communicator.hpp"

namespace sslslr::dist {

/// Watches ranks that depend on each other, on a thread of its own, and ends the job with exit code 4 when it
/// would otherwise hang:
///
///     died     a process on this node is gone, or a rank has been silent for 5 s (its node is lost, or the
///              process is frozen)
///     hangs    in training, a rank has waited in a collective for longer than the hang timeout. The message
///              names the ranks that are not in any collective or, if all wait, what each waits in
///
/// The message gives rank, host, process id, step and collective. Every rank sends its activity to rank 0
/// four times a second (64 bytes), and rank 0 sends its own to the others. Silence is counted in turns of the
/// watching thread, and waiting times exclude periods in which that thread did not run. So a job that is
/// stopped and continued as a whole keeps running (under NCCL, however, c10d's watchdog counts the pause). A
/// rank that leaves announces it. Ranks also end if their mpirun was killed.
class Heartbeat {
public:
    /// Starts to watch. Collective. A single rank watches only its mpirun.
    /// @param hang_timeout  must exceed the longest legitimate delay between ranks in training; 0: watches
    ///                      nothing
    Heartbeat(const Communicator& ranks, std::chrono::milliseconds hang_timeout);
    /// Collective, except during stack unwinding.
    ~Heartbeat();
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

    /// Sets whether waiting longer than the hang timeout counts as a hang; initially false.
    void expect_progress(bool expected) noexcept { progress_expected_ = expected; }
    bool expects_progress() const noexcept { return progress_expected_; }

private:
    /// The message between ranks, sent as raw bytes: all ranks run the same build.
    struct Beat {
        Activity activity;
        bool progress_expected = false;
        bool leaves = false;
    };
    /// A rank as seen by this one.
    struct Peer {
        std::string name;
        int local_pid = 0;  ///< its process id, if visible from this process; otherwise 0
        Beat last;
        int silent_turns = 0;
        Beat outgoing;
        MPI_Request sending = MPI_REQUEST_NULL;
    };

    /// How watching ends: together with all other ranks, or on this rank only, after an error.
    enum class Ending { none, together, alone };

    void run();
    Beat own_beat();
    bool all_have_left() const;
    void send(bool leaves);
    void receive();
    void look_for_the_dead();
    void look_for_hangs();
    void end_if_the_launcher_has() const;
    [[noreturn]] void end_job(const std::string& what);
    bool watches(int rank) const { return rank != ranks_.rank() && (ranks_.rank() == 0 || rank == 0); }

    const Communicator ranks_;
    const std::chrono::milliseconds hang_timeout_;
    const int launcher_;                        ///< process id of the mpirun that started this one; else 0
    std::unique_ptr<std::vector<Peer>> peers_;  ///< by rank
    std::atomic<bool> progress_expected_ = false;

    std::chrono::steady_clock::time_point turned_{};   ///< when this thread last had a turn
    std::chrono::steady_clock::time_point counted_{};  ///< when the turns of silence were last counted

    std::mutex mutex_;  // guards ending_
    std::condition_variable changed_;
    Ending ending_ = Ending::none;
    std::thread thread_;  // last, because it uses all members above
};

}  // namespace sslslr::dist
