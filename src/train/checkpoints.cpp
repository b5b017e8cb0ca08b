#include "src/train/checkpoints.hpp"

#include <algorithm>
#include <map>

#include "io/file/data_error.hpp"
#include "src/errors.hpp"

namespace sslslr {

namespace fs = std::filesystem;

Checkpoints::Checkpoints(const fs::path& run, const dist::Communicator& ranks)
    : folder_{run / "checkpoints"}, ranks_{ranks} {}

void Checkpoints::remove_half_written() const {
    agree(ranks_, [&] {
        if (ranks_.rank() != 0 || !fs::is_directory(folder_)) {
            return;
        }
        for (const auto& entry : fs::directory_iterator{folder_}) {
            if (entry.path().filename().string().ends_with(".h5.partial")) {
                fs::remove(entry.path());
            }
        }
    });
}

std::optional<io::CheckpointFile> Checkpoints::read_newest(
    const std::function<void(const std::string&)>& warn) const {
    // Rank 0 searches; the others read the file that it chose.
    std::optional<io::CheckpointFile> content;
    std::string chosen;
    std::string warnings;
    agree(ranks_, [&] {
        const auto all = ranks_.rank() == 0 && fs::exists(folder_) ? io::list_checkpoints(folder_)
                                                                   : std::map<std::int64_t, fs::path>{};
        for (auto it = all.rbegin(); it != all.rend() && chosen.empty(); ++it) {
            try {
                content = io::read_checkpoint(it->second);
                chosen = it->second.string();
            } catch (const io::DataError& error) {
                warnings += std::string{error.what()} + "; using the previous checkpoint\n";
            }
        }
        if (!all.empty() && chosen.empty()) {
            throw io::DataError{folder_,
                                "every checkpoint is damaged; move them away to start again:\n" + warnings};
        }
    });
    if (!warnings.empty()) {
        warn(warnings);
    }
    chosen = ranks_.broadcast(chosen);
    agree(ranks_, [&] {
        if (ranks_.rank() != 0 && !chosen.empty()) {
            content = io::read_checkpoint(chosen);
        }
    });
    return content;
}

}  // namespace sslslr
