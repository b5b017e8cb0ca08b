#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/corpus/array_reader.hpp"
#include "io/corpus/file_corpus.hpp"
#include "io/corpus/hdf5_contents.hpp"
#include "io/file/data_error.hpp"
#include "io/hdf5/foreign_trial.hpp"
#include "io/hdf5/hdf5_input.hpp"

// HDF5 files of other programs.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Serialises contents for another process. The format is binary, because names need not be UTF-8.
std::string packed(const Hdf5Contents& contents) {
    json clips = json::array();
    for (const auto& clip : contents.clips) {
        clips.push_back(
            {clip.name, clip.dataset, clip.label ? json(*clip.label) : json{}, clip.signer, clip.fps});
    }
    json left_out = json::array();
    for (const auto& each : contents.left_out) {
        left_out.push_back({each.clip, each.reason});
    }
    const auto bytes = json::to_msgpack(json::array({clips, left_out, contents.notes}));
    return {bytes.begin(), bytes.end()};
}

Hdf5Contents unpacked(const std::string& bytes) {
    const auto all = json::from_msgpack(bytes);
    Hdf5Contents contents{.notes = all.at(2)};
    for (const auto& clip : all.at(0)) {
        contents.clips.push_back(
            {.name = clip.at(0), .dataset = clip.at(1), .signer = clip.at(3), .fps = clip.at(4)});
        if (!clip.at(2).is_null()) {
            contents.clips.back().label = clip.at(2);
        }
    }
    for (const auto& each : all.at(1)) {
        contents.left_out.push_back({.clip = each.at(0), .reason = each.at(1)});
    }
    return contents;
}

/// Reads each file completely in a child process, because libhdf5 can crash on damaged files.
std::vector<Trial> try_reading(const std::vector<TreeFile>& files) {
    std::vector<fs::path> paths;
    std::ranges::transform(files, std::back_inserter(paths), &TreeFile::path);
    return try_files(paths, [](const fs::path& path, const RenewLimits& renew) {
        return packed(contents_of(hdf5::InputFile{path}, renew));
    });
}

/// Marks the points as not detected whose visibility, [T, 75], is not positive.
void hide_invisible(const hdf5::InputFile& file, const std::string& name, ImportedClip& clip) {
    if (!file.has(name)) {
        return;
    }
    const auto dataset = file.dataset(name);
    const auto seen = floats_of(file, dataset);
    if (seen.size() * import_coordinates != clip.landmarks.size()) {
        file.fail(name, fmt::format(
                            "expected a value for each of the {} points of {} frames, found a shape of [{}]",
                            import_points, clip.frames(), fmt::join(dataset.shape, ", ")));
    }
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (!(seen[i] > 0)) {
            std::fill_n(clip.landmarks.begin() + static_cast<std::ptrdiff_t>(i * import_coordinates),
                        import_coordinates, not_detected);
        }
    }
}

class Hdf5Corpus final : public Corpus {
public:
    explicit Hdf5Corpus(const CorpusOptions& options) : reading_{array_reader(options)} {
        const auto files = files_under(options.input, {".h5", ".hdf5", ".hdf"}, listing_);
        const auto trials = try_reading(files);
        for (std::size_t i = 0; i < files.size(); ++i) {
            paths_.push_back(files[i].path);
            if (trials[i].problem.empty()) {
                list(files[i], unpacked(trials[i].result), files.size() > 1);
            } else {
                listing_.left_out.push_back(
                    {.clip = files[i].name, .reason = files[i].path.string() + ": " + trials[i].problem});
            }
        }
        if (listing_.clips.empty()) {
            throw DataError{options.input, listing_.left_out.empty()
                                               ? "expected HDF5 datasets, one per clip, found none"
                                               : "no clip can be read; the first reason: " +
                                                     listing_.left_out.front().reason};
        }
    }

    const Listing& listing() const override { return listing_; }

    ImportedClip read(std::size_t clip) override {
        const auto& [number, name] = places_.at(clip);
        const auto& file = opened(number);
        const auto dataset = file.dataset(name);
        auto imported = reading_(file.path(), name + ": ", {dataset.shape.begin(), dataset.shape.end()},
                                 floats_of(file, dataset));
        const std::string_view group = keypoints_group;
        if (file.has_group(keypoints_group) && name.starts_with(group)) {
            hide_invisible(file, visibility_group + name.substr(group.size()), imported);
        }
        return imported;
    }

private:
    void list(const TreeFile& file, const Hdf5Contents& contents, bool is_one_of_several) {
        for (const auto& clip : contents.clips) {
            const auto name = clip.name.empty()   ? file.name
                              : is_one_of_several ? file.name + "/" + clip.name
                                                  : clip.name;
            const auto folder = folder_of(clip.name.empty() ? file.name : clip.name);
            listing_.clips.push_back(
                {.name = name, .label = clip.label.value_or(folder), .signer = clip.signer, .fps = clip.fps});
            places_.emplace_back(paths_.size() - 1, clip.dataset);
        }
        for (const auto& each : contents.left_out) {
            listing_.left_out.push_back(
                {.clip = file.name + each.clip,
                 .reason = fmt::format("{}: {}: {}", file.path.string(), each.clip, each.reason)});
        }
        for (const auto& note : contents.notes) {
            listing_.notes.push_back(file.path.string() + ": " + note);
        }
    }

    /// Returns a file by its number. One is open at a time: open files are limited, clips are read in order.
    const hdf5::InputFile& opened(std::size_t number) {
        if (!file_ || number != open_number_) {
            file_.emplace(paths_.at(number));
            open_number_ = number;
        }
        return *file_;
    }

    ArrayReader reading_;
    Listing listing_;
    std::vector<fs::path> paths_;
    std::vector<std::pair<std::size_t, std::string>> places_;  ///< file and dataset of each clip
    std::optional<hdf5::InputFile> file_;
    std::size_t open_number_ = 0;
};

}  // namespace

std::unique_ptr<Corpus> open_hdf5(const CorpusOptions& options) {
    return std::make_unique<Hdf5Corpus>(options);
}

}  // namespace sslslr::io
