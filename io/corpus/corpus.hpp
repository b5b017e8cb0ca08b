#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace sslslr::io {

/// Imported clips have x, y and z of each of the points of holistic_point_names().
inline constexpr std::size_t import_points = 75;
inline constexpr std::size_t import_coordinates = 3;
inline constexpr std::size_t import_frame_values = import_points * import_coordinates;
inline constexpr float not_detected = std::numeric_limits<float>::quiet_NaN();

/// What a corpus states about a clip, without its landmarks.
struct ListedClip {
    std::string name{};    ///< the source's own name, unique within the corpus
    std::string label{};   ///< empty: unlabelled
    std::string signer{};  ///< empty: unknown
    double fps = 0;        ///< 0: unknown
    std::int64_t first_frame = 0;
    std::int64_t end_frame = -1;  ///< first frame after the sign; -1: the end of the clip
};

/// Something that a corpus names and that is not imported.
struct LeftOut {
    std::string clip;
    std::string reason;
};

/// The clips of a corpus and what it states about them.
struct Listing {
    std::vector<ListedClip> clips;
    std::vector<std::string> labels{};  ///< in the corpus's order; other labels of clips are added, sorted
    std::map<std::string, std::vector<std::string>> splits{};  ///< clip names by split name
    std::map<std::string, std::string> attributes{};           ///< language, source, licence, if known
    std::vector<LeftOut> left_out{};
    std::vector<std::string> notes{};  ///< one sentence each, for the user
};

/// The content of a clip.
struct ImportedClip {
    std::vector<float> landmarks{};      ///< [T, 75, 3], NaN = not detected
    double fps = 0;                      ///< 0: the file does not state it
    std::vector<std::string> repairs{};  ///< what was repaired, in the same words for all clips

    std::int64_t frames() const { return static_cast<std::int64_t>(landmarks.size() / import_frame_values); }
};

/// A data set in a format of its own. Not collective. read() is not thread-safe.
class Corpus {
public:
    virtual ~Corpus() = default;
    virtual const Listing& listing() const = 0;
    /// Reads one clip. @param clip  number in listing().clips
    /// @throws DataError  this clip cannot be read; others may still be read
    virtual ImportedClip read(std::size_t clip) = 0;
    /// Returns the files of a clip, to be read ahead; empty if reading ahead has no benefit. Thread-safe.
    virtual std::vector<std::filesystem::path> files([[maybe_unused]] std::size_t clip) const { return {}; }
};

}  // namespace sslslr::io
