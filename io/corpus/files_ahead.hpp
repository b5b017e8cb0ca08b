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

/// Reads the files of the next clips into the page cache, in several threads. This hides the latency of
/// reading many small files from a disk or a network file system. Files that cannot be read are skipped:
/// reading the clip itself reports the error.
class FilesAhead {
public:
    /// @param corpus  must outlive this; its files() is called from other threads
    /// @param clips   numbers of the clips, in the order in which they will be read
    FilesAhead(const Corpus& corpus, std::vector<std::size_t> clips);
    FilesAhead(const FilesAhead&) = delete;
    FilesAhead& operator=(const FilesAhead&) = delete;
    ~FilesAhead();

    /// Reports that the first `count` clips have been read.
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
