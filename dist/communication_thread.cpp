#include "dist/communication_thread.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <unistd.h>

namespace sslslr::dist {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int spins_before_sleep = 200;  // a short collective never pays for a sleep
constexpr auto sleep_between_polls = std::chrono::microseconds{20};
constexpr auto time_to_answer_the_roll = std::chrono::seconds{1};

std::string describe_this_process(int rank) {
    char host[MPI_MAX_PROCESSOR_NAME] = {};
    int length = 0;
    check(MPI_Get_processor_name(host, &length), "MPI_Get_processor_name");
    return "rank " + std::to_string(rank) + " (" + host + ", pid " + std::to_string(getpid()) + ")";
}

std::string in_seconds(Clock::duration time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>{time}.count());
    return text;
}

}  // namespace

CommunicationThread::CommunicationThread(Communicator ranks, std::chrono::milliseconds timeout)
    : ranks_{std::move(ranks)},
      control_{ranks_.duplicate()},
      names_{ranks_.all_gather(describe_this_process(ranks_.rank()))},
      timeout_{timeout},
      thread_{[this] { run(); }} {}

CommunicationThread::~CommunicationThread() {
    abandoned_ = std::uncaught_exceptions() > 0;
    {
        const std::lock_guard lock{mutex_};
        closed_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void CommunicationThread::post(Collective collective) {
    {
        const std::lock_guard lock{mutex_};
        queue_.push_back(std::move(collective));
    }
    changed_.notify_one();
}

std::optional<Collective> CommunicationThread::next() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) {
        return std::nullopt;
    }
    auto collective = std::move(queue_.front());
    queue_.pop_front();
    return collective;
}

void CommunicationThread::run() {
    while (const auto collective = next()) {
        if (error_ == nullptr) {
            ++number_;
            try {
                complete(*collective);
            } catch (...) {
                error_ = std::current_exception();
                stuck_ = *collective;
            }
        }
        collective->finish(error_);
    }
}

void CommunicationThread::complete(const Collective& collective) {
    MPI_Request request = MPI_REQUEST_NULL;
    check(collective.start(ranks_.handle(), &request), collective.name);

    const auto start = Clock::now();
    for (int polls = 1;; ++polls) {
        int done = 0;
        check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), collective.name);
        if (done != 0) {
            return;
        }
        if (polls < spins_before_sleep) {
            continue;
        }
        if (abandoned_) {
            throw std::runtime_error{std::string{collective.name} +
                                     " given up: this rank leaves by an error"};
        }
        const auto waited = Clock::now() - start;
        if (waited > timeout_ || roll_is_called()) {
            throw SilentRankError{"rank " + std::to_string(ranks_.rank()) + ": " + collective.name + " #" +
                                  std::to_string(number_) + " waited " + in_seconds(waited) + "; " +
                                  call_the_roll()};
        }
        std::this_thread::sleep_for(sleep_between_polls);
    }
}

// Whoever waits in a collective answers the first rank that loses patience, so that only a rank that does not
// take part is named, however late the others began to wait.
bool CommunicationThread::roll_is_called() const {
    int called = 0;
    check(MPI_Iprobe(MPI_ANY_SOURCE, 0, control_.handle(), &called, MPI_STATUS_IGNORE), "MPI_Iprobe");
    return called != 0;
}

/// Tells every rank which collective this one waits in, listens who else does, and names those who do not.
std::string CommunicationThread::call_the_roll() const {
    std::vector<bool> present(names_.size(), false);
    present[static_cast<std::size_t>(ranks_.rank())] = true;
    for (int rank = 0; rank < ranks_.size(); ++rank) {
        if (rank != ranks_.rank()) {
            MPI_Request request = MPI_REQUEST_NULL;
            check(MPI_Isend(&number_, 1, MPI_INT64_T, rank, 0, control_.handle(), &request), "MPI_Isend");
            check(MPI_Request_free(&request), "MPI_Request_free");
        }
    }

    const auto deadline = Clock::now() + time_to_answer_the_roll;
    while (std::find(present.begin(), present.end(), false) != present.end() && Clock::now() < deadline) {
        if (!roll_is_called()) {
            std::this_thread::sleep_for(sleep_between_polls);
            continue;
        }
        std::int64_t number = 0;
        MPI_Status status;
        check(MPI_Recv(&number, 1, MPI_INT64_T, MPI_ANY_SOURCE, 0, control_.handle(), &status), "MPI_Recv");
        present[static_cast<std::size_t>(status.MPI_SOURCE)] = number >= number_;
    }

    std::string silent;
    for (std::size_t rank = 0; rank < names_.size(); ++rank) {
        if (!present[rank]) {
            silent += (silent.empty() ? "silent: " : ", ") + names_[rank];
        }
    }
    return silent.empty() ? "another rank gave up waiting for this one" : silent;
}

}  // namespace sslslr::dist
