#include "io/corpus/files_ahead.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sslslr::io {
namespace {

constexpr std::size_t threads = 4;
constexpr std::size_t clips_ahead = 512;
constexpr std::size_t most_bytes = std::size_t{64} << 20;  // of a file; the system reads the rest ahead
constexpr std::size_t clips_a_call = 16;  // waking the threads for each clip would cost more than it saves

}  // namespace

FilesAhead::FilesAhead(const Corpus& corpus, std::vector<std::size_t> clips)
    : corpus_{corpus}, clips_{std::move(clips)} {
    if (clips_.empty() || corpus_.files(clips_.front()).empty()) {
        return;
    }
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this] { work(); });
    }
}

FilesAhead::~FilesAhead() {
    {
        const std::scoped_lock lock{mutex_};
        is_over_ = true;
    }
    has_room_.notify_all();
    for (auto& thread : threads_) {
        thread.join();
    }
}

void FilesAhead::done(std::size_t count) {
    {
        const std::scoped_lock lock{mutex_};
        done_ = count;
    }
    if (count % clips_a_call == 0) {
        has_room_.notify_all();
    }
}

void FilesAhead::read_through(const std::filesystem::path& path) const {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // in case it is a pipe
    struct stat status {};
    if (file >= 0 && ::fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        std::array<char, 1 << 16> piece;
        for (std::size_t left = most_bytes; left >= piece.size() && !is_over_; left -= piece.size()) {
            if (::read(file, piece.data(), piece.size()) <= 0) {
                break;
            }
        }
    }
    if (file >= 0) {
        ::close(file);
    }
}

void FilesAhead::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        has_room_.wait(lock, [this] { return is_over_ || next_ < done_ + clips_ahead; });
        next_ = std::max(next_, done_);  // skips clips that have been read in the meantime
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
