#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/data_error.hpp"
#include "io/import/file_corpus.hpp"
#include "io/import/npy.hpp"
#include "io/import/point_order.hpp"

// MP_Data/LABEL/SEQUENCE/FRAME.npy, one flat array of numbers a frame, zeros for a part that was not detected: the
// layout of a popular tutorial (nicknochnack, ActionDetectionforSignLanguage) and of what was built on it.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t pose_values = 4;  // x, y, z and visibility, which is dropped

struct FrameLayout {
    std::size_t pose;  ///< numbers of it, 33 points; 0: none
    std::size_t face;
    std::size_t hands;  ///< of both
    std::size_t pose_width;

    std::size_t values() const { return pose + face + hands; }
};

// With a face, without, without visibility, hands alone.
constexpr std::array<FrameLayout, 4> layouts{FrameLayout{132, 1404, 126, pose_values},
                                             FrameLayout{132, 0, 126, pose_values},
                                             FrameLayout{99, 0, 126, 3}, FrameLayout{0, 0, 126, 3}};

const FrameLayout& layout_of(const fs::path& path, const NpyArray& array) {
    for (const auto& layout : layouts) {
        if (array.values.size() == layout.values()) {
            return layout;
        }
    }
    throw DataError{path,
                    fmt::format("expected 1662 (pose, face, hands), 258 (pose, hands), 225 (pose without "
                                "visibility, hands) or 126 numbers (hands), found a shape of [{}]",
                                fmt::join(array.shape, ", "))};
}

void append_frame(const fs::path& path, ImportedClip& clip) {
    const auto array = read_npy(path);
    const auto& layout = layout_of(path, array);
    const auto* from = array.values.data();
    std::vector<float> frame(import_frame_values, not_detected);
    for (std::size_t point = 0; point * layout.pose_width < layout.pose; ++point) {
        std::copy_n(from + point * layout.pose_width, import_coordinates,
                    frame.data() + point * import_coordinates);
    }
    constexpr std::size_t hands_begin = 33 * import_coordinates;
    std::copy_n(from + layout.pose + layout.face, layout.hands, frame.data() + hands_begin);
    clip.landmarks.insert(clip.landmarks.end(), frame.begin(), frame.end());
}

ImportedClip read_sequence(const fs::path& folder) {
    ImportedClip clip;
    const auto files = files_in(folder, ".npy");
    for (const auto& file : files) {
        append_frame(folder / file, clip);
    }
    if (!files.empty() && fmt::format("{}.npy", files.size() - 1) != files.back() &&
        fmt::format("{}.npy", files.size()) != files.back()) {
        clip.repairs.emplace_back("frames missing in the numbering: the others joined");
    }
    mark_missing(clip, Missing::zero_parts);
    return clip;
}

std::vector<fs::path> files_of_sequence(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator each{folder, error}, end; !error && each != end; each.increment(error)) {
        files.push_back(each->path());
    }
    return files;
}

}  // namespace

std::unique_ptr<Corpus> open_mp_data(const CorpusOptions& options) {
    if (!fs::is_directory(options.input)) {
        throw DataError{options.input, "expected a folder MP_Data/LABEL/SEQUENCE/FRAME.npy, found no folder"};
    }
    Listing listing;
    std::vector<fs::path> folders;
    for (const auto& label : folders_in(options.input)) {
        for (const auto& sequence : folders_in(options.input / label)) {
            listing.clips.push_back({.name = label + "/" + sequence, .label = label});
            folders.push_back(options.input / label / sequence);
        }
    }
    if (folders.empty()) {
        throw DataError{options.input, "expected folders LABEL/SEQUENCE with a file a frame, found none"};
    }
    apply_options(options, listing);
    return std::make_unique<FileCorpus>(std::move(listing), std::move(folders), read_sequence,
                                        files_of_sequence);
}

}  // namespace sslslr::io
