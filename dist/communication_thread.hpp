#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include <mpi.h>

#include "dist/communicator.hpp"

namespace sslslr::dist {

/// A non-blocking MPI collective, to be run by a CommunicationThread.
struct Collective {
    const char* name = nullptr;                        ///< a literal, for error messages and CollectiveWait
    std::function<int(MPI_Comm, MPI_Request*)> start;  ///< calls MPI_I...; owns the buffers
    std::function<void(std::exception_ptr)> finish;    ///< told the outcome (null: done), on the thread
};

/// Runs collectives one at a time, in the order of posting, so that they overlap with computation.
///
/// It polls: a thread blocked inside MPI would spin and take the core from the computation (Open MPI). After
/// the first error every later collective fails with it, for the order of messages is lost by then. It waits for other
/// ranks without limit: Heartbeat ends a job in which one does not come.
/// Destruction finishes what was posted, but gives it up when unwinding, in order not to wait for other
/// ranks. MPI cannot cancel a collective: what it may still write into, and the communicator, then stay for as long as
/// the process.
class CommunicationThread {
public:
    explicit CommunicationThread(Communicator ranks);
    ~CommunicationThread();
    CommunicationThread(const CommunicationThread&) = delete;
    CommunicationThread& operator=(const CommunicationThread&) = delete;

    const Communicator& ranks() const noexcept { return ranks_; }

    /// All ranks post the same collectives in the same order.
    void post(Collective collective);

private:
    void run();
    std::optional<Collective> next();
    void complete(const Collective& collective) const;

    Communicator ranks_;

    std::int64_t number_ = 0;   // of the collective that runs, counted from 1
    std::exception_ptr error_;  // the first
    Collective stuck_;          // what failed: MPI may still write into its buffers

    std::mutex mutex_;  // guards queue_ and closed_
    std::condition_variable changed_;
    std::deque<Collective> queue_;
    bool closed_ = false;
    std::atomic<bool> abandoned_ = false;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace sslslr::dist
