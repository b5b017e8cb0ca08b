#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/file_corpus.hpp"
#include "io/corpus/metadata.hpp"
#include "io/corpus/npy.hpp"
#include "io/corpus/point_order.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"

// LSFB-ISOL v2: instances.csv, metadata/ and poses/PART/ID.npy, float16 arrays of shape [T, points, 3].
// poses_raw/ has the same arrays with NaN if MediaPipe detected nothing.
// Source: the lsfb-dataset package 2.0 and its documentation.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

struct PartFile {
    const char* folder;
    std::size_t begin;                 ///< first point in an imported frame
    std::vector<std::size_t> lengths;  ///< possible numbers of points, counted from the part's first
};

const std::array<PartFile, 3>& part_files() {
    static const std::array<PartFile, 3> parts{PartFile{"pose", 0, {33, 23}}, PartFile{"left_hand", 33, {21}},
                                               PartFile{"right_hand", 54, {21}}};
    return parts;
}

void check(const fs::path& path, const NpyArray& array, const PartFile& part) {
    if (array.shape.size() != 3 || array.shape[2] < 2 || array.shape[2] > import_coordinates ||
        std::ranges::find(part.lengths, array.shape[1]) == part.lengths.end()) {
        throw DataError{path, fmt::format("expected a shape of [frames, {}, 3], found [{}]",
                                          fmt::join(part.lengths, " or "), fmt::join(array.shape, ", "))};
    }
}

ImportedClip read_clip(const fs::path& poses, const std::string& id) {
    ImportedClip clip;
    std::size_t frames = 0;
    for (const auto& part : part_files()) {
        const auto path = poses / part.folder / (id + ".npy");
        const auto array = read_npy(path);
        check(path, array, part);
        if (&part == &part_files().front()) {
            frames = array.shape[0];
            clip.landmarks.assign(frames * import_frame_values, not_detected);
        } else if (array.shape[0] != frames) {
            throw DataError{path, fmt::format("expected {} frames as in the clip's pose, found {}", frames,
                                              array.shape[0])};
        }
        const auto points = array.shape[1];
        const auto coordinates = array.shape[2];
        for (std::size_t frame = 0; frame < frames; ++frame) {
            for (std::size_t point = 0; point < points; ++point) {
                std::copy_n(array.values.data() + (frame * points + point) * coordinates, coordinates,
                            clip.landmarks.data() + frame * import_frame_values +
                                (part.begin + point) * import_coordinates);
            }
        }
    }
    mark_missing(clip, Missing::nan);
    return clip;
}

fs::path poses_folder(const CorpusOptions& options) {
    auto raw = options.input / "poses_raw";
    auto interpolated = options.input / "poses";
    // A broken link to raw poses is an error, not a reason to read the interpolated ones.
    if (options.poses == "raw" || (options.poses == "auto" && has_entry(raw))) {
        return raw;
    }
    if (options.poses != "auto" && options.poses != "interpolated") {
        throw std::invalid_argument{setting("poses", options.poses) + ": expected auto, raw or interpolated"};
    }
    return interpolated;
}

}  // namespace

std::unique_ptr<Corpus> open_lsfb(const CorpusOptions& options) {
    const auto poses = poses_folder(options);
    if (!fs::is_directory(poses / "pose")) {
        throw DataError{options.input, "expected a folder of LSFB-ISOL with instances.csv and " +
                                           poses.filename().string() + "/pose/, found none of that layout"};
    }
    const auto metadata = read_metadata(options.input, "lsfb");
    Listing listing;
    std::vector<fs::path> ids;
    for (const auto& entry : metadata.entries) {
        listing.clips.push_back({.name = entry.clip});
        ids.emplace_back(entry.clip);
    }
    apply_metadata(metadata, options.input, listing);
    return std::make_unique<FileCorpus>(
        std::move(listing), std::move(ids),
        [poses](const fs::path& id) { return read_clip(poses, id.string()); },
        [poses](const fs::path& id) {
            std::vector<fs::path> files;
            for (const auto& part : part_files()) {
                files.push_back(poses / part.folder / (id.string() + ".npy"));
            }
            return files;
        });
}

}  // namespace sslslr::io
