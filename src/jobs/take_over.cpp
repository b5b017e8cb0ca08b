#include "src/jobs/take_over.hpp"

#include <system_error>

namespace sslslr {
namespace {

namespace fs = std::filesystem;

constexpr int tries = 3;  // per earlier attempt: its owner may be writing there

/// Copies checkpoints first: a resumed training drops metrics of later steps but cannot restore missing ones.
/// @return whether there was a checkpoint. @throws fs::filesystem_error  a file has changed or gone meanwhile
bool copy_training(const fs::path& from, const fs::path& to) {
    bool has_checkpoint = false;
    for (const bool is_checkpoint : {true, false}) {
        for (const auto& entry : fs::recursive_directory_iterator{from}) {
            const auto extension = entry.path().extension();
            if (!entry.is_regular_file() || extension == ".partial" ||
                (extension == ".h5") != is_checkpoint) {
                continue;
            }
            const auto target = to / entry.path().lexically_relative(from);
            fs::create_directories(target.parent_path());
            fs::copy_file(entry.path(), target);
            has_checkpoint = has_checkpoint || is_checkpoint;
        }
    }
    return has_checkpoint;
}

/// Copies `from` to `mine` if it has a checkpoint and can be copied.
void try_to_take_over(const fs::path& mine, const fs::path& from) {
    auto unfinished = mine;  // a process killed here must not leave what looks like an attempt
    unfinished += ".partial";
    std::error_code ignored;
    for (int number = 0; number < tries; ++number) {
        fs::remove_all(unfinished, ignored);
        try {
            if (copy_training(from, unfinished)) {
                fs::rename(unfinished, mine);
            }
            break;
        } catch (const fs::filesystem_error&) {  // it has changed meanwhile
        }
    }
    fs::remove_all(unfinished, ignored);
}

}  // namespace

void take_over(const fs::path& mine, const std::vector<fs::path>& earlier) {
    for (auto from = earlier.begin(); from != earlier.end() && !fs::exists(mine); ++from) {
        if (fs::exists(*from)) {
            try_to_take_over(mine, *from);
        }
    }
}

}  // namespace sslslr
