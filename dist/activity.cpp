#include "dist/activity.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>

#include <mpi.h>
#include <unistd.h>

#include "dist/communicator.hpp"

namespace sslslr::dist {
namespace {

/// What a thread waits in, written only by that thread. Atomic, so that a signal handler can read it.
struct Wait {
    std::atomic<bool> is_taken = false;
    std::atomic<const char*> name = nullptr;
    std::atomic<std::int64_t> number = 0;
    std::atomic<std::int64_t> since = 0;  ///< in nanoseconds, see now()
};

std::array<Wait, 32> waits;
std::atomic<std::int64_t> step_under_way = 0;
std::atomic<std::int64_t> stopped_for = 0;  ///< nanoseconds, in total

/// Reserves an element of `waits` for a thread, from its first wait until it ends. Without a free element the
/// thread's waits are not recorded.
class Place {
public:
    Place() {
        for (auto& wait : waits) {
            if (!wait.is_taken.exchange(true)) {
                wait_ = &wait;
                return;
            }
        }
    }
    ~Place() {
        if (wait_ != nullptr) {
            wait_->is_taken = false;
        }
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    Wait* wait() const noexcept { return wait_; }

private:
    Wait* wait_ = nullptr;
};

Wait* own_wait() {
    thread_local const Place place;
    return place.wait();
}

/// Nanoseconds since an arbitrary start, without the time in which this process was stopped.
std::int64_t now() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds{1} - stopped_for;
}

}  // namespace

std::string Activity::collective_name() const {
    const std::string name{collective.data()};
    return number == 0 ? name : name + " #" + std::to_string(number);
}

std::string Activity::text() const {
    const auto where = step == 0 ? std::string{"outside of training"} : "in step " + std::to_string(step);
    return where +
           (waits() ? ", waiting in " + collective_name() + " for " + in_seconds(waited) : ", computing");
}

std::string in_seconds(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", seconds);
    return text;
}

Activity current_activity() noexcept {
    Activity activity{.step = step_under_way};
    const auto time = now();
    for (const auto& wait : waits) {
        const char* const name = wait.name;
        // The difference is negative if the wait began after a stop that was excluded only later.
        const auto seconds = std::max(0.0, static_cast<double>(time - wait.since) * 1e-9);
        if (name != nullptr && (!activity.waits() || seconds > activity.waited)) {
            activity.collective = {};
            std::strncpy(activity.collective.data(), name, activity.collective.size() - 1);
            activity.number = wait.number;
            activity.waited = seconds;
        }
    }
    return activity;
}

void enter_step(std::int64_t step) noexcept {
    step_under_way = step;
}

void leave_out(std::chrono::nanoseconds stopped) noexcept {
    stopped_for += stopped.count();
}

CollectiveWait::CollectiveWait(const char* name, std::int64_t number) noexcept {
    if (auto* const wait = own_wait()) {
        wait->since = now();
        wait->number = number;
        wait->name = name;
    }
}

CollectiveWait::~CollectiveWait() {
    if (auto* const wait = own_wait()) {
        wait->name = nullptr;
    }
}

std::string host_of_this_process() {
    char host[MPI_MAX_PROCESSOR_NAME] = {};
    int length = 0;
    check(MPI_Get_processor_name(host, &length), "MPI_Get_processor_name");
    return host;
}

std::string name_of_this_process(int rank) {
    return "rank " + std::to_string(rank) + " (" + host_of_this_process() + ", pid " +
           std::to_string(getpid()) + ")";
}

}  // namespace sslslr::dist
