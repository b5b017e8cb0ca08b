#include "src/run/data_set.hpp"

#include <filesystem>
#include <limits>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/counted.hpp"
#include "io/file/data_error.hpp"
#include "io/file/file_pattern.hpp"
#include "io/file/setting.hpp"
#include "io/file/utf8.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "src/data/clip_selection.hpp"
#include "src/data/memory_limit.hpp"
#include "src/errors.hpp"

namespace sslslr {

namespace {

/// Describes a folder that was given instead of a store, and says what to give instead.
std::string problem_of_folder(const std::filesystem::path& folder) {
    if (std::filesystem::exists(folder / "config.ini")) {
        return fmt::format(
            "the folder of a run, for {}, but {} needs clip stores, such as those in its config.ini",
            io::setting("run"), io::setting("data"));
    }
    const auto pattern = (folder / "*.h5").string();
    auto stores = io::files_matching(pattern);
    std::erase_if(stores, io::is_checkpoint);
    std::vector<std::string> names;
    for (const auto& store : stores) {
        names.push_back(store.filename().string());
    }
    if (names.empty()) {
        return fmt::format(
            "a folder without stores (*.h5), but {} needs clip stores: sslslr prepare makes one",
            io::setting("data"));
    }
    constexpr std::size_t most_shown = 8;
    return fmt::format("a folder, but {} needs clip stores: {} matches the {} in it: {}{}",
                       io::setting("data"), io::quoted(pattern), names.size(),
                       fmt::join(names | std::views::take(most_shown), ", "),
                       names.size() > most_shown ? ", ..." : "");
}

/// Opens clip stores.
/// @throws io::DataError  describes files that are folders or checkpoints instead of stores
io::ClipStore opened(const std::vector<std::string>& files) {
    try {
        return io::ClipStore::open(files);
    } catch (const io::DataError&) {
        for (const auto& pattern : files) {
            for (const auto& file : io::files_matching(pattern)) {
                if (std::filesystem::is_directory(file)) {
                    throw io::DataError{file, problem_of_folder(file)};
                }
                if (io::is_checkpoint(file)) {
                    throw io::DataError{file, fmt::format("a checkpoint, but {} needs clip stores, such as "
                                                          "those in the config.ini of its run",
                                                          io::setting("data"))};
                }
            }
        }
        throw;
    }
}

}  // namespace

std::int64_t bytes_of_limit(const std::string& memory_limit) {
    if (memory_limit == "none") {
        return std::numeric_limits<std::int64_t>::max();
    }
    return memory_limit == "half" ? free_memory() / 2 : parse_bytes("memory-limit", memory_limit);
}

DataSet::DataSet(const std::vector<std::string>& files, const DataOptions& options, const Ranks& ranks) {
    const auto limit = bytes_of_limit(options.memory_limit);
    if (files.empty()) {
        throw ConfigError{fmt::format("{} is required: the clip stores to read (sslslr prepare makes one)",
                                      io::setting("data", "STORE.h5"))};
    }
    agree(ranks.world, [&] { store_.emplace(opened(files)); });
    if (options.keeps_prints) {
        prints_ = std::make_unique<PrintTable>(*store_);
    }
    features_.emplace(
        load_features(*store_, options.preprocess, ranks.world, ranks.node,
                      {.dtype = options.dtype, .memory_limit = limit, .prints = prints_.get()}));
    if (features().streamed != nullptr && ranks.is_first()) {
        ranks.note(features_->why_streamed() + ": clips are streamed");
    }
    if (const auto empty = features_->empty_clips().size(); empty > 0 && ranks.is_first()) {
        ranks.note(
            fmt::format("{} without frames left out", io::counted(static_cast<std::int64_t>(empty), "clip")));
    }
    if (const auto [clips, out_of] = features_->scaled_by_palms(); clips > 0 && ranks.is_first()) {
        ranks.warn(
            fmt::format("{} of {} show no shoulders: they are centred on the hands and scaled by the "
                        "palm (wrist to middle finger), the others by the shoulders",
                        clips, io::counted(out_of, "clip")));
    }
}

std::string DataSet::fingerprint() const {
    return store_->fingerprint_text();
}

DataIdentity DataSet::identity(const std::vector<std::int64_t>& training_clips, bool learns_labels) const {
    return identity_of(*store_, training_clips, learns_labels);
}

std::string DataSet::name_of(std::int64_t clip) const {
    const auto at = static_cast<std::size_t>(clip);
    const bool has_name = !index().names.empty() && !index().names[at].empty();
    const auto name = has_name ? io::printable(index().names[at]) : fmt::format("clip {}", clip);
    const auto& files = store_->files();
    return files.size() == 1 ? name : fmt::format("{} of {}", name, files[store_->file_of(clip)].string());
}

std::vector<io::ClipPrint> DataSet::known_prints(const std::vector<std::int64_t>& clips,
                                                 const Ranks& ranks) const {
    // Every node has read all of a resident data set, so that one node's prints suffice.
    const bool is_first_node = !ranks.node.broadcast(ranks.is_first() ? "first" : "").empty();
    return prints_->gathered(clips, ranks.world, features().streamed != nullptr || is_first_node);
}

std::vector<io::ClipPrint> DataSet::prints(const std::vector<std::int64_t>& clips, const Ranks& ranks) const {
    if (features().streamed != nullptr) {
        agree(ranks.world, [&] {
            const auto share = [&](int rank) {
                return clips.size() * static_cast<std::size_t>(rank) /
                       static_cast<std::size_t>(ranks.world.size());
            };
            const auto first = share(ranks.world.rank());
            prints_->read(std::span{clips}.subspan(first, share(ranks.world.rank() + 1) - first));
        });
    }
    return known_prints(clips, ranks);
}

std::vector<std::int64_t> DataSet::stores() const {
    std::vector<std::int64_t> stores;
    for (std::int64_t clip = 0; clip < features().clips(); ++clip) {
        stores.push_back(static_cast<std::int64_t>(store_->file_of(clip)));
    }
    return stores;
}

Classes DataSet::classes() const {
    Classes classes;
    std::vector<std::int64_t> number(index().label_names.size(), -1);
    for (std::size_t label = 0; label < number.size(); ++label) {
        if (index().label_names[label] != no_sign) {
            number[label] = classes.count++;
            classes.names.push_back(index().label_names[label]);
        }
    }
    for (const auto label : index().labels) {
        classes.labels.push_back(label < 0 ? -1 : number[static_cast<std::size_t>(label)]);
    }
    return classes;
}

}  // namespace sslslr
