#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/file_corpus.hpp"
#include "io/corpus/npy.hpp"
#include "io/corpus/point_order.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"

// ASL Citizen's poses: NAME.npy of shape [T, 543, 2] with pose (33), RIGHT hand, LEFT hand and face (468, or
// 478 with irises); zeros if not detected. {train,val,test}.csv are in the same folder or in splits/.
// Source: microsoft/ASL-citizen-code, ST-GCN/pose.py.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

ImportedClip read_pose_array(const fs::path& path) {
    static const auto plain = *point_order("asl-citizen-543");
    static const auto refined = *point_order("asl-citizen-553");
    const auto array = read_npy(path);
    const auto points = array.shape.size() == 3 && array.shape[2] >= 2 ? array.shape[1] : 0;
    if (points != plain.size() && points != refined.size()) {
        throw DataError{path, fmt::format("expected a shape of [frames, 543, 2], or 553 points with a "
                                          "refined face, found [{}]; {} reads other arrays",
                                          fmt::join(array.shape, ", "), setting("from", "npy"))};
    }
    return arranged(array.values, points == plain.size() ? plain : refined, array.shape[2],
                    Missing::constant_parts);
}

}  // namespace

std::unique_ptr<Corpus> open_asl_citizen(const CorpusOptions& options) {
    return open_files(options, {".npy"}, read_pose_array);
}

}  // namespace sslslr::io
