#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace sslslr::io {

/// Imported clips hold the points of holistic_point_names(), x, y and z of each.
inline constexpr std::size_t import_points = 75;
inline constexpr std::size_t import_coordinates = 3;
inline constexpr std::size_t import_frame_values = import_points * import_coordinates;
inline constexpr float not_detected = std::numeric_limits<float>::quiet_NaN();

/// What a corpus says of a clip before its landmarks are read.
struct ListedClip {
    std::string name{};    ///< the source's own, unique within the corpus
    std::string label{};   ///< empty: unlabelled
    std::string signer{};  ///< empty: unknown
    double fps = 0;        ///< 0: unknown
    std::int64_t first_frame = 0;
    std::int64_t end_frame = -1;  ///< first frame after the sign; -1: to the end
};

/// Something that a corpus names and that does not get into the store.
struct LeftOut {
    std::string clip;
    std::string reason;
};

/// What there is to import, found without reading any landmarks.
struct Listing {
    std::vector<ListedClip> clips;
    std::vector<std::string>
        labels{};  ///< in the corpus's own order; those of clips it lacks are added sorted
    std::map<std::string, std::vector<std::string>> splits{};  ///< names of clips
    std::map<std::string, std::string> attributes{};           ///< language, source, licence, where known
    std::vector<LeftOut> left_out{};
    std::vector<std::string> notes{};  ///< for the user, each a sentence
};

/// A clip as read.
struct ImportedClip {
    std::vector<float> landmarks{};      ///< [T, 75, 3], NaN = not detected
    double fps = 0;                      ///< 0: the file does not say
    std::vector<std::string> repairs{};  ///< what was mended, in words that clips share

    std::int64_t frames() const { return static_cast<std::int64_t>(landmarks.size() / import_frame_values); }
};

/// A data set in a format of its own. One process opens it for itself; read() is not
/// thread-safe.
class Corpus {
public:
    virtual ~Corpus() = default;
    virtual const Listing& listing() const = 0;
    /// @param clip  number in listing().clips
    /// @throws DataError  this clip cannot be read; others can
    virtual ImportedClip read(std::size_t clip) = 0;
    /// The files that a clip is read from, for reading ahead; none where that is of no use. Thread-safe.
    virtual std::vector<std::filesystem::path> files([[maybe_unused]] std::size_t clip) const { return {}; }
};

}  // namespace sslslr::io
