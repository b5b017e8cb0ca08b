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

/// A non-blocking MPI collective for CommunicationThread to run.
struct Collective {
    const char* name = nullptr;                        ///< a literal, for error messages and CollectiveWait
    std::function<int(MPI_Comm, MPI_Request*)> start;  ///< calls MPI_I...; owns the buffers
    std::function<void(std::exception_ptr)> finish;    ///< called on the thread; null: success
};

/// Runs collectives one at a time, in the order of posting, so that they overlap with computation.
///
/// It polls, because a thread blocked inside Open MPI would spin and take the core from the computation.
/// After the first error every later collective fails with the same error, because the ranks' collectives no
/// longer match. There is no timeout for other ranks: Heartbeat ends a job in which one does not arrive.
///
/// Destruction finishes what was posted. During stack unwinding it gives up instead of waiting for other
/// ranks. MPI cannot cancel a collective, so the buffers that it may still write to and the communicator are
/// then leaked.
class CommunicationThread {
public:
    explicit CommunicationThread(Communicator ranks);
    ~CommunicationThread();
    CommunicationThread(const CommunicationThread&) = delete;
    CommunicationThread& operator=(const CommunicationThread&) = delete;

    const Communicator& ranks() const noexcept { return ranks_; }

    /// Queues a collective and returns at once. All ranks must post the same collectives in the same order.
    void post(Collective collective);

private:
    void run();
    std::optional<Collective> next();
    void complete(const Collective& collective) const;

    Communicator ranks_;

    std::int64_t number_ = 0;   // of the running collective, counted from 1
    std::exception_ptr error_;  // the first one
    Collective stuck_;          // the one that failed: MPI may still write to its buffers

    std::mutex mutex_;  // guards queue_ and closed_
    std::condition_variable changed_;
    std::deque<Collective> queue_;
    bool closed_ = false;
    std::atomic<bool> abandoned_ = false;

    std::thread thread_;  // last, because it uses all members above
};

}  // namespace sslslr::dist
