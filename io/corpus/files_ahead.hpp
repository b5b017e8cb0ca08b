#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "io/corpus/corpus.hpp"

namespace sslslr::io {

/// Reads the files of the next clips into the page cache while one clip is worked on, several at once: small files
/// on a disk or on a network's file system wait for each other otherwise. What cannot be read is passed over here:
/// whoever reads the clip will say so.
class FilesAhead {
public:
    /// @param corpus  must outlive this; its files() is called by other threads
    /// @param clips   in the order in which they will be read
    FilesAhead(const Corpus& corpus, std::vector<std::size_t> clips);
    FilesAhead(const FilesAhead&) = delete;
    FilesAhead& operator=(const FilesAhead&) = delete;
    ~FilesAhead();

    /// `count` of the clips are read.
    void done(std::size_t count);

private:
    void work();
    void read_through(const std::filesystem::path& path) const;

    const Corpus& corpus_;
    std::vector<std::size_t> clips_;
    std::mutex mutex_;
    std::condition_variable has_room_;
    std::size_t next_ = 0;  ///< position in clips_
    std::size_t done_ = 0;
    std::atomic<bool> is_over_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace sslslr::io
