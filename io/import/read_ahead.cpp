#include "io/import/read_ahead.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace sslslr::io {
namespace {

constexpr std::size_t threads = 4;
constexpr std::size_t clips_ahead = 512;
constexpr std::size_t clips_a_call = 16;  // waking threads for each clip costs more than it brings

void read_through(const std::filesystem::path& path) {
    // Without blocking: what lies under the name may be a pipe.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return;
    }
    std::array<char, 1 << 16> piece;
    while (::read(file, piece.data(), piece.size()) > 0) {
    }
    ::close(file);
}

}  // namespace

ReadAhead::ReadAhead(const Corpus& corpus, std::vector<std::size_t> clips)
    : corpus_{corpus}, clips_{std::move(clips)} {
    if (clips_.empty() || corpus_.files(clips_.front()).empty()) {
        return;
    }
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this] { work(); });
    }
}

ReadAhead::~ReadAhead() {
    {
        const std::scoped_lock lock{mutex_};
        is_over_ = true;
    }
    has_room_.notify_all();
    for (auto& thread : threads_) {
        thread.join();
    }
}

void ReadAhead::done(std::size_t count) {
    {
        const std::scoped_lock lock{mutex_};
        done_ = count;
    }
    if (count % clips_a_call == 0) {
        has_room_.notify_all();
    }
}

void ReadAhead::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        has_room_.wait(lock, [this] { return is_over_ || next_ < done_ + clips_ahead; });
        next_ = std::max(next_, done_);  // what was read meanwhile needs no reading ahead
        if (is_over_ || next_ >= clips_.size()) {
            return;
        }
        const auto clip = clips_[next_++];
        lock.unlock();
        for (const auto& file : corpus_.files(clip)) {
            read_through(file);
        }
        lock.lock();
    }
}

}  // namespace sslslr::io
