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

/// Watches over ranks that depend on each other, from a thread of its own, and ends the job with exit code 4 where
/// it could only hang:
///
///     died     a process of this node is gone, or any rank gave no sign of life for 5 s (its node is lost, or it is
///              frozen)
///     hangs    in training, a rank has waited in a collective for longer than the hang timeout: named are those that
///              have not entered any, or, if all wait, what each waits in
///
/// The message names rank, host, process, step and collective. Ranks tell rank 0 what they do (four times a second,
/// 64 bytes each), rank 0 tells the others that it lives. Silence is counted in turns of the own thread, and waiting
/// without the time in which that thread had no turn, so a job that is stopped and continued as a whole goes on (under
/// NCCL, c10d's watchdog does count such a pause). A rank that leaves says so. Ranks whose mpirun was killed end, too.
class Heartbeat {
public:
    /// Collective. Of one rank alone nothing is watched but its mpirun.
    /// @param hang_timeout  must exceed the longest honest delay between ranks in training; 0: nothing is watched
    Heartbeat(const Communicator& ranks, std::chrono::milliseconds hang_timeout);
    /// Collective, unless it unwinds.
    ~Heartbeat();
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

    /// While false, as at first, ranks may wait for each other for any time.
    void expect_progress(bool expected) noexcept { progress_expected_ = expected; }
    bool expects_progress() const noexcept { return progress_expected_; }

private:
    /// What ranks tell each other; the same build on all of them.
    struct Beat {
        Activity activity;
        bool progress_expected = false;
        bool leaves = false;
    };
    /// A rank as this one sees it.
    struct Peer {
        std::string name;
        int local_pid = 0;  ///< where its process can be asked for; 0: elsewhere
        Beat last;
        int silent_turns = 0;
        Beat outgoing;
        MPI_Request sending = MPI_REQUEST_NULL;
    };

    /// How it is to end: with all the others, who end theirs, too, or alone by an error.
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
    const int launcher_;                        ///< process that started this one, if that was mpirun; else 0
    std::unique_ptr<std::vector<Peer>> peers_;  ///< by rank
    std::atomic<bool> progress_expected_ = false;

    std::chrono::steady_clock::time_point turned_{};   ///< when this thread last had a turn
    std::chrono::steady_clock::time_point counted_{};  ///< when turns of silence were

    std::mutex mutex_;  // guards ending_
    std::condition_variable changed_;
    Ending ending_ = Ending::none;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace sslslr::dist
