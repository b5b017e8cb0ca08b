#include "io/file/watched_file.hpp"

#include <fmt/format.h>

#include "io/file/data_error.hpp"

namespace sslslr::io {

std::uint32_t WatchedFile::version() const {
    const std::scoped_lock lock{mutex_};
    if (const auto now = file_.state(); now != last_) {
        last_ = now;
        ++version_;
    }
    return version_;
}

void WatchedFile::read(std::uint64_t offset, std::span<std::byte> out) const {
    try {
        file_.read(offset, out);
    } catch (const DataError&) {
        if (file_.state() != first_) {
            fail_as_overwritten();
        }
        throw;
    }
}

void WatchedFile::fail_as_overwritten() const {
    const auto now = file_.state().bytes;
    const auto length = now == first_.bytes
                            ? std::string{}
                            : fmt::format(", and now has {} bytes instead of {}", now, first_.bytes);
    throw DataError{path(),
                    "overwritten while it was in use: it no longer holds what it held when it was opened" +
                        length +
                        "; write a new store under another name (and rename it, if it must have this "
                        "one), then run the same command again"};
}

}  // namespace sslslr::io
