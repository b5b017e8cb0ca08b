#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace sslslr {

/// Limits of the items that are made but not yet taken.
struct ReadAheadLimits {
    std::int64_t items = 0;  ///< 0: nothing is made ahead, and no thread is started
    std::int64_t bytes = 0;  ///< one item may always wait, whatever its size
};

/// Numbered items, each made by a function of its number. A thread makes the next ones before they are
/// needed.
///
/// The thread makes item n + 1 after item n, as far as the limits allow: before it starts, the waiting items
/// must leave room for one as large as the largest so far. If making an item fails, take() rethrows the error
/// for that item, and no later item is made. The destructor waits only for the item that is being made.
template <class T>
class ReadAhead {
public:
    struct Source {
        std::function<T(std::int64_t number)> make;  ///< called by the thread, one item at a time
        std::function<std::int64_t(const T&)> bytes_of;
        std::int64_t end =
            std::numeric_limits<std::int64_t>::max();  ///< no item from this number on is made ahead
    };

    ReadAhead(ReadAheadLimits limits, Source source) : limits_{limits}, source_{std::move(source)} {
        if (limits_.items > 0) {
            thread_ = std::jthread{[this](const std::stop_token& stop) { make_items(stop); }};
        }
    }
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;
    ~ReadAhead() = default;

    /// Returns the item of this number, as soon as it is made. If the number does not follow the last one
    /// taken, waiting items are dropped and the thread continues from the new number.
    /// @throws the exception that making the item threw
    T take(std::int64_t number) {
        if (limits_.items <= 0) {
            return source_.make(number);
        }
        std::unique_lock lock{mutex_};
        if (number != wanted_ || (has_failed_ && ready_.empty())) {
            restart_from(number);
        }
        wanted_ = number + 1;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !ready_.empty(); });
        auto item = std::move(ready_.front());
        ready_.pop_front();
        ready_bytes_ -= item.bytes;
        lock.unlock();
        changed_.notify_all();
        if (item.error) {
            std::rethrow_exception(item.error);
        }
        return std::move(*item.value);
    }

    /// Returns the most bytes that ever waited.
    std::int64_t peak_bytes() const {
        const std::scoped_lock lock{mutex_};
        return peak_bytes_;
    }

private:
    struct Item {
        std::optional<T> value{};
        std::exception_ptr error{};
        std::int64_t bytes = 0;
    };

    void restart_from(std::int64_t number) {
        ready_.clear();
        ready_bytes_ = 0;
        next_ = number;
        has_failed_ = false;
        ++restarts_;
    }

    bool may_make() const {
        const bool is_wanted = next_ < std::max(source_.end, wanted_) && !has_failed_ && restarts_ > 0;
        const auto waiting = static_cast<std::int64_t>(ready_.size());
        return is_wanted &&
               (waiting == 0 || (waiting < limits_.items && ready_bytes_ + largest_bytes_ <= limits_.bytes));
    }

    void make_items(const std::stop_token& stop) {
        std::unique_lock lock{mutex_};
        while (changed_.wait(lock, stop, [this] { return may_make(); }) && !stop.stop_requested()) {
            const auto number = next_++;
            const auto restarts = restarts_;
            lock.unlock();
            Item item = make(number);
            lock.lock();
            if (restarts == restarts_) {  // else take() has asked for other items meanwhile
                keep(std::move(item));
                changed_.notify_all();
            }
        }
    }

    Item make(std::int64_t number) const {
        Item item;
        try {
            item.value.emplace(source_.make(number));
            item.bytes = source_.bytes_of(*item.value);
        } catch (...) {
            item.error = std::current_exception();
        }
        return item;
    }

    void keep(Item item) {
        has_failed_ = item.error != nullptr;
        ready_bytes_ += item.bytes;
        largest_bytes_ = std::max(largest_bytes_, item.bytes);
        peak_bytes_ = std::max(peak_bytes_, ready_bytes_);
        ready_.push_back(std::move(item));
    }

    ReadAheadLimits limits_;
    Source source_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Item> ready_;    ///< items up to, but without, number next_
    std::int64_t wanted_ = -1;  ///< the number after the last one taken
    std::int64_t next_ = 0;     ///< the item that the thread makes next, once take() has set the first number
    std::int64_t restarts_ = 0;
    bool has_failed_ = false;  ///< the last item of ready_ failed, so none is made after it
    std::int64_t ready_bytes_ = 0;
    std::int64_t largest_bytes_ = 0;
    std::int64_t peak_bytes_ = 0;
    std::jthread thread_;  ///< last, so that it ends before the members it uses are destroyed
};

}  // namespace sslslr
