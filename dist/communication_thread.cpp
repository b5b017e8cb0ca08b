#include "dist/communication_thread.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "dist/activity.hpp"

namespace sslslr::dist {
namespace {

constexpr int spins_before_sleep = 200;  // so that a short collective never sleeps
constexpr auto sleep_between_polls = std::chrono::microseconds{20};

}  // namespace

CommunicationThread::CommunicationThread(Communicator ranks)
    : ranks_{std::move(ranks)}, thread_{[this] { run(); }} {}

CommunicationThread::~CommunicationThread() {
    abandoned_ = std::uncaught_exceptions() > 0;
    {
        const std::lock_guard lock{mutex_};
        closed_ = true;
    }
    changed_.notify_one();
    thread_.join();
    if (abandoned_ && stuck_.start) {
        // Any later MPI call, such as Heartbeat's, may still progress this collective: leak what it uses.
        static_cast<void>(std::make_unique<Collective>(std::move(stuck_)).release());
        static_cast<void>(std::make_unique<Communicator>(std::move(ranks_)).release());
    }
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

void CommunicationThread::complete(const Collective& collective) const {
    const CollectiveWait waiting{collective.name, number_};
    MPI_Request request = MPI_REQUEST_NULL;
    check(collective.start(ranks_.handle(), &request), collective.name);

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
                                     " abandoned: this rank is ending with an error"};
        }
        std::this_thread::sleep_for(sleep_between_polls);
    }
}

}  // namespace sslslr::dist
